"""What the portal must be told: where services answer, its secrets, how long people stay."""

from datetime import timedelta
from pathlib import Path
from typing import ClassVar

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from chassis.settings import ServiceSettings
from kernel.authority import Realm


class Settings(ServiceSettings):
    """`session_key` seals what the portal keeps of people: at least 32 characters of chance.

    `staff_secret` and `public_secret` are what the portal proves itself with in each realm.
    `proxy` is the address of the server before the portal, which is believed when it says for whom
    it asks. `most_bytes` is what one form may bring, its photos included. A session ends after
    `…_idle_minutes` without a request, and at the latest after `hours_at_most`.
    """

    model_config = SettingsConfigDict(env_prefix="CORNERPOST_PORTAL_", frozen=True, extra="forbid")

    service: ClassVar[str] = "portal"

    licensing_url: str
    session_key: SecretStr = Field(min_length=32)
    staff_secret: SecretStr = SecretStr("")
    public_secret: SecretStr = SecretStr("")
    staff_idle_minutes: int = Field(default=120, ge=1)
    public_idle_minutes: int = Field(default=30, ge=1)
    hours_at_most: int = Field(default=10, ge=1)
    proxy: str = ""
    most_bytes: int = Field(default=30 * 1024 * 1024, ge=1024)
    at_once: int = Field(default=40, ge=1)

    @property
    def own(self) -> Path:
        """What a country gives its portal: language packs and colours."""
        return self.rulebooks / self.country / "portal"

    def idle(self, realm: Realm) -> timedelta:
        staff = realm is Realm.STAFF
        return timedelta(minutes=self.staff_idle_minutes if staff else self.public_idle_minutes)

    @property
    def at_most(self) -> timedelta:
        return timedelta(hours=self.hours_at_most)
