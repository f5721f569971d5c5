"""One-time codes by SMS: they prove that somebody holds a telephone."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from flask import current_app
from sqlalchemy import func, insert

from app.core.audit.trail import record
from app.core.audit.vocabulary import AuditEvent
from app.core.config import Config
from app.core.db import db
from app.core.outbox.messages import emit
from app.kit.ids import new_id
from app.kit.sealing import FieldCipher
from app.people.models import SmsCode
from app.people.queries import attempts
from app.people.rules import CODE_DIGITS, CODE_LASTS, CodePurpose

SMS_CODE = "people.sms_code"


def send_code(phone: str) -> str:
    """Leave a fresh code for the number with the sender; codes sent before it serve no more.

    The code stands sealed in the message, which is removed once sent, and nowhere else. It is
    returned only so that a demo world may show it.
    """
    config: Config = current_app.extensions["gongzhi.config"]
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    db.session.execute(
        insert(SmsCode).values(
            id=new_id(),
            phone=phone,
            purpose=CodePurpose.SIGN_IN,
            code_digest=_digest(phone, code, config),
            expires_at=func.now() + CODE_LASTS,
        )
    )
    emit(SMS_CODE, sealed=FieldCipher(config.field_keys).encrypt(f"{phone} {code}"))
    return code


def prove_phone(phone: str, code: str) -> bool:
    """Whether this is the newest code sent to the number; a guess is counted either way."""
    config: Config = current_app.extensions["gongzhi.config"]
    attempt = attempts.count_code_attempt(phone, CodePurpose.SIGN_IN)
    given = _digest(phone, code, config)
    if attempt is None or not hmac.compare_digest(attempt.code_digest, given):
        record(AuditEvent.SIGN_IN_FAILED, way="sms")
        return False
    attempts.spend_code(attempt.id)
    return True


def _digest(phone: str, code: str, config: Config) -> bytes:
    text = f"{CodePurpose.SIGN_IN} {phone} {code}"
    return hmac.new(config.secret_key.encode(), text.encode(), hashlib.sha256).digest()
