"""The registers of R3 side by side, and what carries a fact from one to the other."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from starlette.testclient import TestClient

from chassis.database import Database, open_database
from chassis.settings import ServiceSettings
from chassis.unit_of_work import Works
from contracts import procedures as p
from contracts.command_args import CloseCase, EnterArea, OpenStep, RaiseInvoice, ReleaseArea
from kernel.authority import NOBODY
from kernel.commands import Command, Operation
from kernel.events import CaseRef, EditionRef, Event
from services.cadastre.activities.areas import Areas
from services.cadastre.acts.check_ground import check_ground
from services.cadastre.desk import Desk as Ground
from services.licensing.activities.cases import CaseActivities
from services.licensing.activities.commands import CommandActivities
from services.licensing.activities.confirming import Confirming
from services.licensing.activities.issuance import IssuanceActivities
from tests.experiments.filing import COMPLETE, Filer
from tests.experiments.r3_clockwork import Clockwork, clockwork
from tests.experiments.r3_pairs import Ask
from tests.experiments.r3_till import Till, till
from tests.experiments.scratch import Scratch
from tests.own_database import as_owner

POOL = 24


@dataclass
class Case:
    """One lodged application and how far its area's facts were carried to licensing."""

    ask: Ask
    id: UUID
    seq: int
    lodged_at: datetime
    edition: EditionRef
    ground: dict[str, Any]
    code: str
    who: str
    round: int = 0
    carried: int = 0
    closed: bool = False
    entered: bool = False
    carrying: threading.Lock = field(default_factory=threading.Lock)
    ending: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True, slots=True)
class Registers:
    """The services' activities, as workflows call them, and their issuance workflow."""

    scratch: Scratch
    client: TestClient
    licensing: ServiceSettings
    cadastre: ServiceSettings
    areas: Areas
    commands: CommandActivities
    cases: CaseActivities
    confirming: Confirming
    issuing: IssuanceActivities
    till: Till
    clockwork: Clockwork

    def lodge(self, ask: Ask, who: str) -> Case:
        """A person asks the cadastre, then lodges with the statement it signed."""
        desk = self.areas.desk
        checked = self.areas.works.run(NOBODY, lambda w: check_ground(w, desk, ask.question()))
        ground = checked.statement.model_dump(mode="json")
        filer = Filer(self.client, self.scratch.issuer.headers("public", who))
        draft = filer.draft(ask.licence_type, ask.minerals, filer.party())
        for kind in COMPLETE[ask.licence_type]:
            filer.put_paper(draft, kind)
        told = filer.lodge(draft, ground)
        return Case(
            ask=ask,
            id=UUID(draft),
            seq=told["filing_seq"],
            lodged_at=datetime.fromisoformat(told["lodged_at"]),
            edition=desk.country.newest.ref,
            ground=ground,
            code=told["code"],
            who=who,
        )

    def command(
        self, case: Case, operation: Operation, args: Any = None, n: int = 1, step: str = "case"
    ) -> Command:
        return Command(
            key=f"{case.id}:{step}:{case.round}:{operation.value}:{n}",
            application_id=case.id,
            operation=operation,
            subject=step,
            round=case.round,
            edition=case.edition,
            args=args.model_dump(mode="json") if args else {},
            at=case.lodged_at,
        )

    def enter(self, case: Case, *, paid: bool = False) -> None:
        """Also a second time, when a conditional place was paid for."""
        entry = EnterArea(
            filing_seq=case.seq,
            lodged_at=case.lodged_at,
            conditional=bool(case.ask.cells) and not paid,
            ground=case.ground,
            licence_type=case.ask.licence_type,
            minerals=list(case.ask.minerals),
        )
        self.areas.enter_area(self.command(case, Operation.ENTER_AREA, entry, 1 + paid))

    def release(self, case: Case) -> None:
        told = ReleaseArea(reason="void")
        self.areas.release_area(self.command(case, Operation.RELEASE_AREA, told))

    def pay(self, case: Case, callback_after: float) -> None:
        """The fee of a conditional place, from its step to the receipt that counts."""
        raised = self._raise_fee(case)
        code = self.till.raise_invoice(raised)
        self.till.pay(code, case.who, f"+2557{case.seq:08d}", callback_after)
        for fact in self.till.wait(raised):
            self.cases.record_fact(fact)
        self.confirming.confirm_receipt(self.command(case, Operation.CONFIRM_RECEIPT))
        self.enter(case, paid=True)

    def _raise_fee(self, case: Case) -> Command:
        plan = self.cases.load_case(CaseRef(subject=case.id)).plan
        fee = next(step for step in plan.steps if step.conditional)
        told = OpenStep(step=fee.id, round=1, opens_at=case.lodged_at)
        opened = self.commands.open_step(self.command(case, Operation.OPEN_STEP, told, step=fee.id))
        fact = self._fact(case, opened.seq or 0)
        asked = RaiseInvoice(
            step=fee.id,
            round=1,
            fee=fee.fee or "",
            licence_type=case.ask.licence_type,
            due_at=datetime.fromisoformat(str(fact.payload["due_at"])),
            facts=plan.facts,
            payer=f"public:{case.who}",
            application_code=case.code,
        )
        return self.command(case, Operation.RAISE_INVOICE, asked, step=fee.id)

    def close(self, case: Case) -> None:
        """The fee of the place was not paid in time."""
        told = CloseCase(status="void", reason="unpaid")
        self.commands.close_case(self.command(case, Operation.CLOSE_CASE, told))

    def issue(self, case: Case) -> str | None:
        """Every step is over: the issuance workflow, to its end; gives the refusal that ended it.

        Waits as long as the workflow does for seniors whose ground is not reported yet.
        """
        case.round += 1
        done = self.commands.begin_issuance(self.command(case, Operation.BEGIN_ISSUANCE))
        issuance = UUID(str(self._fact(case, done.seq or 0).payload["issuance"]))
        if self.clockwork.issue(issuance) == "issued":
            return None
        query = "select problem from issuance where id = %s"
        return str(as_owner(self.licensing, query, issuance)[0][0])

    def _fact(self, case: Case, seq: int) -> Event:
        wanted = p.EventRange(case=case.id, after=seq - 1, upto=seq)
        (event,) = self.cases.events_between(wanted).events
        return event

    def carry(self, case: Case) -> None:
        """What a relay and a workflow do: each fact of the area into the case's one journal."""
        with case.carrying:
            wanted = p.EventRange(case=case.id, after=case.carried)
            for event in self.areas.events_between(wanted).events:
                self.cases.record_fact(event)
                case.carried = event.seq


@contextmanager
def registers(scratch: Scratch, temporal: str | None) -> Iterator[Registers]:
    licensing = scratch.settings("licensing", pool=POOL, portal_address="testclient")
    cadastre = scratch.settings("cadastre", pool=POOL)
    app = scratch.app(licensing)
    ground: Database = open_database(cadastre)
    works, desk = Works(app.state.database.sessions), app.state.desk
    areas = Areas(Works(ground.sessions), Ground.open(cadastre))
    issuing = IssuanceActivities(works, desk, app.state.files)
    offered = {"licensing": issuing.all(), "cadastre": areas.all()}
    with (
        TestClient(app) as client,
        till(scratch) as opened,
        clockwork(scratch.admin, temporal, offered) as turning,
    ):
        yield Registers(
            scratch,
            client,
            licensing,
            cadastre,
            areas,
            CommandActivities(works, desk),
            CaseActivities(works, desk),
            Confirming(works, desk),
            issuing,
            opened,
            turning,
        )
    ground.close()
