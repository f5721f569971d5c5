"""Sending texted codes; removing codes and sessions nobody can use any more."""

from __future__ import annotations

from datetime import timedelta

from flask import current_app
from sqlalchemy import delete, func, or_

from app.core.config import Config
from app.core.notifications.providers import Channel, OutgoingMessage, message_provider
from app.core.outbox.messages import handles
from app.core.sweep import sweeping
from app.kit.sealing import FieldCipher
from app.people.actions.codes import SMS_CODE
from app.people.models import LoginSession, SmsCode

KEPT = timedelta(days=30)


@handles(SMS_CODE)
def send_sms_code(sealed: str) -> None:
    """Hand the code to the message provider."""
    config: Config = current_app.extensions["gongzhi.config"]
    phone, code = FieldCipher(config.field_keys).decrypt(sealed).split(" ")
    message_provider().send(
        OutgoingMessage(Channel.SMS, phone, "sign_in_code", {"code": code, "minutes": "5"})
    )


def sweep_sign_ins() -> None:
    """Remove codes after a day, and sessions a month after their end. For cron, nightly."""
    with sweeping() as connection:
        connection.execute(
            delete(SmsCode).where(SmsCode.expires_at < func.now() - timedelta(days=1))
        )
        connection.execute(
            delete(LoginSession).where(
                or_(
                    LoginSession.ended_at < func.now() - KEPT,
                    LoginSession.expires_at < func.now() - KEPT,
                )
            )
        )
