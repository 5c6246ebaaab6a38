"""Authority: who is asking, and what a live appointment lets them do, where."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from kernel.events import ActorKind
from kernel.problems import NotAllowed


class Realm(StrEnum):
    """Where a person signed in: roles count only from their own issuer."""

    STAFF = "staff"
    PUBLIC = "public"
    NONE = "none"


class Power(StrEnum):
    """What an appointment can give an officer the right to do (checked against the service's own
    copy)."""

    READ_CASES = "read-cases"
    RECORD_STEP = "record-step"  # visits, requests for information, hand-over
    DECIDE_STEP = "decide-step"
    RECORD_PAPER_DECISION = "record-paper-decision"
    CONFIRM_PAPER_DECISION = "confirm-paper-decision"
    APPROVE_GRANT = "approve-grant"
    ASSIST_AT_COUNTER = "assist-at-counter"
    PROPOSE_APPOINTMENT = "propose-appointment"
    APPROVE_APPOINTMENT = "approve-appointment"
    PROPOSE_ZONE = "propose-zone"
    APPROVE_ZONE = "approve-zone"
    PROPOSE_CALENDAR = "propose-calendar"
    APPROVE_CALENDAR = "approve-calendar"
    WITHDRAW_LICENCE = "withdraw-licence"
    READ_STATISTICS = "read-statistics"
    READ_LEDGER = "read-ledger"
    AUDIT = "audit"


WITH_SECOND_FACTOR: Final = frozenset(
    {
        Power.DECIDE_STEP,
        Power.CONFIRM_PAPER_DECISION,
        Power.APPROVE_GRANT,
        Power.ASSIST_AT_COUNTER,
        Power.PROPOSE_APPOINTMENT,
        Power.APPROVE_APPOINTMENT,
        Power.APPROVE_ZONE,
        Power.APPROVE_CALENDAR,
        Power.WITHDRAW_LICENCE,
    }
)
"""Whoever gets one of these has enrolled a second factor before. To propose appointments is also
to end them, and whoever helps at a counter also blocks phone numbers."""

THROUGH_THE_COUNTRY: Final = frozenset(
    {
        Power.PROPOSE_CALENDAR,
        Power.APPROVE_CALENDAR,
        Power.READ_STATISTICS,
        Power.READ_LEDGER,
        Power.AUDIT,
    }
)
"""Powers that reach beyond the office they are held at: the law says which agencies give them."""


class SecondPersonNeeded(NotAllowed):
    """Who proposes or records does not approve: built in, and not removable by any rulebook."""

    title = "This takes a second person"


@dataclass(frozen=True, slots=True)
class Appointment:
    """A dated, dual-approved authority at one office (`until` None: open-ended). Instants are
    legal time."""

    person: str
    agency: str
    office: str
    powers: frozenset[Power]
    since: datetime
    until: datetime | None = None

    def live(self, now: datetime) -> bool:
        return self.since <= now and (self.until is None or now < self.until)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is asking: `staff:<sub>`, `public:<sub>`, a clockwork name such as
    `clockwork:licensing`, or nobody.

    `offices` are the Keycloak group paths (`/agencies/<agency>/<office>`) in the token; `acr` and
    `auth_time` come from the token and are judged by real time, never by the training clock.
    """

    kind: ActorKind
    person: str | None = None
    realm: Realm = Realm.NONE
    roles: frozenset[str] = frozenset()
    offices: frozenset[str] = frozenset()
    acr: str = "0"
    auth_time: datetime | None = None
    token_id: str | None = None
    appointments: tuple[Appointment, ...] = field(default=())

    def office_ids(self) -> frozenset[str]:
        """The last path segment of each group is the office id (unique in the country)."""
        return frozenset(path.rsplit("/", 1)[-1] for path in self.offices)

    def holds(self, power: Power, office: str | None, now: datetime) -> bool:
        """Whether a live appointment gives `power` at `office` (None: at any office) and the
        token names that office."""
        return any(
            power in a.powers
            and a.live(now)
            and (office is None or a.office == office)
            and a.office in self.office_ids()
            for a in self.appointments
        )

    def must(self, power: Power, office: str | None, now: datetime) -> None:
        """Raise NotAllowed unless the actor holds `power` at `office` now. The clockwork holds
        none: it is no person."""
        if not self.holds(power, office, now):
            where = f" at {office}" if office else ""
            raise NotAllowed(
                f"This needs a live appointment with the power {power.value}{where}",
                power=power.value,
                office=office,
            )


NOBODY = Actor(kind=ActorKind.APPLICANT)


def clockwork(name: str) -> Actor:
    """The actor under whose name a workflow's activity acts, e.g. `clockwork:licensing`."""
    return Actor(kind=ActorKind.CLOCKWORK, person=f"clockwork:{name}")


def appointed(actor: Actor, found: Iterable[Appointment]) -> Actor:
    """The same actor with the appointments that the asked service knows of."""
    return Actor(
        kind=actor.kind,
        person=actor.person,
        realm=actor.realm,
        roles=actor.roles,
        offices=actor.offices,
        acr=actor.acr,
        auth_time=actor.auth_time,
        token_id=actor.token_id,
        appointments=tuple(found),
    )
