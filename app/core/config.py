"""One frozen, typed configuration, read from the environment and checked at start."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from cryptography.fernet import Fernet

from app.kit.signing import Signer

Environment = Literal["development", "test", "production"]
ENVIRONMENTS: tuple[Environment, ...] = ("development", "test", "production")
SHORTEST_SECRET = 32


class ConfigurationError(Exception):
    """A setting is missing or unusable; the message names it and says what it must be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Everything a process needs to know about its surroundings."""

    environment: Environment
    database_url: str
    database_owner_url: str | None
    database_sweep_url: str | None
    redis_url: str
    secret_key: str
    field_keys: tuple[str, ...]
    audit_key: str
    signing_key: str
    files_dir: Path
    base_url: str
    demo: bool
    metrics_token: str | None
    message_provider: str
    pool_size: int
    upload_limit_bytes: int
    rate_limits: bool
    trusted_proxies: int

    @property
    def secure_cookies(self) -> bool:
        """Cookies only over TLS, wherever the public address is an https one."""
        return self.base_url.startswith("https://")

    @classmethod
    def from_environment(cls, values: Mapping[str, str] | None = None) -> Config:
        """Read and check the settings.

        Raises ConfigurationError with one sentence naming the setting that is wrong.
        """
        source = _Source(os.environ if values is None else values)
        config = cls(
            environment=source.environment("GONGZHI_ENV"),
            database_url=source.database("DATABASE_URL"),
            database_owner_url=source.optional("DATABASE_OWNER_URL"),
            database_sweep_url=source.optional("DATABASE_SWEEP_URL"),
            redis_url=source.redis("REDIS_URL"),
            secret_key=source.secret("SECRET_KEY"),
            field_keys=source.field_keys("FIELD_KEYS"),
            audit_key=source.secret("AUDIT_KEY"),
            signing_key=source.signing_key("SIGNING_KEY"),
            files_dir=source.folder("FILES_DIR"),
            base_url=source.text("BASE_URL", "http://127.0.0.1:8000").rstrip("/"),
            demo=source.flag("DEMO", default=False),
            metrics_token=source.optional("METRICS_TOKEN"),
            message_provider=source.text("MESSAGE_PROVIDER", "log"),
            pool_size=source.number("DATABASE_POOL_SIZE", 10),
            upload_limit_bytes=source.number("UPLOAD_LIMIT_BYTES", 32 * 1024 * 1024),
            rate_limits=source.flag("RATE_LIMITS", default=True),
            trusted_proxies=source.number("TRUSTED_PROXIES", 0),
        )
        if config.environment == "production" and config.demo:
            raise ConfigurationError("DEMO must not be set when GONGZHI_ENV is production.")
        return config


class _Source:
    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    def optional(self, name: str) -> str | None:
        return self._values.get(name) or None

    def text(self, name: str, default: str) -> str:
        return self._values.get(name) or default

    def required(self, name: str) -> str:
        value = self._values.get(name)
        if not value:
            raise ConfigurationError(f"{name} is not set.")
        return value

    def environment(self, name: str) -> Environment:
        value = self.text(name, "production")
        if value not in ENVIRONMENTS:
            raise ConfigurationError(f"{name} must be one of {', '.join(ENVIRONMENTS)}.")
        return value

    def database(self, name: str) -> str:
        value = self.required(name)
        if not value.startswith(("postgresql://", "postgres://")):
            raise ConfigurationError(f"{name} must be a postgresql:// address.")
        return value

    def redis(self, name: str) -> str:
        value = self.required(name)
        if not value.startswith(("redis://", "rediss://", "unix://")):
            raise ConfigurationError(f"{name} must be a redis://, rediss:// or unix:// address.")
        return value

    def secret(self, name: str) -> str:
        value = self.required(name)
        if len(value) < SHORTEST_SECRET:
            raise ConfigurationError(f"{name} must have at least {SHORTEST_SECRET} characters.")
        return value

    def field_keys(self, name: str) -> tuple[str, ...]:
        keys = tuple(key.strip() for key in self.required(name).split(",") if key.strip())
        for key in keys:
            try:
                Fernet(key)
            except ValueError:
                raise ConfigurationError(
                    f"{name} must be comma-separated Fernet keys (32 bytes, url-safe base64)."
                ) from None
        return keys

    def signing_key(self, name: str) -> str:
        key = self.required(name)
        try:
            Signer(key)
        except ValueError:
            raise ConfigurationError(f"{name} must be 32 bytes in url-safe base64.") from None
        return key

    def folder(self, name: str) -> Path:
        path = Path(self.required(name))
        if not path.is_absolute():
            raise ConfigurationError(f"{name} must be an absolute path.")
        return path

    def number(self, name: str, default: int) -> int:
        value = self.text(name, str(default))
        if not value.isdecimal():
            raise ConfigurationError(f"{name} must be a whole number.")
        return int(value)

    def flag(self, name: str, *, default: bool) -> bool:
        value = self.text(name, "1" if default else "0")
        if value not in {"0", "1"}:
            raise ConfigurationError(f"{name} must be 0 or 1.")
        return value == "1"
