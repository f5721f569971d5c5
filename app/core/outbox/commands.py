"""`flask outbox …`"""

from __future__ import annotations

from uuid import UUID

import click
from flask.cli import AppGroup

from app.core.outbox import queries, relay
from app.core.sweep import sweeping

outbox_commands = AppGroup("outbox", help="Messages that wait for a worker.")


@outbox_commands.command("relay")
def relay_command() -> None:
    """Hand due messages to the workers until stopped."""
    relay.relay_forever()


@outbox_commands.command("dead")
def dead_command() -> None:
    """List the dead letters."""
    with sweeping() as connection:
        for row in queries.dead_letters(connection):
            click.echo(
                f"{row.dead_at:%Y-%m-%d %H:%M} {row.community_id} {row.id} {row.kind} "
                f"tried {row.attempts}: {row.last_error}"
            )


@outbox_commands.command("revive")
@click.argument("community_id", type=int)
@click.argument("message_id", type=click.UUID)
def revive_command(community_id: int, message_id: UUID) -> None:
    """Give a dead letter another life."""
    with sweeping() as connection:
        found = queries.revive(connection, community_id, message_id)
    click.echo("revived" if found else "no such dead letter")
