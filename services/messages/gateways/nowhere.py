"""No gateway: what stands where the operator has named none, so that nothing sent is lost."""

from dataclasses import dataclass
from uuid import UUID

from contracts.messages.language import Reported
from services.messages.domain.notice import Sending
from services.messages.gateways.gateway import Gateway, NotConnected, Texts
from services.messages.gateways.mail import MailGateway
from services.messages.gateways.sms import SmsGateway
from services.messages.settings import Settings


@dataclass(frozen=True, slots=True)
class Nowhere:
    """Takes nothing; a sending is put off as if the gateway were away."""

    setting: str

    def send(self, sending: Sending) -> str | None:
        raise NotConnected(f"none is configured ({self.setting})")

    def look_up(self, provider_ref: str, notice: UUID) -> Reported:
        raise NotConnected(f"none is configured ({self.setting})")

    def close(self) -> None:
        """Nothing is open."""


def texts_of(settings: Settings) -> Texts:
    """The gateway for texts that the settings name."""
    told = settings.sms_url
    return SmsGateway.of(settings, told) if told else Nowhere("CORNERPOST_MESSAGES_SMS_URL")


def mail_of(settings: Settings) -> Gateway:
    """The mail server that the settings name."""
    told = settings.smtp_host
    return MailGateway(settings, told) if told else Nowhere("CORNERPOST_MESSAGES_SMTP_HOST")
