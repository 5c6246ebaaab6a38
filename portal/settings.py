"""What the portal must be told: where the services answer."""

from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import SettingsConfigDict

from chassis.settings import ProcessSettings


class Settings(ProcessSettings):
    """`database` holds sessions only; nothing of the register lies there."""

    model_config = SettingsConfigDict(env_prefix="CORNERPOST_PORTAL_", frozen=True, extra="forbid")

    licensing_url: str
    public_url: str = "http://127.0.0.1:21030"
    rulebooks: Path = Path("rulebooks")
    country: str = "example"
    database: SecretStr | None = None

    @classmethod
    def shared_names(cls) -> dict[str, str]:
        return super().shared_names() | {"database": "CORNERPOST_DATABASE_URL_PORTAL"}
