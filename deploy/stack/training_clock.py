"""The training clock: shows legal time, and moves services and open cases from due to due.

A jump is written down before anything moves (`deploy.stack.jumps`), so that one that is cut off is
finished by the next command. Until then services may differ about the time, and cases that were not
moved are late, as after an outage of Temporal. Relays go on meanwhile: what holds them ends with
the command. That does no harm. A case whose own time is behind reckons from the newest fact it was
told of; an alarm that it sets then rings early once the case is moved, finds nothing due and is set
again. A case begun meanwhile carries its service's offset, moved or not, and is moved by what that
lacks of the jump's end, which may be nothing.
"""

import asyncio
import math
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import psycopg
from temporalio.service import RPCError

from chassis.clock import machine_now
from chassis.outbox import CHANNEL, HOLD_KEY
from deploy.stack import databases, given_servers, jumps
from deploy.stack.jumps import Jump
from deploy.stack.layout import Refused, Stack
from deploy.stack.migrations import has_migrations
from deploy.stack.processes import SERVICES
from deploy.stack.skipping import Skipper
from kernel.term import GRACE

SETTLING = timedelta(seconds=5)
"""A jump goes so far beyond the instant that it stops for. Ending while a case is still at work on
what it woke for, it would carry that case on to its next timer: the server misses the jump's end.
"""

QUIET_SECONDS = 120.0
NEXT_DUE = "select min(at) from audit_v1.due where at > %s"
UNSENT = "select count(*) from outbox where sent_at is null"

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class TrainingClock:
    """The clock of one running training stack. Raises Refused on a production stack."""

    stack: Stack
    say: Say = field(default=lambda line: None)

    def __post_init__(self) -> None:
        if not self.stack.training:
            raise Refused(
                "This is a production stack: its clock is the machine's and cannot be moved. "
                "A training stack is started with `cornerpost up --training --data DIR`"
            )

    def now(self) -> datetime:
        """Legal time: the machine's, and what the stack runs ahead."""
        return machine_now() + timedelta(seconds=self.offset())

    def offset(self) -> int:
        """Whole seconds that the services run ahead; the furthest, should one have been left."""
        with self._everywhere() as open_databases:
            return max(_offset(one) for one in open_databases.values())

    def forward(self, to: datetime) -> None:
        """Move to a later instant, stopping wherever something falls due on the way.

        A jump that was cut off is finished first. Raises Refused for an instant that is past, when
        the stack does not come to rest, and when Temporal goes away; CaseDidNotArrive.
        """
        self.finish()
        if to <= self.now():
            raise Refused(f"The clock only goes forward, and it is {self.now():%c} UTC already")
        _told_in_words(self._forward(to))

    def unfinished(self) -> Jump | None:
        """The jump that is under way, or was cut off."""
        return jumps.unfinished(self.stack)

    def finish(self) -> bool:
        """Bring every service and open case to the end of a jump that was cut off, if one was.

        Raises as `forward` does; the jump can then still be finished.
        """
        jump = self.unfinished()
        if jump is not None:
            self.say(f"Finishing a jump of {timedelta(seconds=jump.seconds)} that was cut off")
            _told_in_words(self._finish(jump))
        return jump is not None

    async def _forward(self, to: datetime) -> None:
        skipper = Skipper(await given_servers.temporal(self.stack))
        with self._everywhere() as services:
            await self._rest(services, skipper)
            while (by := self._next_jump(services, await skipper.next_wake(), to)) > 0:
                offset = max(_offset(one) for one in services.values())
                await self._jump(services, skipper, jumps.begin(self.stack, offset, by))

    async def _finish(self, jump: Jump) -> None:
        skipper = Skipper(await given_servers.temporal(self.stack))
        with self._everywhere() as services:
            await self._rest(services, skipper)
            await self._jump(services, skipper, jump)

    async def _jump(self, services: "Services", skipper: Skipper, jump: Jump) -> None:
        with _relays_held(services):
            for one in services.values():
                _set_offset(one, jump.to_offset)
            moved = await skipper.forward(jump.to_offset, jump.id)
        jumps.end(self.stack)
        at = machine_now() + timedelta(seconds=jump.to_offset)
        self.say(f"It is {at:%a %d %b %Y %H:%M:%S} UTC; {moved} waiting workflows moved")
        await self._rest(services, skipper)

    def _next_jump(self, services: "Services", wake: datetime | None, to: datetime) -> int:
        """Seconds to the next instant that something is due at, or to the target; 0 when there.

        Cases say what they wait for; services may know of more, in their view `audit_v1.due`.
        """
        offset = max(_offset(one) for one in services.values())
        now = machine_now() + timedelta(seconds=offset)
        dues = [due + GRACE for one in services.values() if (due := _next_due(one, now - GRACE))]
        stops = (at + SETTLING for at in (wake, *dues) if at is not None and at > now)
        ahead = min([to, *stops])
        return max(0, math.ceil((ahead - now).total_seconds()))

    async def _rest(self, services: "Services", skipper: Skipper) -> None:
        """Until every outbox is empty and no workflow is at work, twice in a row."""
        until = time.monotonic() + QUIET_SECONDS
        calm = 0
        while calm < 2:
            full = [name for name, one in services.items() if _count(one, UNSENT)]
            busy = 0 if full else await skipper.busy()
            calm = 0 if full or busy else calm + 1
            if time.monotonic() > until:
                what = f"{full[0]}'s relay has work" if full else f"{busy} cases are at work"
                raise Refused(f"The stack does not come to rest: {what}. Look at the logs")
            await asyncio.sleep(0.1)

    @contextmanager
    def _everywhere(self) -> Iterator["Services"]:
        """A connection to each service's database, as its owner."""
        with ExitStack() as stack:
            yield {
                name: stack.enter_context(
                    psycopg.connect(databases.owner_url(self.stack, name), autocommit=True)
                )
                for name in SERVICES
                if has_migrations(name)
            }


Services = dict[str, psycopg.Connection]


def _told_in_words(work: Coroutine[None, None, None]) -> None:
    try:
        asyncio.run(work)
    except RPCError as failure:
        raise Refused(
            f"Temporal failed ({failure}). A jump that this cut off is finished by the next "
            "`cornerpost clock forward`, `clock to` or `up`"
        ) from failure


@contextmanager
def _relays_held(services: Services) -> Iterator[None]:
    """While this lasts no relay tells a workflow anything: the lock is one that they ask for."""
    for one in services.values():
        one.execute("select pg_advisory_lock(%s)", [HOLD_KEY])
    try:
        yield
    finally:
        for one in services.values():
            one.execute("select pg_advisory_unlock(%s)", [HOLD_KEY])
            one.execute("select pg_notify(%s, '')", [CHANNEL])


def _offset(one: psycopg.Connection) -> int:
    return _count(one, "select offset_seconds from clock")


def _set_offset(one: psycopg.Connection, seconds: int) -> None:
    one.execute("update clock set offset_seconds = %(to)s where offset_seconds < %(to)s",
                {"to": seconds})


def _next_due(one: psycopg.Connection, after: datetime) -> datetime | None:
    """The next instant that this service knows something to be due at."""
    found = one.execute("select to_regclass('audit_v1.due')").fetchone()
    if found is None or found[0] is None:
        return None
    row = one.execute(NEXT_DUE, [after]).fetchone()
    due: datetime | None = row[0] if row else None
    return due


def _count(one: psycopg.Connection, question: str) -> int:
    try:
        row = one.execute(question).fetchone()
    except psycopg.errors.UndefinedTable as bare:
        raise Refused("A service's database is not migrated: run `cornerpost migrate`") from bare
    return int(row[0]) if row else 0
