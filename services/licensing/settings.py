"""What licensing's app, worker and relay must be told."""

from typing import ClassVar

from pydantic_settings import SettingsConfigDict

from chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    model_config = SettingsConfigDict(
        env_prefix="CORNERPOST_LICENSING_", frozen=True, extra="forbid"
    )

    service: ClassVar[str] = "licensing"
