"""A case played by the real engine against licensing; other services' facts are told by hand."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from licensing_office import CURABLE, NEEDED, OfficeOfTests, spell

from chassis import journal
from chassis.files import DiskFiles
from contracts import procedures as p
from contracts.command_args import RetimeInvoice, SendNotice
from kernel.authority import Power
from kernel.commands import Command, Operation
from kernel.events import ActorKind, CaseRef, Event, Source
from services.licensing.activities.cases import CaseActivities
from services.licensing.activities.commands import CommandActivities
from services.licensing.activities.confirming import Confirming
from services.licensing.activities.issuance import IssuanceActivities
from workflows.engine.advance import advance
from workflows.engine.state import CaseState
from workflows.engine.timers import answered

ALL = (Power.READ_CASES, Power.RECORD_STEP, Power.DECIDE_STEP, Power.APPROVE_GRANT)


def move_clock(office: OfficeOfTests, to: datetime) -> None:
    """Set the training clock forward to an instant; it never goes back."""
    by = (to - office.now()).total_seconds()
    if by > 0:
        office.sql("update clock set offset_seconds = offset_seconds + %s", int(by) + 1)


@dataclass
class PlayedCase:
    """The pure engine in the middle, licensing's activities and told facts at its sides."""

    office: OfficeOfTests
    id: UUID
    code: str
    state: CaseState = field(init=False)
    plan: Any = field(init=False)
    heard: list[Command] = field(default_factory=list)
    seqs: dict[str, int] = field(default_factory=dict)
    pays: bool = True
    enters: bool = True

    def __post_init__(self) -> None:
        works, desk = self.office.works, self.office.desk
        self.commands = CommandActivities(works, desk)
        self.cases = CaseActivities(works, desk)
        self.confirming = Confirming(works, desk)
        settings = self.office.settings
        files = DiskFiles(settings.files / settings.service)
        self.issuing = IssuanceActivities(works, desk, files)
        loaded = self.cases.load_case(CaseRef(subject=self.id))
        self.plan, self.state = loaded.plan, CaseState.new(loaded.plan, self.id)

    # the loop

    def go_on(self) -> "PlayedCase":
        """Fold every fact, carry out every command, until nothing is left to do now."""
        while True:
            with self.office.app.state.database.sessions() as session:
                events = journal.events_between(session, self.id, self.state.last_seq)
            for event in events:
                self.state, asked = advance(self.plan, self.state, event, self.office.now())
                self.carry_out(asked)
            if events:
                continue
            self.state, asked = advance(self.plan, self.state, None, self.office.now())
            self.carry_out(asked)
            if not asked:
                return self

    def carry_out(self, asked: tuple[Command, ...]) -> None:
        for command in asked:
            self.heard.append(command)
            answer = self.ask(command)
            not_before = getattr(answer, "not_before", None)
            now = self.office.now()
            self.state = answered(self.plan, self.state, command, not_before, now)

    def ask(self, command: Command) -> Any:
        doing = getattr(self.commands, command.operation.value, None)
        if command.operation is Operation.CONFIRM_RECEIPT:
            doing = self.confirming.confirm_receipt
        if doing is not None:
            return doing(command)
        return getattr(self, command.operation.value)(command)

    # the other services

    def tell(self, source: Source, name: str, **payload: Any) -> p.FactRecorded:
        seq = self.seqs[source.value] = self.seqs.get(source.value, 0) + 1
        return self.told(source, seq, name, **payload)

    def told(
        self,
        source: Source,
        seq: int,
        name: str,
        legal_at: datetime | None = None,
        **payload: Any,
    ) -> p.FactRecorded:
        now = self.office.now()
        event = Event(
            source=source,
            case=self.id,
            seq=seq,
            name=name,
            at=now,
            legal_at=legal_at or now,
            actor_kind=ActorKind.CLOCKWORK,
            payload=payload,
        )
        return self.cases.record_fact(event)

    def enter_area(self, command: Command) -> None:
        if self.enters and self.state.area.value == "asked":
            self.tell(Source.CADASTRE, "area.entered", hectares="6.4", junior_to=0)

    def release_area(self, _: Command) -> None:
        self.tell(Source.CADASTRE, "area.released")

    def raise_invoice(self, command: Command) -> None:
        told = {"step": command.subject, "round": command.round, "invoice": str(uuid4())}
        due = command.args["due_at"]
        self.tell(Source.PAYMENTS, "invoice.raised", **told, minor=5000, currency="EXD", due_at=due)
        if self.pays:
            self.tell(Source.PAYMENTS, "invoice.paid", **told, receipt="R-1")

    def retime_invoice(self, command: Command) -> None:
        told = RetimeInvoice.model_validate(command.args).model_dump(mode="json")
        self.tell(Source.PAYMENTS, "invoice.retimed", **told)

    def void_invoice(self, command: Command) -> None:
        told = {"step": command.subject, "round": command.round}
        self.tell(Source.PAYMENTS, "invoice.voided", **told, invoice=str(uuid4()))

    def send_notice(self, command: Command) -> None:
        notice = SendNotice.model_validate(command.args)
        told = {"notice": str(notice.notice), "kind": notice.kind}
        self.tell(Source.MESSAGES, "notice.sent", **told, channel="sms")

    # who answers

    def step(self, step: str) -> dict[str, Any]:
        """The step's newest round as its office sees it."""
        row = self.office.sql(
            "select office, agency, version, status, due_at, round, outcome from step"
            " where application_id = %s and step = %s order by round desc limit 1",
            self.id,
            step,
        )[0]
        names = ("office", "agency", "version", "status", "due_at", "round", "outcome")
        return dict(zip(names, row, strict=True))

    def officer(self, step: str, *powers: Power, sub: str | None = None) -> dict[str, str]:
        at = self.step(step)
        return self.office.officer(at["office"], *(powers or ALL), agency=at["agency"], sub=sub)

    def post(
        self,
        who: dict[str, str],
        step: str,
        what: str,
        body: dict[str, Any],
        version: int | None = None,
    ) -> Any:
        seen = self.step(step)["version"] if version is None else version
        path = f"/applications/{self.code}/steps/{step}/{what}"
        return self.office.post(who, path, body, **{"If-Match": f'"{seen}"'})

    def approve(self, step: str, who: dict[str, str] | None = None) -> Any:
        done = self.post(who or self.officer(step), step, "decision", {"outcome": "approved"})
        assert done.status_code == 200, done.text
        return done.json()

    def until_due(self, step: str, more: timedelta = timedelta(0)) -> datetime:
        """Move the clock to the step's due instant and `more`."""
        due: datetime = self.step(step)["due_at"]
        move_clock(self.office, due + more)
        return due

    def facts(self) -> list[str]:
        return [row[1] for row in self.office.journal(self.id)]

    def fact(self, name: str) -> Any:
        """The newest fact of that name: (seq, name, at, legal_at, payload, log_index)."""
        return [row for row in self.office.journal(self.id) if row[1] == name][-1]

    def issue(self) -> p.Ack:
        """The issuance saga, as far as licensing is concerned."""
        row = self.office.sql(
            "select id from issuance where application_id = %s order by round desc limit 1", self.id
        )
        loaded = self.issuing.load_issuance(CaseRef(subject=row[0][0]))
        key = {"subject": row[0][0], "application_id": self.id, "edition": loaded.edition}
        n = loaded.round
        code = self.issuing.reserve_licence_code(p.Keyed(key=f"{self.id}:{n}:reserve", **key))
        assert code.licence_code, code
        self.issuing.issue_licence(
            p.IssueLicence(key=f"{self.id}:{n}:issue", licence_code=code.licence_code, **key)
        )
        return self.issuing.make_certificate(p.Keyed(key=f"{self.id}:{n}:certificate", **key))

    def decided_up_to(self, *until: str) -> "PlayedCase":
        """Every open office step is approved until one of those named is open."""
        self.go_on()
        for _ in range(10):
            here = [s for s in self.state.open_steps if not self.state.steps[s].fee]
            if not here or set(here) & set(until):
                return self
            for step in here:
                self.approve(step)
            self.go_on()
        raise AssertionError("the case does not go on")


def play(office: OfficeOfTests, **lodged: Any) -> PlayedCase:
    """A lodged artisanal permit of a cooperative, its ground not known to be worked.

    Papers are complete but for those that are due later, unless `papers` names others.
    """
    pays, enters = lodged.pop("pays", True), lodged.pop("enters", True)
    papers = lodged.pop("papers", NEEDED + CURABLE)
    told = office.lodged(office.applicant(), *papers, **lodged)
    return PlayedCase(office, UUID(told["application"]), told["code"], pays=pays, enters=enters)


def worked(office: OfficeOfTests) -> PlayedCase:
    """A case whose ground lies over a known working: it gets a step for the visit."""
    hit = {"known_workings": 1}
    return play(office, ground=office.statement(**hit)).decided_up_to("site-visit")


__all__ = ["PlayedCase", "move_clock", "play", "spell", "worked"]
