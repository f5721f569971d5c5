"""`flask interfaces …`"""

from __future__ import annotations

from uuid import UUID

import click
from flask.cli import AppGroup

from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.interfaces.actions.webhooks import rotate_secrets
from app.registry.queries.owners import community_ids

BATCH = 500
interfaces_commands = AppGroup("interfaces", help="Programs of others.")


@interfaces_commands.command("rotate-keys")
def rotate_keys_command() -> None:
    """Seal the webhooks' secrets with the first of FIELD_KEYS."""
    with transaction(Scope()):
        communities = community_ids()
    changed = sum(_rotate(community_id) for community_id in communities)
    click.echo(f"{changed} secrets sealed anew")


def _rotate(community_id: int) -> int:
    after: UUID | None = None
    changed = 0
    while True:
        with transaction(Scope(community_id=community_id)):
            after, count = rotate_secrets(community_id, after, BATCH)
        if after is None:
            return changed
        changed += count
