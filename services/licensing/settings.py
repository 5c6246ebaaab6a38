"""What licensing's app, worker and relay must be told."""

from typing import ClassVar

from pydantic import SecretStr
from pydantic_settings import SettingsConfigDict

from chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    """`keycloak` and the secret of its client `appointments` are for the worker alone.

    Without them appointments count in the registers and accounts are left as they are.
    """

    model_config = SettingsConfigDict(
        env_prefix="CORNERPOST_LICENSING_", frozen=True, extra="forbid"
    )

    service: ClassVar[str] = "licensing"

    keycloak: str | None = None
    keycloak_secret: SecretStr | None = None
