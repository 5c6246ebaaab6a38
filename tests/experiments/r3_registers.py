"""Licensing and cadastre side by side, with what carries a fact from one to the other."""

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
from kernel.authority import NOBODY
from kernel.commands import Command, Operation
from kernel.events import CaseRef, EditionRef
from services.cadastre.activities.areas import Areas
from services.cadastre.acts.check_ground import check_ground
from services.cadastre.desk import Desk as Ground
from services.licensing.activities.cases import CaseActivities
from services.licensing.activities.commands import CommandActivities
from services.licensing.activities.issuance import IssuanceActivities
from tests.experiments.filing import COMPLETE, Filer
from tests.experiments.r3_pairs import Ask
from tests.experiments.scratch import Scratch, as_owner

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
    round: int = 0
    carried: int = 0
    closed: bool = False
    entered: bool = False
    carrying: threading.Lock = field(default_factory=threading.Lock)
    ending: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True, slots=True)
class Registers:
    """Both services' activities, as workflows call them, without the workflows."""

    scratch: Scratch
    client: TestClient
    licensing: ServiceSettings
    cadastre: ServiceSettings
    areas: Areas
    commands: CommandActivities
    cases: CaseActivities
    issuing: IssuanceActivities

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
        )

    def command(self, case: Case, operation: Operation, args: Any = None) -> Command:
        return Command(
            key=f"{case.id}:case:{case.round}:{operation.value}:1",
            application_id=case.id,
            operation=operation,
            subject="case",
            round=case.round,
            edition=case.edition,
            args=args.model_dump(mode="json") if args else {},
            at=case.lodged_at,
        )

    def enter(self, case: Case) -> None:
        entry = p.EnterArea(
            filing_seq=case.seq,
            lodged_at=case.lodged_at,
            conditional=bool(case.ask.cells),
            ground=case.ground,
            licence_type=case.ask.licence_type,
            minerals=list(case.ask.minerals),
        )
        self.areas.enter_area(self.command(case, Operation.ENTER_AREA, entry))

    def release(self, case: Case) -> None:
        told = p.ReleaseArea(reason="void")
        self.areas.release_area(self.command(case, Operation.RELEASE_AREA, told))

    def close(self, case: Case) -> None:
        """The fee of the place was not paid in time."""
        told = p.CloseCase(status="void", reason="unpaid")
        self.commands.close_case(self.command(case, Operation.CLOSE_CASE, told))

    def begin_issuance(self, case: Case) -> p.LoadedIssuance:
        """Every step is over; gives what the saga loads, its round's issuance in `subject`."""
        case.round += 1
        done = self.commands.begin_issuance(self.command(case, Operation.BEGIN_ISSUANCE))
        return self.issuing.load_issuance(CaseRef(subject=self._issuance(case, done.seq or 0)))

    def issuance(self, case: Case) -> UUID:
        query = "select id from issuance where application_id = %s and round = %s"
        found: UUID = as_owner(self.licensing, query, case.id, case.round)[0][0]
        return found

    def _issuance(self, case: Case, seq: int) -> UUID:
        wanted = p.EventRange(case=case.id, after=seq - 1, upto=seq)
        (event,) = self.cases.events_between(wanted).events
        return UUID(str(event.payload["issuance"]))

    def carry(self, case: Case) -> None:
        """What a relay and a workflow do: each fact of the area into the case's one journal."""
        with case.carrying:
            wanted = p.EventRange(case=case.id, after=case.carried)
            for event in self.areas.events_between(wanted).events:
                self.cases.record_fact(event)
                case.carried = event.seq


@contextmanager
def registers(scratch: Scratch) -> Iterator[Registers]:
    licensing = scratch.settings("licensing", pool=POOL, portal_address="testclient")
    cadastre = scratch.settings("cadastre", pool=POOL)
    app = scratch.app(licensing)
    ground: Database = open_database(cadastre)
    works, desk = Works(app.state.database.sessions), app.state.desk
    with TestClient(app) as client:
        yield Registers(
            scratch,
            client,
            licensing,
            cadastre,
            Areas(Works(ground.sessions), Ground.open(cadastre)),
            CommandActivities(works, desk),
            CaseActivities(works, desk),
            IssuanceActivities(works, desk, app.state.files),
        )
    ground.close()
