"""Servers that run elsewhere: one that does not answer is named in words, with its variable."""

import asyncio
from typing import Final

import httpx
from temporalio.client import Client
from temporalio.service import RPCError

from deploy.stack.environment import keycloak_address, temporal_address
from deploy.stack.layout import Refused, Stack
from deploy.temporal import namespace

TEMPORAL: Final = "CORNERPOST_TEMPORAL"
KEYCLOAK: Final = "CORNERPOST_KEYCLOAK"
SECONDS: Final = 15.0
SHOWN: Final = 200  # characters of what the client said of its failure


def refuse_unreachable(stack: Stack) -> None:
    """Raise Refused for a given Temporal or Keycloak that does not answer."""
    if TEMPORAL in stack.given:
        asyncio.run(temporal(stack))
    if KEYCLOAK in stack.given:
        address = keycloak_address(stack)
        try:
            httpx.get(address, timeout=SECONDS)
        except (httpx.TransportError, httpx.InvalidURL) as away:
            raise Refused(_unanswered(stack, "Keycloak", KEYCLOAK, address, away)) from away


async def temporal(stack: Stack) -> Client:
    """A client of the stack's namespace. Raises Refused when no Temporal answers."""
    address = temporal_address(stack)
    try:
        return await asyncio.wait_for(namespace.connect(address, stack.namespace), SECONDS)
    except (RPCError, RuntimeError, ValueError, TimeoutError) as away:
        raise Refused(_unanswered(stack, "Temporal", TEMPORAL, address, away)) from away


def _unanswered(stack: Stack, server: str, variable: str, address: str, away: Exception) -> str:
    why = str(away)[:SHOWN] or f"no answer within {SECONDS:g} s"
    if variable in stack.given:
        return f"No {server} answers at {address}, which {variable} names: {why}"
    return f"No {server} answers at {address}: is the stack up? {why}"
