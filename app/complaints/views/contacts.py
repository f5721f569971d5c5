"""How a reporter can be reached, with an account or without."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.complaints.queries import cases
from app.kit.phones import local_phone


@dataclass(frozen=True, slots=True)
class Contact:
    """Name and phone as people write them; the phone may be unknown."""

    name: str
    phone: str | None


def contact_of(complaint: Any) -> Contact | None:
    """The reporter of a case; only for those who may know."""
    if complaint.contact_name is not None:
        phone = complaint.contact_phone
        return Contact(complaint.contact_name, local_phone(phone) if phone else None)
    account = cases.contact_of(complaint.reporter_id)
    return Contact(account.name, local_phone(account.phone)) if account else None
