"""What workflows ask of the cadastre: areas entered, released, granted, confirmed, withdrawn."""

from collections.abc import Callable
from dataclasses import dataclass

from temporalio import activity

from chassis.appointments import copy_appointment
from chassis.journal import events_between
from chassis.unit_of_work import UnitOfWork, Works
from chassis.worker import refusals_are_final
from contracts.command_args import EnterArea, ReleaseArea
from contracts.procedures import (
    CONFIRM_AREA,
    COPY_APPOINTMENT,
    EVENTS_BETWEEN,
    GRANT_AREA,
    WITHDRAW_PENDING_AREA,
    Ack,
    AppointmentCopy,
    EventList,
    EventRange,
    GrantArea,
    Keyed,
)
from kernel.authority import clockwork
from kernel.commands import Command, Operation
from services.cadastre.acts.confirm_area import confirm_area
from services.cadastre.acts.enter_application_area import enter_application_area
from services.cadastre.acts.grant_area import grant_area
from services.cadastre.acts.release_application_area import release_application_area
from services.cadastre.acts.withdraw_pending_area import withdraw_pending_area
from services.cadastre.desk import Desk

CLOCKWORK = clockwork("cadastre")


@dataclass(frozen=True)
class Areas:
    """Each is carried out at most once for its key; a repeat gets the first answer."""

    works: Works
    desk: Desk

    def _once(self, key: str, act: Callable[[UnitOfWork], Ack]) -> Ack:
        return self.works.run_once(key, CLOCKWORK, act, Ack)

    @activity.defn(name=Operation.ENTER_AREA.value)
    @refusals_are_final
    def enter_area(self, command: Command) -> Ack:
        entry = EnterArea.model_validate(command.args)
        case, edition = command.application_id, command.edition
        return self._once(
            command.key,
            lambda work: enter_application_area(work, self.desk, case, edition, entry),
        )

    @activity.defn(name=Operation.RELEASE_AREA.value)
    @refusals_are_final
    def release_area(self, command: Command) -> Ack:
        told, case = ReleaseArea.model_validate(command.args), command.application_id
        return self._once(
            command.key,
            lambda work: release_application_area(work, self.desk, case, told.reason),
        )

    @activity.defn(name=GRANT_AREA)
    @refusals_are_final
    def grant_area(self, grant: GrantArea) -> Ack:
        return self._once(grant.key, lambda work: grant_area(work, self.desk, grant))

    @activity.defn(name=CONFIRM_AREA)
    @refusals_are_final
    def confirm_area(self, issuance: Keyed) -> Ack:
        return self._once(issuance.key, lambda work: confirm_area(work, issuance.subject))

    @activity.defn(name=WITHDRAW_PENDING_AREA)
    @refusals_are_final
    def withdraw_pending_area(self, issuance: Keyed) -> Ack:
        return self._once(issuance.key, lambda work: withdraw_pending_area(work, issuance.subject))

    @activity.defn(name=COPY_APPOINTMENT)
    @refusals_are_final
    def copy_appointment(self, copy: AppointmentCopy) -> Ack:
        return self._once(copy.key, lambda work: copy_appointment(work, copy))

    @activity.defn(name=EVENTS_BETWEEN)
    @refusals_are_final
    def events_between(self, wanted: EventRange) -> EventList:
        with self.works.open(CLOCKWORK) as work:
            found = events_between(work.session, wanted.case, wanted.after, wanted.upto)
        return EventList(events=found)

    def all(self) -> list[Callable[..., object]]:
        return [
            self.enter_area,
            self.release_area,
            self.grant_area,
            self.confirm_area,
            self.withdraw_pending_area,
            self.copy_appointment,
            self.events_between,
        ]
