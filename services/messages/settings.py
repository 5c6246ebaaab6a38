"""What messages' app, worker and relay must be told."""

from typing import ClassVar

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    """`sms_url` is the text gateway's API, `callback_url` where it reports deliveries to.

    `phone_issuer` is the address of the sign-in by phone, `phone_client_secret` what Keycloak
    proves itself with there. `calling_code` (such as +255) completes numbers typed with a leading
    zero. Limits count codes that were sent and not used.
    """

    model_config = SettingsConfigDict(
        env_prefix="CORNERPOST_MESSAGES_", frozen=True, extra="forbid"
    )

    service: ClassVar[str] = "messages"

    sms_url: str = "http://127.0.0.1:21040"
    sms_sender: str = Field(default="CORNERPOST", max_length=11)
    callback_url: str = "http://127.0.0.1:21023/v1/delivery/reports/sms"
    smtp_host: str = "127.0.0.1"
    smtp_port: int = Field(default=21041, ge=1, le=65535)
    smtp_starttls: bool = False
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
    def phone_redirect(self) -> str:
        """The one address that the sign-in by phone leads back to: Keycloak's broker endpoint."""
        return f"{self.public_issuer}/broker/phone/endpoint"
