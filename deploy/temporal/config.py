"""What the Temporal server reads at its start, and the switches it looks at while it runs."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PARTS = ("frontend", "history", "matching", "worker")
MEMBERSHIP_LIMIT = 32768  # the server keeps these ports in a smallint column

Document = dict[str, object]


class PortTooHigh(Exception):
    """A membership port that the server's own table cannot hold."""


@dataclass(frozen=True, slots=True)
class TemporalDatabase:
    """The PostgreSQL server and account that hold Temporal's two databases."""

    host: str
    port: int
    user: str
    password: str
    core: str = "temporal"
    visibility: str = "temporal_visibility"


@dataclass(frozen=True, slots=True)
class TemporalPorts:
    """Where the server listens: gRPC and membership of each part, HTTP of the frontend."""

    grpc: Mapping[str, int]
    membership: Mapping[str, int]
    http: int


@dataclass(frozen=True, slots=True)
class TemporalServer:
    """One server: its database, its ports, its shards (fixed for the life of the database).

    `skipping` names the namespace whose workflows may be moved through time; None in production.
    """

    database: TemporalDatabase
    ports: TemporalPorts
    shards: int
    skipping: str | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.ports.grpc['frontend']}"


def refuse_high_ports(ports: TemporalPorts) -> None:
    """Raise PortTooHigh for a membership port that the server cannot keep."""
    highest = max(ports.membership.values())
    if highest >= MEMBERSHIP_LIMIT:
        raise PortTooHigh(
            f"Temporal's membership port {highest} must be below {MEMBERSHIP_LIMIT}: "
            "choose a lower --port-base"
        )


def write_config(server: TemporalServer, folder: Path) -> Path:
    """Write `temporal.yaml` and `dynamic.yaml` into `folder`; answer the first one's path."""
    refuse_high_ports(server.ports)
    folder.mkdir(parents=True, exist_ok=True)
    dynamic = folder / "dynamic.yaml"
    dynamic.write_text(json.dumps(switches(server.skipping), indent=1))
    config = folder / "temporal.yaml"
    config.touch(mode=0o600)
    config.write_text(json.dumps(document(server, dynamic), indent=1))
    return config


def document(server: TemporalServer, dynamic: Path) -> Document:
    """The server's configuration; YAML reads JSON, so JSON it is."""
    return {
        "log": {"stdout": True, "level": "warn"},
        "persistence": _persistence(server),
        "global": {"membership": {"maxJoinDuration": "30s", "broadcastAddress": "127.0.0.1"}},
        "services": {part: {"rpc": _rpc(server, part)} for part in PARTS},
        "clusterMetadata": {
            "enableGlobalNamespace": False,
            "failoverVersionIncrement": 10,
            "masterClusterName": "active",
            "currentClusterName": "active",
            "clusterInformation": {
                "active": {
                    "enabled": True,
                    "initialFailoverVersion": 1,
                    "rpcName": "frontend",
                    "rpcAddress": server.address,
                }
            },
        },
        "dcRedirectionPolicy": {"policy": "noop"},
        "archival": {"history": {"state": "disabled"}, "visibility": {"state": "disabled"}},
        "publicClient": {"hostPort": server.address},
        "dynamicConfigClient": {"filepath": str(dynamic), "pollInterval": "10s"},
    }


def switches(skipping: str | None) -> Document:
    """The dynamic configuration; time skipping only where a training namespace is named."""
    always: Document = {"frontend.enableServerVersionCheck": [{"value": False}]}
    if skipping is None:
        return always
    return always | {
        "frontend.WorkflowTimeSkippingEnabled": [
            {"value": True, "constraints": {"namespace": skipping}}
        ],
        "frontend.WorkflowTimeSkippingMaxSkipPerSession": [{"value": 5000}],
        "frontend.namespaceRPS.visibility": [{"value": 200}],
        "history.timerProcessorMaxTimeShift": [{"value": "10ms"}],
        "history.timerProcessorMaxPollRPS": [{"value": 1000}],
        "history.workflowIdReuseMinimalInterval": [{"value": "0s"}],
    }


def _persistence(server: TemporalServer) -> Document:
    return {
        "numHistoryShards": server.shards,
        "defaultStore": "default",
        "visibilityStore": "visibility",
        "datastores": {
            "default": {"sql": _store(server.database, server.database.core, 20)},
            "visibility": {"sql": _store(server.database, server.database.visibility, 8)},
        },
    }


def _store(database: TemporalDatabase, name: str, connections: int) -> Document:
    return {
        "pluginName": "postgres12",
        "databaseName": name,
        "connectAddr": f"{database.host}:{database.port}",
        "connectProtocol": "tcp",
        "user": database.user,
        "password": database.password,
        "maxConns": connections,
        "maxIdleConns": connections,
        "maxConnLifetime": "1h",
    }


def _rpc(server: TemporalServer, part: str) -> Document:
    rpc: Document = {
        "grpcPort": server.ports.grpc[part],
        "membershipPort": server.ports.membership[part],
        "bindOnLocalHost": True,
    }
    return rpc | ({"httpPort": server.ports.http} if part == "frontend" else {})
