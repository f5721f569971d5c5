"""`flask registry …`"""

from __future__ import annotations

from uuid import UUID

import click
from flask.cli import AppGroup

from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.registry.actions.owners import reseal
from app.registry.queries.owners import community_ids
from app.registry.sealing import identity_seal

BATCH = 500
registry_commands = AppGroup("registry", help="The register of units and owners.")


@registry_commands.command("rotate-keys")
def rotate_keys_command() -> None:
    """Bring every identity number under the first key of FIELD_KEYS.

    Put a new key in front, restart, run this, then take the old key away.
    """
    with transaction(Scope()):
        communities = community_ids()
    changed = sum(_reseal_community(community_id) for community_id in communities)
    click.echo(f"{changed} identity numbers sealed anew")


def _reseal_community(community_id: int) -> int:
    seal = identity_seal()
    after: UUID | None = None
    changed = 0
    while True:
        with transaction(Scope(community_id=community_id)):
            after, count = reseal(community_id, seal, after, BATCH)
        if after is None:
            return changed
        changed += count
