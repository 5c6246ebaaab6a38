"""What the cadastre's app, worker and relay must be told."""

from typing import ClassVar

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    """`checks_a_minute` is the number of ground checks answered to one address in a minute.

    A check that no application was lodged with is kept for `days_of_public_checks` when nobody was
    signed in, and for `days_of_signed_in_checks` otherwise (None: for ever).
    """

    model_config = SettingsConfigDict(
        env_prefix="CORNERPOST_CADASTRE_", frozen=True, extra="forbid"
    )

    service: ClassVar[str] = "cadastre"

    checks_a_minute: int = Field(default=60, ge=1)
    days_of_public_checks: int = Field(default=90, ge=3)
    days_of_signed_in_checks: int | None = Field(default=None, ge=3)
