"""Telling people."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from app.core.notifications import queries
from app.kit.ids import new_id


def notify(
    community_id: int,
    account_ids: Iterable[UUID],
    *,
    title: str,
    body: str,
    url: str,
    once_key: str,
) -> None:
    """Tell these accounts, each once for a given `once_key`, in one statement."""
    queries.insert_notifications(
        [
            {
                "community_id": community_id,
                "id": new_id(),
                "account_id": account_id,
                "title": title,
                "body": body,
                "url": url,
                "once_key": once_key,
            }
            for account_id in dict.fromkeys(account_ids)
        ]
    )
