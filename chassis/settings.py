"""Settings: what a process must be told, read once from its environment and frozen."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import Field, SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from kernel.authority import Realm

Mode = Literal["production", "training"]


class UnknownSetting(ValueError):
    """The environment names a setting that the process does not have: most likely a misspelling."""


class SettingNotReadable(ValueError):
    """A setting that is a list or a table is not written as one."""


class StackEnvironment(PydanticBaseSettingsSource):
    """Reads `<prefix><FIELD>` first, then the name that all processes of a stack share."""

    def __init__(
        self, settings_cls: type["ProcessSettings"], environment: Mapping[str, str]
    ) -> None:
        super().__init__(settings_cls)
        self.prefix = settings_cls.model_config["env_prefix"]
        self.shared = settings_cls.shared_names()
        self.environment = environment

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        for name in (self.prefix + field_name.upper(), self.shared.get(field_name)):
            if name and name in self.environment:
                return self.environment[name], field_name, self.field_is_complex(field)
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        self._refuse_unknown()
        found: dict[str, Any] = {}
        for field_name, field in self.settings_cls.model_fields.items():
            value, key, is_complex = self.get_field_value(field, field_name)
            if value is not None:
                found[key] = _parse(value, key) if is_complex else value
        return found

    def _refuse_unknown(self) -> None:
        """pydantic-settings passes over unknown names in silence; a misspelt setting must not."""
        known = {self.prefix + name.upper() for name in self.settings_cls.model_fields}
        known |= set(self.shared.values())
        asked = {name for name in self.environment if name.startswith(self.prefix)}
        if unknown := sorted(asked - known):
            raise UnknownSetting(f"There is no setting {', '.join(unknown)}")


def _parse(text: str, name: str) -> Any:
    """Lists are written with commas or as JSON, tables as JSON."""
    if text.lstrip().startswith(("[", "{")):
        try:
            return json.loads(text)
        except ValueError as unreadable:
            raise SettingNotReadable(f"The setting {name} is not JSON") from unreadable
    return [part.strip() for part in text.split(",") if part.strip()]


class ProcessSettings(BaseSettings):
    """A process's frozen settings. Subclasses give `env_prefix`, such as `CORNERPOST_PORTAL_`."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid")

    mode: Mode
    temporal: str = "127.0.0.1:21001"
    temporal_namespace: str = "training"
    host: str = "127.0.0.1"
    port: int = Field(default=0, ge=0, le=65535)
    metrics_port: int | None = Field(default=None, ge=0, le=65535)
    log_path: Path | None = None

    SHARED: ClassVar[dict[str, str]] = {
        "mode": "CORNERPOST_MODE",
        "temporal": "CORNERPOST_TEMPORAL",
        "temporal_namespace": "CORNERPOST_TEMPORAL_NAMESPACE",
        "keycloak": "CORNERPOST_KEYCLOAK",
        "staff_issuer": "CORNERPOST_STAFF_ISSUER",
        "public_issuer": "CORNERPOST_PUBLIC_ISSUER",
        "rulebooks": "CORNERPOST_RULEBOOKS",
        "country": "CORNERPOST_COUNTRY",
        "keys": "CORNERPOST_KEYS",
        "files": "CORNERPOST_FILES",
        "public_url": "CORNERPOST_PUBLIC_URL",
    }

    @classmethod
    def shared_names(cls) -> dict[str, str]:
        """Field -> the un-prefixed name under which the whole stack is told it."""
        return {field: name for field, name in cls.SHARED.items() if field in cls.model_fields}

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What the caller gives, then the environment; no files that change behaviour unseen."""
        if not issubclass(settings_cls, ProcessSettings):
            raise TypeError("only process settings read the stack's environment")
        return init_settings, StackEnvironment(settings_cls, os.environ)

    @property
    def training(self) -> bool:
        return self.mode == "training"


class ServiceSettings(ProcessSettings):
    """What the app, the worker and the relay of one service share.

    `database` belongs to the app role, `database_owner` to the role that migrates. `pool` is the
    number of connections and of requests admitted at once, `queue` how many more may wait
    (default: ten for each connection). Issuers are the exact `iss` of their tokens; `keycloak` is
    where they answer services (default: where they answer browsers).
    """

    service: ClassVar[str]

    database: SecretStr
    database_owner: SecretStr | None = None
    pool: int = Field(default=10, ge=1, le=200)
    queue: int | None = Field(default=None, ge=0)
    keycloak: str | None = None
    staff_issuer: str = ""
    public_issuer: str = ""
    staff_jwks: str | None = None
    public_jwks: str | None = None
    staff_azp: tuple[str, ...] = ("portal",)
    public_azp: tuple[str, ...] = ("portal-public", "phone-gateway")
    rulebooks: Path = Path("rulebooks")
    country: str = "example"
    keys: Path = Path("keys")
    files: Path = Path("files")
    public_url: str = "http://127.0.0.1:21030"
    portal_address: str = "127.0.0.1"
    max_body: int = Field(default=1024 * 1024, ge=1024)
    max_file: int = Field(default=25 * 1024 * 1024, ge=1024)

    @classmethod
    def shared_names(cls) -> dict[str, str]:
        own = cls.service.upper()
        return super().shared_names() | {
            "database": f"CORNERPOST_DATABASE_URL_{own}",
            "database_owner": f"CORNERPOST_DATABASE_URL_{own}_OWNER",
        }

    @property
    def lacking(self) -> tuple[str, ...]:
        """What this service has not been told of the world outside, in words for its operator."""
        return ()

    def realm_address(self, realm: Realm) -> str:
        """Where this realm of Keycloak answers services."""
        if self.keycloak:
            return f"{self.keycloak}/realms/{realm.value}"
        return self.staff_issuer if realm is Realm.STAFF else self.public_issuer

    @property
    def waiting(self) -> int:
        """How many requests may wait for a connection before the next is told to come again."""
        return 10 * self.pool if self.queue is None else self.queue
