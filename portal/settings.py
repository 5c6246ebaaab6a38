"""What the portal must be told: where the services answer, and its own secret."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from chassis.settings import ProcessSettings


class Settings(ProcessSettings):
    """`session_key` seals what the portal keeps of people: at least 32 characters of chance.

    `proxy` is the address of the server before the portal, which is believed when it says for whom
    it asks. `most_bytes` is what one form may bring, its photos included.
    """

    model_config = SettingsConfigDict(env_prefix="CORNERPOST_PORTAL_", frozen=True, extra="forbid")

    licensing_url: str
    session_key: SecretStr = Field(min_length=32)
    public_url: str = "http://127.0.0.1:21030"
    rulebooks: Path = Path("rulebooks")
    country: str = "example"
    database: SecretStr | None = None
    proxy: str = ""
    most_bytes: int = Field(default=30 * 1024 * 1024, ge=1024)

    @classmethod
    def shared_names(cls) -> dict[str, str]:
        return super().shared_names() | {"database": "CORNERPOST_DATABASE_URL_PORTAL"}

    @property
    def own(self) -> Path:
        """What a country gives its portal: language packs and colours."""
        return self.rulebooks / self.country / "portal"
