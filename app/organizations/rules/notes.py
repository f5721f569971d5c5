"""What deserves to be seen at once, as a tone and a few words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Note:
    """A status tag: its tone (done, info, due, late, quiet) and its text."""

    tone: str
    text: str
