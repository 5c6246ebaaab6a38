"""Settings of the workflows' process."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from chassis.settings import ProcessSettings


class Settings(ProcessSettings):
    """`reconcile_minutes`: how often open cases are looked for; `cached`: workflows in memory."""

    model_config = SettingsConfigDict(env_prefix="CORNERPOST_WORKFLOWS_", frozen=True)

    reconcile_minutes: int = Field(default=60, ge=1, le=24 * 60)
    cached: int = Field(default=1000, ge=0)
    concurrent_tasks: int = Field(default=100, ge=2)
