"""Temporal's namespaces: registered once, asked for at every start."""

import asyncio
import time
from datetime import timedelta

from google.protobuf.duration_pb2 import Duration
from temporalio.api.workflowservice.v1 import (
    DescribeNamespaceRequest,
    RegisterNamespaceRequest,
)
from temporalio.client import Client
from temporalio.runtime import LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter
from temporalio.service import RPCError, RPCStatusCode

RETENTION = timedelta(days=30)
QUIET = TelemetryConfig(
    logging=LoggingConfig(filter=TelemetryFilter(core_level="ERROR", other_level="ERROR"))
)


async def connect(address: str, namespace: str = "default") -> Client:
    """A client for a command: quiet, and refused at once when nothing answers."""
    return await Client.connect(address, namespace=namespace, runtime=Runtime(telemetry=QUIET))


async def register(address: str, namespace: str, retention: timedelta = RETENTION) -> None:
    """Register the namespace when it is not there, and wait until the server knows it."""
    client = await connect(address)
    request = RegisterNamespaceRequest(
        namespace=namespace,
        workflow_execution_retention_period=Duration(seconds=int(retention.total_seconds())),
    )
    try:
        await client.workflow_service.register_namespace(request)
    except RPCError as refusal:
        if refusal.status is not RPCStatusCode.ALREADY_EXISTS:
            raise
    while not await known(client, namespace):
        await asyncio.sleep(0.2)


async def known(client: Client, namespace: str) -> bool:
    try:
        await client.workflow_service.describe_namespace(
            DescribeNamespaceRequest(namespace=namespace)
        )
    except RPCError as refusal:
        if refusal.status is RPCStatusCode.NOT_FOUND:
            return False
        raise
    return True


async def answers(address: str) -> bool:
    """Whether a server answers at the address (an outage is an answer here: False)."""
    try:
        await connect(address)
    except (RPCError, RuntimeError):
        return False
    return True


async def wait_until_it_answers(address: str, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while not await answers(address):
        if time.monotonic() > until:
            return False
        await asyncio.sleep(0.25)
    return True
