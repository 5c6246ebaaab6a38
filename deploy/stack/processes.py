"""The processes of a stack: what each is run as, when it counts as ready, and in which order."""

import importlib.util
import sys
from dataclasses import dataclass
from enum import Enum, auto

from deploy.stack import cluster
from deploy.stack.layout import Stack

SERVICES = ("licensing", "cadastre", "payments", "messages")
DATABASES = (*SERVICES, "portal", "keycloak", "temporal", "temporal_visibility")
MIGRATED = (*SERVICES, "portal")
"""The databases whose tables are ours; the rest belong to Keycloak and Temporal."""


class Tier(Enum):
    """Lower tiers start first and stop last."""

    STORE = auto()
    ENGINE = auto()
    OURS = auto()


class Ready(Enum):
    """How a process says that it can be used."""

    POSTGRES = auto()
    TEMPORAL = auto()
    KEYCLOAK = auto()
    READYZ = auto()
    HEALTHZ = auto()
    METRICS = auto()


@dataclass(frozen=True, slots=True)
class Process:
    """One supervised process. `module` is run with this Python; foreign servers have none."""

    name: str
    tier: Tier
    ready: Ready
    module: str | None = None
    account: str | None = None
    stop_signal: str = "TERM"
    stop_seconds: int = 20

    @property
    def exists(self) -> bool:
        """Whether this clone has the module that the process runs."""
        if self.module is None:
            return True
        try:
            return importlib.util.find_spec(self.module) is not None
        except ModuleNotFoundError:
            return False


FOREIGN = (
    Process("temporal", Tier.ENGINE, Ready.TEMPORAL),
    Process("keycloak", Tier.ENGINE, Ready.KEYCLOAK),
)
FAKES = (
    Process("telecom", Tier.OURS, Ready.HEALTHZ, "deploy.fakes.telecom"),
    Process("mobile-money", Tier.OURS, Ready.HEALTHZ, "deploy.fakes.mobile_money"),
)
OURS = (
    *(Process(s, Tier.OURS, Ready.READYZ, f"services.{s}.app") for s in SERVICES),
    *(Process(f"{s}-worker", Tier.OURS, Ready.METRICS, f"services.{s}.worker") for s in SERVICES),
    *(Process(f"{s}-relay", Tier.OURS, Ready.METRICS, f"services.{s}.relay") for s in SERVICES),
    Process("workflows", Tier.OURS, Ready.METRICS, "workflows.worker"),
    Process("portal", Tier.OURS, Ready.READYZ, "portal.app"),
)


def processes(stack: Stack) -> list[Process]:
    """All that this stack runs itself; servers whose addresses were given are left out."""
    postgres = Process(
        "postgres", Tier.STORE, Ready.POSTGRES, account=cluster.account(), stop_signal="INT"
    )
    needed: list[Process] = [postgres] if runs_postgres(stack) else []
    needed += [one for one in FOREIGN if f"CORNERPOST_{one.name.upper()}" not in stack.given]
    needed += [one for one in (*(FAKES if stack.fakes else ()), *OURS) if one.exists]
    return needed


def runs_postgres(stack: Stack) -> bool:
    """Not when every database the stack needs was given."""
    return any(is_private(stack, name) for name in needed_databases(stack))


def needed_databases(stack: Stack) -> list[str]:
    """The databases of this stack; a given Temporal or Keycloak keeps its own elsewhere."""
    absent = {
        "keycloak": "CORNERPOST_KEYCLOAK",
        "temporal": "CORNERPOST_TEMPORAL",
        "temporal_visibility": "CORNERPOST_TEMPORAL",
    }
    return [name for name in DATABASES if absent.get(name, "") not in stack.given]


def is_private(stack: Stack, database: str) -> bool:
    """Whether the database lies in the stack's own cluster."""
    return f"CORNERPOST_DATABASE_URL_{database.upper()}" not in stack.given


def python_command(module: str) -> list[str]:
    return [sys.executable, "-m", module]
