"""Secrets of one place: generated once, kept in a file only its owner can read."""

import base64
import json
import os
import secrets
from pathlib import Path

PASSWORDS = ("postgres", "gongzhi_owner", "gongzhi_app", "gongzhi_sweep")


def load(home: Path) -> dict[str, str]:
    """Return the secrets, making those that do not exist yet."""
    path = home / "keys.json"
    known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    made = {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "FIELD_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "AUDIT_KEY": secrets.token_urlsafe(48),
        "SIGNING_KEY": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        **{f"password:{role}": secrets.token_urlsafe(24) for role in PASSWORDS},
    }
    merged = made | known
    if merged != known:
        write_private(path, json.dumps(merged, indent=2))
    return merged


def write_private(path: Path, text: str) -> None:
    """Replace a file in one step, never readable by others."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    fresh.replace(path)
