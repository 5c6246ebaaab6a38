"""The border between services and workflows: queues, workflow ids, signals, activities and their
payloads.

An activity's result is an acknowledgement, never a fact, except for `load_case`, `events_between`,
`record_fact` and `reserve_licence_code`. Every acting activity takes a `Command` (or, in the
issuance saga and in the invoice and appointment workflows, a keyed request) and is carried out at
most once. The questions and answers of those workflows stand in `contracts.sagas`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self
from uuid import UUID

from pydantic import Field

from contracts.sagas import (
    AppointmentCopy,
    ExpireInvoice,
    GrantArea,
    IssueLicence,
    Keyed,
    LoadedInvoice,
    LoadedIssuance,
    ReservedCode,
    ReturnFromIssuance,
    Wire,
)
from kernel.commands import Operation
from kernel.events import Event
from kernel.law.plan import Plan

__all__ = [  # told on from `contracts.sagas`
    "AppointmentCopy",
    "ExpireInvoice",
    "GrantArea",
    "IssueLicence",
    "Keyed",
    "LoadedInvoice",
    "LoadedIssuance",
    "ReservedCode",
    "ReturnFromIssuance",
]

PROCEDURES: Final = (
    "procedures"  # the task queue of all workflows; activities use the service's name
)
FACT_RECORDED: Final = "fact_recorded"  # the one signal, its argument an Event
NEXT_WAKE: Final = "next_wake"  # a query of every clocked workflow: its next legal instant, or None

APPLICATION_WORKFLOW: Final = "ApplicationWorkflow"
INVOICE_WORKFLOW: Final = "InvoiceWorkflow"
ISSUANCE_WORKFLOW: Final = "IssuanceWorkflow"
APPOINTMENT_WORKFLOW: Final = "AppointmentWorkflow"
NOTICE_WORKFLOW: Final = "NoticeWorkflow"
RECONCILE_WORKFLOW: Final = "ReconcileWorkflow"
CLOCKED_WORKFLOWS: Final = (APPLICATION_WORKFLOW, INVOICE_WORKFLOW, APPOINTMENT_WORKFLOW)


@dataclass(frozen=True, slots=True)
class Tell:
    """Which workflow hears of a fact; its relay signals it with start, with `CaseRef(subject,
    offset, 0)`."""

    workflow: str
    subject: UUID

    @property
    def workflow_id(self) -> str:
        """`application:{uuid}`, `invoice:{uuid}`, …"""
        return f"{self.workflow.removesuffix('Workflow').lower()}:{self.subject}"

    @classmethod
    def application(cls, subject: UUID) -> Self:
        return cls(APPLICATION_WORKFLOW, subject)

    @classmethod
    def invoice(cls, subject: UUID) -> Self:
        return cls(INVOICE_WORKFLOW, subject)

    @classmethod
    def issuance(cls, subject: UUID) -> Self:
        return cls(ISSUANCE_WORKFLOW, subject)

    @classmethod
    def appointment(cls, subject: UUID) -> Self:
        return cls(APPOINTMENT_WORKFLOW, subject)

    @classmethod
    def notice(cls, subject: UUID) -> Self:
        return cls(NOTICE_WORKFLOW, subject)


QUEUE_OF: Final[dict[Operation, str]] = {
    Operation.OPEN_STEP: "licensing",
    Operation.WARN_STEP: "licensing",
    Operation.LAPSE_STEP: "licensing",
    Operation.LAPSE_REQUEST: "licensing",
    Operation.WARN_PAPER: "licensing",
    Operation.LAPSE_PAPER: "licensing",
    Operation.CONFIRM_RECEIPT: "licensing",
    Operation.BEGIN_ISSUANCE: "licensing",
    Operation.CLOSE_CASE: "licensing",
    Operation.ENTER_AREA: "cadastre",
    Operation.RELEASE_AREA: "cadastre",
    Operation.RAISE_INVOICE: "payments",
    Operation.RETIME_INVOICE: "payments",
    Operation.VOID_INVOICE: "payments",
    Operation.SEND_NOTICE: "messages",
}
"""The task queue that carries a command out; the activity has the operation's value as its name."""

# Activities that are no engine commands, by task queue.
LOAD_CASE: Final = "load_case"  # licensing: CaseRef -> LoadedCase
EVENTS_BETWEEN: Final = "events_between"  # every service: EventRange -> EventList
RECORD_FACT: Final = "record_fact"  # licensing: Event -> FactRecorded
RECORD_REFUSAL: Final = "record_refusal"  # licensing: RefusedCommand -> Ack
RESERVE_LICENCE_CODE: Final = "reserve_licence_code"  # licensing: Keyed -> ReservedCode
ISSUE_LICENCE: Final = "issue_licence"  # licensing: IssueLicence -> Ack
RETURN_FROM_ISSUANCE: Final = "return_from_issuance"  # licensing: ReturnFromIssuance -> Ack
MAKE_CERTIFICATE: Final = "make_certificate"  # licensing: Keyed -> Ack
GRANT_AREA: Final = "grant_area"  # cadastre: GrantArea -> Ack
CONFIRM_AREA: Final = "confirm_area"  # cadastre: Keyed -> Ack
WITHDRAW_PENDING_AREA: Final = "withdraw_pending_area"  # cadastre: Keyed -> Ack
EXPIRE_INVOICE: Final = "expire_invoice"  # payments: ExpireInvoice -> LapseAnswer
REMIND_INVOICE: Final = "remind_invoice"  # payments: Keyed -> Ack
LOAD_INVOICE: Final = "load_invoice"  # payments: CaseRef -> LoadedInvoice
LOAD_APPOINTMENT: Final = "load_appointment"  # licensing: CaseRef -> AppointmentCopy
COPY_APPOINTMENT: Final = "copy_appointment"  # cadastre, payments, messages: AppointmentCopy -> Ack
APPLY_APPOINTMENT: Final = (
    "apply_appointment"  # licensing (Keycloak gateway): AppointmentCopy -> Ack
)
LOAD_ISSUANCE: Final = "load_issuance"  # licensing: CaseRef -> LoadedIssuance
OPEN_CASES: Final = "open_cases"  # licensing: PageRef -> OpenCases
REVIVE_CASE: Final = "revive_case"  # licensing: CaseRef -> Ack (an outbox row that starts it again)
OPEN_APPOINTMENTS: Final = "open_appointments"  # licensing: PageRef -> OpenAppointments
REVIVE_APPOINTMENT: Final = "revive_appointment"  # licensing: CaseRef -> Ack


class Ack(Wire):
    """Done, or done before. `seq` is the event_seq of the fact written by it, where there was
    one."""

    seq: int | None = None


class LapseAnswer(Wire):
    """`not_before` set: too early, try at that instant. Otherwise the present state stands,
    lapsed or not."""

    not_before: datetime | None = None
    seq: int | None = None


class LoadedCase(Wire):
    """A case as licensing has it: the plan, the whole journal in order, and the signed ground
    statement."""

    plan: Plan
    journal: list[Event]
    ground: dict[str, Any] | None = None  # {"body", "key", "signature"}, at most 64 KB canonical
    applicant: str | None = None  # `public:<sub>` of the person to be told, a pseudonym


class EventRange(Wire):
    case: UUID
    after: int = Field(ge=0)
    upto: int | None = None


class EventList(Wire):
    events: list[Event]


class FactRecorded(Wire):
    """`event` is licensing's own journal event; None when facts of that source after
    `missing_after` must come first."""

    event: Event | None = None
    missing_after: int | None = None


class RefusedCommand(Wire):
    """A command of the engine that its service refused, and why. `key` is the command's own."""

    key: str
    application_id: UUID
    operation: Operation
    subject: str
    round: int
    problem: str  # slug of the refusal


class PageRef(Wire):
    after: str | None = None
    limit: int = 500
    cases_done: bool = False  # of reconciling: the page is one of appointments


class OpenCases(Wire):
    applications: list[UUID]
    next: str | None = None


class OpenAppointments(Wire):
    """Those that hold or will, and those that ended so lately that their end may be untold."""

    appointments: list[UUID]
    next: str | None = None
