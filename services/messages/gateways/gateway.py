"""The ports to the outside: whoever carries texts and mails, and how they may fail."""

from typing import Protocol
from uuid import UUID

from contracts.messages.language import Reported
from services.messages.domain.notice import Sending


class GatewayAway(Exception):
    """The gateway did not answer in time, or asks to come again: the same sending is repeated."""


class SendingRefused(Exception):
    """The gateway will not take this, now or later."""


class NotConnected(GatewayAway):
    """The operator has named no gateway: what is to be sent waits until one is named."""


class Gateway(Protocol):
    def send(self, sending: Sending) -> str | None:
        """Hand a sending over; the gateway's name for it, where it gives one.

        Raises GatewayAway and SendingRefused.
        """

    def close(self) -> None:
        """Let go of its connections."""


class Texts(Gateway, Protocol):
    """A gateway for texts can also be asked what became of one."""

    def look_up(self, provider_ref: str, notice: UUID) -> Reported:
        """Raises GatewayAway."""
