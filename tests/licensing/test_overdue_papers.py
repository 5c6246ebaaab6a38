"""A curable paper that does not come: warned before, then the law's consequence, by itself."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from licensing_office import CURABLE, NEEDED, OfficeOfTests
from played_case import PlayedCase, move_clock, play

from contracts import procedures as p
from kernel.commands import Command, Operation
from kernel.events import Source
from kernel.law.plan import Overdue

GRACE = timedelta(seconds=30)
PHOTOGRAPH = (*NEEDED, "site-photograph")  # lapses without the landholder's consent


def due_of(case: PlayedCase, kind: str = "landholder-consent") -> datetime:
    row = "select due_at from paper where application_id = %s and kind = %s"
    due: datetime = case.office.sql(row, case.id, kind)[0][0]
    return due


def status(case: PlayedCase) -> str:
    return str(case.office.sql("select status from application where id = %s", case.id)[0][0])


def notices(case: PlayedCase, fact: str) -> list[str]:
    return [one["kind"] for one in case.fact(fact)[4].get("notices", [])]


def delivered(office: OfficeOfTests, who: dict[str, str], case: PlayedCase, kind: str) -> Any:
    assert office.put_paper(who, case.code, kind).status_code in (200, 201)
    return office.post(who, f"/applications/{case.code}/papers/{kind}/delivery", {"pages": [1]})


def lapse(case: PlayedCase, due: datetime, kind: str = "landholder-consent") -> p.LapseAnswer:
    command = Command(
        key=f"{case.id}:{kind}:0:lapse_paper:by-hand-{due.isoformat()}",
        application_id=case.id,
        operation=Operation.LAPSE_PAPER,
        subject=kind,
        round=0,
        edition=case.plan.edition,
        args={"paper": kind, "due_at": due.isoformat()},
        at=due,
    )
    return case.commands.lapse_paper(command)


def with_consequence(office: OfficeOfTests, case: PlayedCase, overdue: Overdue) -> None:
    office.sql(
        "update paper set overdue = %s, keeps_priority = %s"
        " where application_id = %s and kind = 'landholder-consent'",
        overdue.value,
        overdue is not Overdue.LOSE_PLACE,
        case.id,
    )


def places(office: OfficeOfTests, first: int | None, last: int) -> list[tuple[Any, ...]]:
    """The auditor's filing sequence between two places; its instants rise with its numbers."""
    rows = office.sql(
        "select id, seq, status, lodged_at from audit_v1.filings"
        " where seq between %s and %s order by seq",
        first,
        last,
    )
    instants = [row[3] for row in rows]
    assert instants == sorted(instants)
    return [tuple(row[:3]) for row in rows]


@pytest.fixture
def applicant(office: OfficeOfTests) -> dict[str, str]:
    return office.applicant()


def lodged_by(office: OfficeOfTests, who: dict[str, str], *papers: str) -> PlayedCase:
    told = office.lodged(who, *papers)
    return PlayedCase(office, UUID(told["application"]), told["code"])


def test_the_applicant_is_warned_once_with_what_follows(office: OfficeOfTests) -> None:
    case = play(office, papers=PHOTOGRAPH).go_on()
    warn_at = case.state.papers["landholder-consent"].warn_at
    assert warn_at is not None
    move_clock(office, warn_at)
    case.go_on().go_on()
    assert case.facts().count("paper.warned") == 1
    assert notices(case, "paper.warned") == ["paper-or-lapse"]


def test_an_application_lapses_when_a_paper_does_not_come(office: OfficeOfTests) -> None:
    case = play(office, papers=PHOTOGRAPH).go_on()
    due = due_of(case)
    move_clock(office, due + GRACE + timedelta(hours=2))
    case.go_on()
    assert status(case) == "lapsed"
    _, _, at, legal_at, payload, index = case.fact("paper.lapsed")
    assert (payload["effect"], payload["article"], legal_at) == ("lapse", "reg.3-2", due)
    assert at > legal_at
    assert index is not None
    assert case.fact("case.closed")[4]["reason"] == "paper:landholder-consent"
    assert notices(case, "case.closed") == ["paper-lapsed"]
    assert case.state.closed == "lapsed"
    assert case.facts().count("area.released") == 1


def test_a_paper_handed_in_in_time_is_no_more_asked_about(
    office: OfficeOfTests, applicant: dict[str, str]
) -> None:
    case = lodged_by(office, applicant, *PHOTOGRAPH).go_on()
    due = due_of(case)
    assert delivered(office, applicant, case, "landholder-consent").status_code == 200
    case.go_on()
    assert case.state.papers == {}
    move_clock(office, due + GRACE)
    assert lapse(case, due) == p.LapseAnswer()
    case.go_on()
    assert status(case) == "lodged"


def test_a_lapse_too_early_is_told_when_to_come_and_another_instant_changes_nothing(
    office: OfficeOfTests,
) -> None:
    case = play(office, papers=PHOTOGRAPH).go_on()
    due = due_of(case)
    assert lapse(case, due - timedelta(days=1)) == p.LapseAnswer()
    move_clock(office, due + timedelta(seconds=5))
    assert lapse(case, due).not_before == due + GRACE
    assert status(case) == "lodged"


def test_a_paper_that_comes_after_its_time_does_not_save_the_application(
    office: OfficeOfTests, applicant: dict[str, str]
) -> None:
    case = lodged_by(office, applicant, *PHOTOGRAPH).go_on()
    move_clock(office, due_of(case) + timedelta(seconds=5))
    done = delivered(office, applicant, case, "landholder-consent")
    assert done.status_code == 409
    assert done.json()["type"].endswith("paper-too-late")


def test_a_lost_place_is_the_last_and_the_ground_is_entered_there(office: OfficeOfTests) -> None:
    case = play(office, papers=PHOTOGRAPH).go_on()
    with_consequence(office, case, Overdue.LOSE_PLACE)
    former = case.state.lodgement and case.state.lodgement.filing_seq
    later = play(office).go_on()
    due = due_of(case)
    move_clock(office, due + GRACE)
    case.go_on()
    payload = case.fact("paper.lapsed")[4]
    last = later.state.lodgement and later.state.lodgement.filing_seq
    assert payload["former_seq"] == former
    assert payload["filing_seq"] == case.state.lodgement.filing_seq == (last or 0) + 1
    asked = [one for one in case.heard if one.operation is Operation.ENTER_AREA]
    assert [one.args["filing_seq"] for one in asked] == [former, payload["filing_seq"]]
    assert notices(case, "paper.lapsed") == ["place-lost"]
    assert places(office, former, payload["filing_seq"]) == [
        (case.id, former, "place-lost"), (later.id, last, "lodged"),
        (case.id, payload["filing_seq"], "lodged"),
    ]
    assert status(case) == "lodged"
    move_clock(office, due + timedelta(days=30))
    case.go_on()
    assert case.facts().count("paper.lapsed") == 1


def test_a_paper_that_comes_late_is_taken_and_the_place_is_lost_first(
    office: OfficeOfTests, applicant: dict[str, str]
) -> None:
    case = lodged_by(office, applicant, *PHOTOGRAPH).go_on()
    with_consequence(office, case, Overdue.LOSE_PLACE)
    move_clock(office, due_of(case) + timedelta(seconds=5))
    assert delivered(office, applicant, case, "landholder-consent").status_code == 200
    names = [name for name in case.facts() if name.startswith("paper.")]
    assert names[-2:] == ["paper.lapsed", "paper.received"]
    assert case.fact("paper.received")[4]["keeps_priority"] is False


def test_a_junior_waits_until_the_cadastre_knows_of_the_lost_place(office: OfficeOfTests) -> None:
    senior = play(office, papers=PHOTOGRAPH).go_on()
    with_consequence(office, senior, Overdue.LOSE_PLACE)
    junior = play(office).go_on()
    senior.enters = False  # the cadastre is away
    move_clock(office, due_of(senior) + GRACE)
    senior.go_on()
    place = senior.state.lodgement.filing_seq if senior.state.lodgement else 0
    junior.decided_up_to()
    row = "select id from issuance where application_id = %s"
    issuance = office.sql(row, junior.id)[0][0]
    question = p.Keyed(
        key=f"{junior.id}:1:reserve:a",
        subject=issuance,
        application_id=junior.id,
        edition=junior.plan.edition,
    )
    assert place in junior.issuing.reserve_licence_code(question).wait_for
    senior.tell(Source.CADASTRE, "area.entered", hectares="6.4", junior_to=1)
    again = question.model_copy(update={"key": f"{junior.id}:1:reserve:b"})
    assert place not in junior.issuing.reserve_licence_code(again).wait_for


def test_where_nothing_follows_the_applicant_is_warned_and_the_grant_waits(
    office: OfficeOfTests,
) -> None:
    case = play(office, papers=(*NEEDED, "landholder-consent")).go_on()
    move_clock(office, due_of(case, "site-photograph") + GRACE)
    case.go_on()
    assert notices(case, "paper.warned") == ["paper-missing"]
    assert "paper.lapsed" not in case.facts()
    assert status(case) == "lodged"


def test_the_training_clock_is_told_of_the_times_of_papers(office: OfficeOfTests) -> None:
    case = play(office, papers=PHOTOGRAPH).go_on()
    found = {row[0] for row in office.sql("select at from audit_v1.due")}
    assert due_of(case) in found
    assert case.state.papers["landholder-consent"].warn_at in found
    assert set(case.state.papers) == set(CURABLE) - {"site-photograph"}
