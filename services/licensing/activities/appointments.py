"""What an appointment's workflow asks of licensing: how it stands, and the accounts in line."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from temporalio import activity

from chassis.unit_of_work import Works
from chassis.worker import refusals_are_final
from contracts import procedures as p
from contracts.licensing.language_cases import AppointmentStatus
from kernel.events import CaseRef
from services.licensing.activities.commands import CLOCKWORK
from services.licensing.acts.revive_appointment import revive_appointment
from services.licensing.gateways.keycloak import OfficerAccounts
from services.licensing.store.appointments import Appointments

LATELY: Final = timedelta(days=7)
"""So long after its end an appointment is told again where its workflow is not there."""


@dataclass(frozen=True, slots=True)
class AppointmentActivities:
    """`accounts` is None where no Keycloak is configured: then only the registers are told."""

    works: Works
    accounts: OfficerAccounts | None

    @activity.defn(name=p.LOAD_APPOINTMENT)
    @refusals_are_final
    def load_appointment(self, case: CaseRef) -> p.AppointmentCopy:
        with self.works.open(CLOCKWORK) as work:
            found = Appointments(work.session).get(case.subject)
            return p.AppointmentCopy(
                key=str(found.id),
                id=found.id,
                person=found.person,
                agency=found.agency,
                office=found.office,
                powers=list(found.powers),
                since=found.since,
                until=found.until,
                version=found.version,
                ended=found.status is AppointmentStatus.ENDED,
            )

    @activity.defn(name=p.APPLY_APPOINTMENT)
    @refusals_are_final
    def apply_appointment(self, copy: p.AppointmentCopy) -> p.Ack:
        """Membership of the office's group follows the appointments; a repeat changes nothing."""
        if self.accounts is None:
            return p.Ack()
        subject = copy.person.removeprefix("staff:")
        group = f"/agencies/{copy.agency}/{copy.office}"
        if not copy.ended:
            self.accounts.join_office(subject, group)
            return p.Ack()
        with self.works.open(CLOCKWORK) as work:
            others = Appointments(work.session).live_at(copy.person, copy.office, work.now)
            stays = any(one.id != copy.id for one in others)
        if not stays:
            self.accounts.leave_office(subject, group)
        return p.Ack()

    @activity.defn(name=p.OPEN_APPOINTMENTS)
    @refusals_are_final
    def open_appointments(self, page: p.PageRef) -> p.OpenAppointments:
        after = UUID(page.after) if page.after is not None else None
        with self.works.open(CLOCKWORK) as work:
            found = Appointments(work.session).to_look_after(work.now - LATELY, after, page.limit)
            following = str(found[-1]) if len(found) == page.limit else None
            return p.OpenAppointments(appointments=found, next=following)

    @activity.defn(name=p.REVIVE_APPOINTMENT)
    @refusals_are_final
    def revive_appointment(self, case: CaseRef) -> p.Ack:
        return self.works.run(CLOCKWORK, lambda work: revive_appointment(work, case.subject))

    def all(self) -> list[Callable[..., Any]]:
        """What the worker registers."""
        return [
            self.load_appointment,
            self.apply_appointment,
            self.open_appointments,
            self.revive_appointment,
        ]
