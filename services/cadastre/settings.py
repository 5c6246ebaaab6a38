"""What the cadastre's app, worker and relay must be told."""

from typing import ClassVar

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    """`checks_a_minute` is the number of ground checks answered to one address in a minute."""

    model_config = SettingsConfigDict(
        env_prefix="CORNERPOST_CADASTRE_", frozen=True, extra="forbid"
    )

    service: ClassVar[str] = "cadastre"

    checks_a_minute: int = Field(default=60, ge=1)
