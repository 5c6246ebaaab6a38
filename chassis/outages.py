"""Outages: what the database says when it cannot, turned into answers a client can act on."""

import asyncio
import random
from dataclasses import dataclass
from typing import Final

import structlog
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, InvalidRequestError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.intake import BODY, replay
from chassis.unit_of_work import ATTEMPTS, is_worth_a_repeat
from kernel.problems import Malformed, Problem, TryLater

IN_USE: Final = frozenset({"55P03"})  # lock_not_available
AWAY: Final = ("08", "53", "57")  # connection, resources, operator intervention
TAKEN: Final = frozenset({"23505", "23P01"})  # unique, exclusion
DIED: Final = "8s2b"  # SQLAlchemy's code: the transaction's connection was invalidated
CLOSED: Final = "This connection is closed"

log = structlog.get_logger(__name__)


class ChangedAtTheSameTime(Problem):
    """Two requests wanted the same thing at the same moment and the other one was first."""

    title = "Somebody else was a moment faster"


def problem_of(error: Exception) -> Problem | None:
    """The refusal or outage that a database error means; None when it is a mistake of ours."""
    if isinstance(error, PoolTimeout):
        return TryLater("The service is full at the moment", retry_after=2)
    if isinstance(error, InvalidRequestError) and _found_dead(error):
        return TryLater("The register cannot be reached at the moment", retry_after=5)
    if not isinstance(error, DBAPIError):
        return None
    state = getattr(error.orig, "sqlstate", None) or ""
    if is_worth_a_repeat(error) or state in IN_USE:
        return TryLater("Others are changing the same thing at the moment", retry_after=1)
    if error.connection_invalidated or state.startswith(AWAY) or _never_arrived(error, state):
        return TryLater("The register cannot be reached at the moment", retry_after=5)
    if isinstance(error, DataError):
        return Malformed("A value is outside of what the register can hold")
    if isinstance(error, IntegrityError) and state in TAKEN:
        return ChangedAtTheSameTime("Read the present state and try again")
    return None


def _found_dead(error: InvalidRequestError) -> bool:
    """The pool got dead connections only, or the session's own one died under it."""
    return error.code == DIED or str(error).startswith(CLOSED)


def _never_arrived(error: DBAPIError, state: str) -> bool:
    """Connection failures have no state of the server's: it was not there to give one."""
    return not state and type(error).__name__ in {"OperationalError", "InterfaceError"}


@dataclass(frozen=True, slots=True)
class Outages:
    """ASGI layer next to the routes: repeats a request that met a deadlock, translates the rest.

    A request may be run again because nothing of it was committed, its answer has not begun, and
    acts do nothing that a rollback would not undo: calls to the outside stand in gateways, outside
    of units of work, and files are stored under their own hash.
    """

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        onward = _Begun(send)
        for attempt in range(1, ATTEMPTS + 1):
            inner, body = dict(scope), replay(scope.get(BODY, b""), receive)
            try:
                await self.app(inner, body, onward)
                return
            except Exception as error:
                again = is_worth_a_repeat(error) and attempt < ATTEMPTS
                if onward.begun or not again:
                    _give_up(error)
                log.info("request.repeated", attempt=attempt)
            finally:
                scope["route"] = inner.get("route")
            await asyncio.sleep(random.uniform(0.0, 0.02 * 2**attempt))


def _give_up(error: Exception) -> None:
    problem = problem_of(error)
    if problem is None:
        raise error
    log.warning("request.outage", error=type(error).__name__, problem=problem.slug())
    raise problem from error


@dataclass(slots=True)
class _Begun:
    send: Send
    begun: bool = False

    async def __call__(self, message: Message) -> None:
        self.begun = True
        await self.send(message)
