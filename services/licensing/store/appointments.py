"""Appointments in the database: as they were acted on, and the copy that powers are read from."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from chassis.tables import appointment as copy
from contracts.licensing.language_cases import AppointmentStatus
from kernel.problems import NotFound
from services.licensing.domain.appointment import OfficerAppointment
from services.licensing.store import mapping
from services.licensing.store.case_tables import appointment_act

mapping.map_entities()
columns = appointment_act.c


@dataclass(frozen=True, slots=True)
class Appointments:
    session: Session

    def get(self, appointment: UUID) -> OfficerAppointment:
        """Raises NotFound."""
        found = self.session.get(OfficerAppointment, appointment)
        if found is None:
            raise NotFound("There is no such appointment")
        return found

    def take(self, appointment: UUID) -> OfficerAppointment:
        """The same, locked until the act is over."""
        wanted = select(OfficerAppointment).where(columns.id == appointment).with_for_update()
        found = self.session.scalars(wanted.execution_options(populate_existing=True)).first()
        if found is None:
            raise NotFound("There is no such appointment")
        return found

    def live_at(self, person: str, office: str, now: datetime) -> Sequence[OfficerAppointment]:
        """Of one person at one office: approved, begun, and neither ended nor past its end."""
        wanted = select(OfficerAppointment).where(
            columns.person == person,
            columns.office == office,
            columns.status == AppointmentStatus.APPROVED,
            columns.since <= now,
            columns.until.is_(None) | (columns.until > now),
        )
        return self.session.scalars(wanted).all()

    def at_offices(
        self, offices: Collection[str] | None, after: tuple[datetime, UUID] | None, limit: int
    ) -> Sequence[OfficerAppointment]:
        """Of these offices (None: all), the newest proposals first."""
        wanted = select(OfficerAppointment)
        if offices is not None:
            wanted = wanted.where(columns.office.in_(offices))
        if after is not None:
            last = tuple_(columns.proposed_at, columns.id)
            wanted = wanted.where(last < after)
        order = (columns.proposed_at.desc(), columns.id.desc())
        return self.session.scalars(wanted.order_by(*order).limit(limit)).all()

    def to_look_after(self, ended_since: datetime, after: UUID | None, limit: int) -> list[UUID]:
        """Those that hold or will, and those that ended after an instant, by their ids."""
        live = (columns.status == AppointmentStatus.APPROVED) & (
            columns.until.is_(None) | (columns.until > ended_since)
        )
        over = (columns.status == AppointmentStatus.ENDED) & (columns.ended_at > ended_since)
        wanted = select(columns.id).where(live | over)
        if after is not None:
            wanted = wanted.where(columns.id > after)
        return list(self.session.scalars(wanted.order_by(columns.id).limit(limit)))

    def copy(self, appointment: OfficerAppointment) -> None:
        """Bring the copy that every request's powers are read from up to date."""
        told = {
            "person": appointment.person,
            "agency": appointment.agency,
            "office": appointment.office,
            "powers": appointment.powers,
            "since": appointment.since,
            "until": appointment.until,
            "version": appointment.version,
        }
        row = upsert(copy).values(id=appointment.id, **told)
        self.session.execute(row.on_conflict_do_update(index_elements=[copy.c.id], set_=told))
