"""Subscribers: people known by a stable id, behind which stands their number."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


@dataclass(eq=False, kw_only=True)
class Subscriber:
    """`id` is the subject of every token, and never changes; numbers are given to others.

    A blocked number signs nobody in. A released one belongs to nobody: whoever signs in with it
    next is another subscriber. `signed_out_at` is when the sessions begun with it were ended since
    it was stopped. `phone` (E.164) is personal and leaves this service only to the
    telecom and in the identity token.
    """

    id: UUID
    phone: str = field(repr=False)
    language: str
    created_at: datetime
    blocked_at: datetime | None = None
    released_at: datetime | None = None
    signed_out_at: datetime | None = None

    @property
    def person(self) -> str:
        return f"public:{self.id}"

    @property
    def phone_ends(self) -> str:
        return self.phone[-3:]

    @property
    def reachable(self) -> bool:
        return self.blocked_at is None and self.released_at is None
