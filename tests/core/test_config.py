from __future__ import annotations

import dataclasses

import pytest

from app.core.config import Config, ConfigurationError

GOOD = {
    "GONGZHI_ENV": "production",
    "DATABASE_URL": "postgresql://gongzhi_app@/gongzhi",
    "REDIS_URL": "redis://127.0.0.1/0",
    "SECRET_KEY": "s" * 32,
    "AUDIT_KEY": "a" * 32,
    "SIGNING_KEY": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    "FIELD_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    "FILES_DIR": "/var/lib/gongzhi/files",
}


def test_a_complete_environment_is_read():
    assert Config.from_environment(GOOD).environment == "production"


def test_the_configuration_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Config.from_environment(GOOD).demo = True


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GONGZHI_ENV", "staging"),
        ("DATABASE_URL", ""),
        ("DATABASE_URL", "mysql://x"),
        ("REDIS_URL", "http://x"),
        ("SECRET_KEY", "short"),
        ("AUDIT_KEY", ""),
        ("SIGNING_KEY", ""),
        ("SIGNING_KEY", "MDEyMw=="),
        ("FIELD_KEYS", "not-a-key"),
        ("FILES_DIR", "relative/folder"),
        ("DATABASE_POOL_SIZE", "many"),
        ("DEMO", "yes"),
        ("DEMO", "1"),
    ],
)
def test_an_unusable_setting_is_named(name, value):
    with pytest.raises(ConfigurationError, match=name):
        Config.from_environment({**GOOD, name: value})


def test_production_is_the_default():
    values = {key: value for key, value in GOOD.items() if key != "GONGZHI_ENV"}
    assert Config.from_environment(values).environment == "production"


def test_cookies_are_secure_behind_https():
    config = Config.from_environment({**GOOD, "BASE_URL": "https://gongzhi.example"})
    assert config.secure_cookies
