"""Sealing by message: one a community, asked for by cron."""

from __future__ import annotations

from flask import current_app

from app.core.audit import sealing
from app.core.outbox.messages import handles
from app.core.tenancy import PLATFORM_ID, current_scope


@handles("audit.seal")
def seal_chain() -> None:
    """Seal what arrived in the bound community since the last seal."""
    config = current_app.extensions["gongzhi.config"]
    community_id = current_scope().community_id
    sealing.seal(PLATFORM_ID if community_id is None else community_id, config.audit_key)
