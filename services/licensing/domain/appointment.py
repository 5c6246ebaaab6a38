"""Appointments: who is proposed, approved and ended as an officer with powers at an office."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from contracts.licensing.language_cases import AppointmentStatus
from kernel.authority import THROUGH_THE_COUNTRY, Actor, Power, SecondPersonNeeded
from kernel.law.places import Agency
from kernel.problems import Problem


class NotProposed(Problem):
    """The appointment was approved, rejected or ended before."""

    title = "This appointment does not await approval"


class NotLive(Problem):
    """Only an approved appointment that has not ended can be ended."""

    title = "This appointment has ended or was never approved"


class BeyondTheAgency(Problem):
    """A power that reaches through the country is given only by agencies that the law names."""

    title = "Offices of this agency do not give this power"


class AppointmentDates(Problem):
    """An appointment does not begin in the past and ends after it began."""

    title = "These dates do not fit"


@dataclass(eq=False, kw_only=True)
class OfficerAppointment:
    """One appointment from its proposal to its end. `person` is `staff:<sub>`."""

    id: UUID
    person: str
    agency: str
    office: str
    since: datetime
    proposed_by: str
    proposed_at: datetime
    powers: list[str] = field(default_factory=list)
    until: datetime | None = None
    status: AppointmentStatus = AppointmentStatus.PROPOSED
    approved_by: str | None = None
    approved_at: datetime | None = None
    ended_by: str | None = None
    ended_at: datetime | None = None
    version: int = 1

    def must_await(self, by: Actor, now: datetime) -> None:
        """A second person approves: neither who proposed it nor who is appointed."""
        by.must(Power.APPROVE_APPOINTMENT, self.office, now)
        if self.status is not AppointmentStatus.PROPOSED:
            raise NotProposed("It was settled before", state=self.status.value)
        if by.person in (None, self.proposed_by, self.person):
            raise SecondPersonNeeded("Somebody else must approve what you proposed or would be")

    def approve(self, by: Actor, now: datetime) -> None:
        self.must_await(by, now)
        self.status, self.version = AppointmentStatus.APPROVED, self.version + 1
        self.approved_by, self.approved_at = by.person, now
        self.since = max(self.since, now)

    def end(self, by: Actor, now: datetime) -> None:
        """End it now; a proposal is rejected instead."""
        by.must(Power.PROPOSE_APPOINTMENT, self.office, now)
        if self.status is AppointmentStatus.PROPOSED:
            self.status = AppointmentStatus.REJECTED
        elif self.status is AppointmentStatus.APPROVED and (self.until is None or now < self.until):
            self.status, self.until = AppointmentStatus.ENDED, max(now, self.since)
        else:
            raise NotLive("There is nothing left to end", state=self.status.value)
        self.version, self.ended_by, self.ended_at = self.version + 1, by.person, now


def must_fit(since: datetime, until: datetime | None, now: datetime) -> None:
    """Raise AppointmentDates unless it begins now or later and ends after that."""
    if since < now or (until is not None and until <= since):
        raise AppointmentDates("It begins now or later, and ends after it began")


def must_be_theirs(agency: Agency, powers: Iterable[str]) -> None:
    """Raise BeyondTheAgency for a power through the whole country that is not this agency's."""
    beyond = sorted(THROUGH_THE_COUNTRY.intersection(powers) - set(agency.national_powers))
    if beyond:
        names = ", ".join(beyond)
        raise BeyondTheAgency(
            f"The law gives {names} through other agencies", agency=agency.id, powers=beyond
        )


def spelled(powers: Iterable[Power]) -> list[str]:
    """The powers as they are stored: each once, in order."""
    return sorted({power.value for power in powers})
