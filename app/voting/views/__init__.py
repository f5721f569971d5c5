"""Pages of owners' assemblies: the voter's and the desk's."""

from app.voting.views.blueprints import assemblies_blueprint, voting_blueprint

from app.voting.views import (  # isort: skip
    ballot,
    candidates,
    changing,
    consents,
    notice,
    objections,
    packages,
    participation,
    preparing,
    proposals,
    resident,
    scoping,
)

__all__ = [
    "assemblies_blueprint",
    "ballot",
    "candidates",
    "changing",
    "consents",
    "notice",
    "objections",
    "packages",
    "participation",
    "preparing",
    "proposals",
    "resident",
    "scoping",
    "voting_blueprint",
]
