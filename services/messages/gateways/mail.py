"""Mail over SMTP (RFC 5321): to offices, at the addresses that the rulebook gives."""

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final

from services.messages.domain.notice import Sending
from services.messages.gateways.gateway import GatewayAway, SendingRefused
from services.messages.settings import Settings

CA_FILE: Final = "CORNERPOST_MESSAGES_SMTP_CA_FILE"


@dataclass(frozen=True, slots=True)
class MailGateway:
    """One connection for each mail; a mail sent twice has the same Message-ID.

    A server that does not prove who it is, or does not let us in, is the operator's to mend: it
    is told no mail, and mails wait.
    """

    settings: Settings
    host: str

    def send(self, sending: Sending) -> str | None:
        try:
            mail = self._write(sending)
            self._deliver(mail, sending.addresses)
        except smtplib.SMTPRecipientsRefused as no:
            raise _judged([code for code, _ in no.recipients.values()]) from no
        except smtplib.SMTPResponseException as no:
            raise _judged([no.smtp_code]) from no
        except (smtplib.SMTPException, OSError) as away:
            raise GatewayAway(type(away).__name__) from away
        except ValueError as unwritable:  # an address or a subject that no mail can have
            raise SendingRefused("unwritable") from unwritable
        return str(mail["Message-ID"])

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

    def _deliver(self, mail: EmailMessage, addresses: tuple[str, ...]) -> None:
        """Sent when one of several addresses took it: asking again would tell that one twice."""
        told = self.settings
        with smtplib.SMTP(self.host, told.smtp_port, timeout=told.gateway_seconds) as smtp:
            self._enter(smtp)
            smtp.send_message(mail, to_addrs=list(addresses))

    def _enter(self, smtp: smtplib.SMTP) -> None:
        """Know the server, then be known to it. Raises GatewayAway."""
        told = self.settings
        try:
            if told.smtp_starttls:
                smtp.starttls(context=self._trust())
            if told.smtp_user:
                smtp.login(told.smtp_user, told.smtp_password.get_secret_value())
        except ssl.SSLCertVerificationError as doubtful:
            why = f"{doubtful.verify_message} (its authority: {CA_FILE})"
            raise GatewayAway(
                f"the mail server's certificate is not to be trusted: {why}"
            ) from doubtful
        except smtplib.SMTPResponseException as no:
            raise GatewayAway(f"the mail server does not let us in ({no.smtp_code})") from no

    def _trust(self) -> ssl.SSLContext:
        """The authorities whose certificates are believed: the named one's, or the system's."""
        file = self.settings.smtp_ca_file
        try:
            return ssl.create_default_context(cafile=file)
        except OSError as unreadable:
            raise GatewayAway(
                f"{CA_FILE} cannot be read: {type(unreadable).__name__}"
            ) from unreadable


def _judged(codes: list[int]) -> Exception:
    """5xx is final (RFC 5321, 4.2.1), everything else may pass."""
    if codes and all(code >= 500 for code in codes):
        return SendingRefused(str(codes[0]))
    return GatewayAway(f"the mail server answered {codes[:1]}")
