"""Refusing words by which an anonymous reporter would give themselves away."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from app.complaints.queries import cases
from app.complaints.rules.anonymity import own_traces, sentence
from app.kit.refusal import Invalid


def refuse_own_traces(reporter_id: UUID, words: Mapping[str, str], *, door: str | None) -> None:
    """Raises Invalid at the field whose words name the reporter, their phone or their door."""
    contact = cases.contact_of(reporter_id)
    # A program that reports has no account; what it says of a caller is hidden before.
    known = {"name": contact.name, "phone": contact.phone} if contact else {}
    for name, text in words.items():
        traces = own_traces(text, **known, door=door)
        if traces:
            raise Invalid(sentence(traces), errors={name: sentence(traces)})
