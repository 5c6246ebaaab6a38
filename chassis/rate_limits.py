"""Rate limits: by address in memory for public routes, by key in the database for guesses."""

import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from fastapi import Request
from sqlalchemy import case, delete
from sqlalchemy.dialects.postgresql import insert as upsert

from chassis.database import Database
from chassis.tables import tries
from kernel.problems import TooMany

REMEMBERED: Final = 20_000  # addresses; the longest unseen is forgotten first


def client_address(request: Request) -> str:
    """Who called: the peer, or whom the portal says it speaks for. For limits and nothing else."""
    peer = request.client.host if request.client else "unknown"
    forwarded = request.headers.get("x-forwarded-for")
    if forwarded and peer == request.app.state.settings.portal_address:
        return forwarded.rsplit(",", 1)[-1].strip()[:45]
    return peer


@dataclass(eq=False, slots=True)
class RateLimit:
    """A dependency: `Depends(RateLimit(30, timedelta(minutes=1)))`, a bucket for each address.

    Counts in this process only; with several of them the limit is as many times higher.
    """

    requests: int
    period: timedelta
    buckets: OrderedDict[str, tuple[float, datetime]] = field(default_factory=OrderedDict)

    async def __call__(self, request: Request) -> None:
        now = request.app.state.clock.real_now()
        self.spend(client_address(request), now)

    def spend(self, key: str, now: datetime) -> None:
        """Take one request from the key's bucket. Raises TooMany when it is empty."""
        rate = self.requests / self.period.total_seconds()
        left, since = self.buckets.pop(key, (float(self.requests), now))
        left = min(self.requests, left + (now - since).total_seconds() * rate)
        self.buckets[key] = (max(left - 1, 0.0) if left >= 1 else left, now)
        if len(self.buckets) > REMEMBERED:
            self.buckets.popitem(last=False)
        if left < 1:
            raise TooMany("Wait a little", retry_after=math.ceil((1 - left) / rate))


@dataclass(frozen=True, slots=True)
class Tries:
    """Guesses at a secret, counted in the database although the act that made them is refused."""

    database: Database
    real_now: Callable[[], datetime]

    def spend(self, key: str, limit: int, period: timedelta) -> int:
        """Count one try for `key`; gives how many are left. Raises TooMany beyond `limit`.

        The count is committed at once on a connection aside. It starts anew `period` after its
        first try. Call it before the secret is compared, and `forgive` after a right guess.
        """
        now = self.real_now()
        over = tries.c.since <= now - period
        one = upsert(tries).values(key=key, since=now, spent=1)
        counted = one.on_conflict_do_update(
            index_elements=[tries.c.key],
            set_={
                "since": case((over, now), else_=tries.c.since),
                "spent": case((over, 1), else_=tries.c.spent + 1),
            },
        )
        with self.database.aside.begin() as connection:
            row = connection.execute(counted.returning(tries.c.spent, tries.c.since)).one()
        if row.spent > limit:
            wait = (row.since + period - now).total_seconds()
            raise TooMany("Too many tries", retry_after=max(1, math.ceil(wait)))
        return int(limit - row.spent)

    def forgive(self, key: str) -> None:
        """Forget the tries of a key after a right guess."""
        with self.database.aside.begin() as connection:
            connection.execute(delete(tries).where(tries.c.key == key))
