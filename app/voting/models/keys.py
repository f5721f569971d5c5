"""Composite keys that several tables of voting refer to."""

from __future__ import annotations

ROLL_KEY = ["community_id", "assembly_id", "voter_id"]
ROLL_VOTER = ["roll_voter.community_id", "roll_voter.assembly_id", "roll_voter.id"]
MATTER_KEY = ["community_id", "assembly_id", "matter_id"]
ASSEMBLY_MATTER = [
    "assembly_matter.community_id",
    "assembly_matter.assembly_id",
    "assembly_matter.id",
]
