"""`flask audit …`"""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from app.core.audit import sealing
from app.core.config import Config
from app.core.tenancy import PLATFORM_ID, Scope, place_directory
from app.core.transaction import transaction

audit_commands = AppGroup("audit", help="The tamper-evident audit trail.")


def chain_of(code: str | None) -> int:
    """The chain number of a community code; the platform's own chain without one."""
    if code is None:
        return PLATFORM_ID
    community = place_directory().community(code)
    if community is None:
        raise click.BadParameter(f"no community has the code {code}")
    return community.id


@audit_commands.command("verify")
@click.argument("community_code", required=False)
def verify_command(community_code: str | None) -> None:
    """Check the chain of a community (without a code: the platform's own)."""
    config: Config = current_app.extensions["gongzhi.config"]
    chain = chain_of(community_code)
    with transaction(Scope(community_id=chain)):
        found = list(sealing.findings(chain, config.audit_key))
    for finding in found:
        click.echo(finding)
    if found:
        raise SystemExit(1)
    click.echo("the chain is whole")


@audit_commands.command("seal")
@click.argument("community_code", required=False)
def seal_command(community_code: str | None) -> None:
    """Seal what is not sealed yet."""
    config: Config = current_app.extensions["gongzhi.config"]
    chain = chain_of(community_code)
    with transaction(Scope(community_id=chain)):
        count = sealing.seal(chain, config.audit_key)
    click.echo(f"{count} entries sealed")
