"""The command line of every process."""

from deploy.stack import cluster
from deploy.stack.databases import owner_url
from deploy.stack.given_databases import place_of
from deploy.stack.layout import Stack
from deploy.stack.processes import Process, python_command
from deploy.temporal import config, server

SHARDS = {True: 4, False: 512}
"""By training: half the memory for a training stack, room to grow for a country."""


def command(process: Process, stack: Stack) -> list[str]:
    """What the supervisor runs; never through a shell, never with a secret in it."""
    if process.module is not None:
        return python_command(process.module)
    if process.name == "postgres":
        return cluster.command(stack)
    if process.name == "keycloak":
        return [*python_command("deploy.stack.run_keycloak"), str(stack.data)]
    return server.command(stack.run / "temporal" / "temporal.yaml")


def temporal_server(stack: Stack) -> config.TemporalServer:
    """Temporal as this stack runs it."""
    core = place_of(owner_url(stack, "temporal"))
    visibility = place_of(owner_url(stack, "temporal_visibility"))
    return config.TemporalServer(
        database=config.TemporalDatabase(
            host=core.host,
            port=core.port,
            user=core.user,
            password=core.password,
            core=core.name,
            visibility=visibility.name,
        ),
        ports=temporal_ports(stack),
        shards=SHARDS[stack.training],
        skipping=stack.namespace if stack.training else None,
    )


def temporal_ports(stack: Stack) -> config.TemporalPorts:
    """Where Temporal listens when this stack runs it."""
    return config.TemporalPorts(
        grpc={
            part: stack.port("temporal" if part == "frontend" else f"temporal-{part}")
            for part in config.PARTS
        },
        membership={part: stack.port(f"temporal-{part}-membership") for part in config.PARTS},
        http=stack.port("temporal-http"),
    )
