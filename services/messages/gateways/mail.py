"""Mail over SMTP (RFC 5321): to offices, at the addresses that the rulebook gives."""

import smtplib
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP

from services.messages.domain.notice import Sending
from services.messages.gateways.gateway import GatewayAway, SendingRefused
from services.messages.settings import Settings


@dataclass(frozen=True, slots=True)
class MailGateway:
    """One connection for each mail; a mail sent twice has the same Message-ID."""

    settings: Settings

    def send(self, sending: Sending) -> str | None:
        mail = self._write(sending)
        try:
            refused = self._deliver(mail, sending.addresses)
        except smtplib.SMTPRecipientsRefused as no:
            _judge([code for code, _ in no.recipients.values()])
        except smtplib.SMTPResponseException as no:
            _judge([no.smtp_code])
        except (smtplib.SMTPException, OSError) as away:
            raise GatewayAway(type(away).__name__) from away
        else:
            return mail["Message-ID"] if len(refused) < len(sending.addresses) else None
        return None

    def close(self) -> None:
        """Nothing is kept open."""

    def _write(self, sending: Sending) -> EmailMessage:
        mail, sender = EmailMessage(policy=SMTP), self.settings.mail_from
        mail["From"], mail["To"] = sender, ", ".join(sending.addresses)
        mail["Subject"] = sending.subject
        mail["Message-ID"] = f"<{sending.notice}@{sender.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(sending.text)
        return mail

    def _deliver(self, mail: EmailMessage, addresses: tuple[str, ...]) -> dict[str, object]:
        told = self.settings
        with smtplib.SMTP(told.smtp_host, told.smtp_port, timeout=told.gateway_seconds) as smtp:
            if told.smtp_starttls:
                smtp.starttls()
            if told.smtp_user:
                smtp.login(told.smtp_user, told.smtp_password.get_secret_value())
            return dict(smtp.send_message(mail, to_addrs=list(addresses)))


def _judge(codes: list[int]) -> None:
    """5xx is final (RFC 5321, 4.2.1), everything else may pass. Always raises."""
    if codes and all(code >= 500 for code in codes):
        raise SendingRefused(str(codes[0]))
    raise GatewayAway(f"the mail server answered {codes[:1]}")
