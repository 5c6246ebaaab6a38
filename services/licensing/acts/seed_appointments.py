"""Seed appointments: the first officers of a register, written down by its operator, and logged."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from chassis.unit_of_work import UnitOfWork
from contracts.licensing.language_cases import AppointmentStatus
from kernel.authority import Power
from kernel.events import ActorKind
from kernel.problems import NotAllowed
from services.licensing.appointing import tell_appointment
from services.licensing.desk import Desk
from services.licensing.domain.appointment import OfficerAppointment, must_be_theirs, spelled
from services.licensing.domain.second_factor import FactorSeen, must_be_seen
from services.licensing.store.appointments import Appointments

SEEDED = "appointment.seeded"


@dataclass(frozen=True, slots=True)
class Seed:
    """`person` is `staff:<sub>`; `seen` is what Keycloak said of a person who is to decide."""

    person: str
    office: str
    powers: tuple[Power, ...]
    seen: FactorSeen | None = None


def seed_appointments(work: UnitOfWork, desk: Desk, seeds: Sequence[Seed]) -> int:
    """Write those down that do not stand yet; gives how many. For the operator alone.

    Nobody can approve the first appointments, so no second person does: the log says so.
    Raises SecondFactorMissing, BeyondTheAgency.
    """
    if work.actor.kind is not ActorKind.OPERATOR or work.actor.person is None:
        raise NotAllowed("Only the operator of the stack seeds appointments")
    edition, appointments, made = desk.law.edition_on(work.now), Appointments(work.session), 0
    for seed in not_standing(work, seeds):
        powers = spelled(seed.powers)
        agency = edition.agency(edition.office(seed.office).agency)
        must_be_theirs(agency, powers)
        factors = must_be_seen(seed.person, powers, seed.seen)
        seeded = OfficerAppointment(
            id=work.new_id(),
            person=seed.person,
            agency=agency.id,
            office=seed.office,
            powers=powers,
            since=work.now,
            status=AppointmentStatus.APPROVED,
            proposed_by=work.actor.person,
            proposed_at=work.now,
            approved_at=work.now,
        )
        work.session.add(seeded)
        work.session.flush()
        appointments.copy(seeded)
        tell_appointment(work, SEEDED, seeded, spread=True, factors=factors)
        made += 1
    return made


def not_standing(work: UnitOfWork, seeds: Iterable[Seed]) -> Iterator[Seed]:
    """Those of the seeds whose powers no live appointment gives yet."""
    appointments = Appointments(work.session)
    for seed in seeds:
        live = appointments.live_at(seed.person, seed.office, work.now)
        if not any(set(spelled(seed.powers)) <= set(one.powers) for one in live):
            yield seed
