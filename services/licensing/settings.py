"""What licensing's app, worker and relay must be told."""

from typing import ClassVar

from pydantic import SecretStr
from pydantic_settings import SettingsConfigDict

from chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    """`keycloak` and the secret of its client `appointments` are for the app, which looks whether
    an officer has a second factor, and for the worker, which puts accounts into offices.

    Without them accounts are left as they are, and nobody is made one who decides.
    """

    model_config = SettingsConfigDict(
        env_prefix="CORNERPOST_LICENSING_", frozen=True, extra="forbid"
    )

    service: ClassVar[str] = "licensing"

    keycloak_secret: SecretStr | None = None
