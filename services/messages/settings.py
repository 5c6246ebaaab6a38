"""What messages' app, worker and relay must be told."""

from pathlib import Path
from typing import ClassVar

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    """`sms_url` is the text gateway's API, `callback_url` where it reports deliveries to.

    Without `sms_url` texts wait, without `smtp_host` mails do; both are sent once it is told.

    With `smtp_starttls` a mail server must show a certificate for its name: of the authority in
    `smtp_ca_file` (PEM), or of one that the machine trusts where none is named.

    `phone_issuer` is the address of the sign-in by phone, `phone_client_secret` what Keycloak
    proves itself with there. `calling_code` (such as +255) completes numbers typed with a leading
    zero. Limits count codes that were sent and not used.
    """

    model_config = SettingsConfigDict(
        env_prefix="CORNERPOST_MESSAGES_", frozen=True, extra="forbid"
    )

    service: ClassVar[str] = "messages"

    sms_url: str | None = None
    sms_sender: str = Field(default="CORNERPOST", max_length=11)
    callback_url: str = "http://127.0.0.1:21023/v1/delivery/reports/sms"
    smtp_host: str | None = None
    smtp_port: int = Field(default=25, ge=1, le=65535)
    smtp_starttls: bool = False
    smtp_ca_file: Path | None = None
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    mail_from: str = "cornerpost@cadastre.example"
    gateway_seconds: float = Field(default=5.0, gt=0, le=10)
    phone_issuer: str = "http://127.0.0.1:21023/phone"
    phone_client: str = "keycloak"
    phone_client_secret: SecretStr
    calling_code: str = Field(default="", pattern=r"^(\+[1-9][0-9]{0,3})?$")
    codes_an_hour: int = Field(default=10, ge=1)
    codes_an_hour_from_address: int = Field(default=300, ge=1)

    @property
    def lacking(self) -> tuple[str, ...]:
        texts, mails = (
            "No SMS gateway is configured: texts wait, and nobody can sign in by phone "
            "(CORNERPOST_MESSAGES_SMS_URL)",
            "No mail server is configured: mails to offices wait (CORNERPOST_MESSAGES_SMTP_HOST)",
        )
        return (*(() if self.sms_url else (texts,)), *(() if self.smtp_host else (mails,)))

    @property
    def phone_redirect(self) -> str:
        """The one address that the sign-in by phone leads back to: Keycloak's broker endpoint."""
        return f"{self.public_issuer}/broker/phone/endpoint"
