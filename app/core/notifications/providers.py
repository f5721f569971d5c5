"""Ways to reach a person outside the product: SMS, e-mail, WeChat. The default only logs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, cast

import structlog
from flask import Flask, current_app

from app.core.config import Config, ConfigurationError
from app.kit.phones import mask_phone


class Channel(StrEnum):
    """How a message travels."""

    SMS = "sms"
    EMAIL = "email"
    WECHAT = "wechat"


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """A message of a named template with its parameters, to one address on one channel."""

    channel: Channel
    address: str
    template: str
    parameters: dict[str, str]


class MessageProvider(Protocol):
    """Sends messages; raises on failure, so that the job is tried again."""

    def send(self, message: OutgoingMessage) -> None:
        """Send one message."""


class LogProvider:
    """Notes that a message would have been sent, without its content or the full address."""

    def send(self, message: OutgoingMessage) -> None:
        """See MessageProvider."""
        structlog.get_logger().info(
            "message_sent",
            channel=message.channel.value,
            template=message.template,
            address=mask_phone(message.address),
        )


PROVIDERS: dict[str, type[MessageProvider]] = {"log": LogProvider}


def init_notifications(app: Flask, config: Config) -> None:
    """Choose the provider by its name in the configuration."""
    provider = PROVIDERS.get(config.message_provider)
    if provider is None:
        raise ConfigurationError(f"MESSAGE_PROVIDER must be one of {', '.join(PROVIDERS)}.")
    app.extensions["gongzhi.messages"] = provider()


def message_provider() -> MessageProvider:
    """The provider of this process."""
    return cast("MessageProvider", current_app.extensions["gongzhi.messages"])
