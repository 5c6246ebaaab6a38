"""A command that a service refused: journalled once, told to its office, waited for by nobody."""

import pytest
from issued_licences import keyed
from licensing_office import OfficeOfTests
from played_case import PlayedCase, play

from contracts import procedures as p
from kernel.commands import Operation
from kernel.events import Source


def refused(case: PlayedCase, operation: Operation, problem: str = "not-genuine") -> p.Ack:
    return case.cases.record_refusal(
        p.RefusedCommand(
            key=f"{case.id}:case:0:{operation.value}:1",
            application_id=case.id,
            operation=operation,
            subject="case",
            round=0,
            problem=problem,
        )
    )


def area(office: OfficeOfTests, case: PlayedCase) -> list[tuple[str]]:
    return office.sql("select status from area_state where application_id = %s", case.id)


def test_a_refusal_is_journalled_once_and_its_office_hears_of_it(office: OfficeOfTests) -> None:
    case = play(office, enters=False)
    assert refused(case, Operation.RAISE_INVOICE) == refused(case, Operation.RAISE_INVOICE)
    assert case.facts().count("command.refused") == 1
    told = case.fact("command.refused")[4]
    assert (told["operation"], told["problem"]) == ("raise_invoice", "not-genuine")
    (notice,) = told["notices"]
    assert notice["to"].startswith("office:mines-")
    assert notice["params"] == {
        "code": case.code, "task": "raise invoice", "reason": "not genuine",
    }
    case.go_on()
    assert "not-genuine" in "".join(case.state.notes)


def test_a_refused_notice_is_not_answered_with_a_notice(office: OfficeOfTests) -> None:
    case = play(office)
    refused(case, Operation.SEND_NOTICE)
    assert "notices" not in case.fact("command.refused")[4]


def test_later_applications_do_not_wait_for_ground_that_was_refused(office: OfficeOfTests) -> None:
    far = (700_000, 700_000, 900_000, 900_000)
    senior = play(office, ground=office.statement(bbox_mm=far), enters=False)
    junior = play(office, ground=office.statement(bbox_mm=far)).decided_up_to()
    waiting = junior.issuing.reserve_licence_code(keyed(junior)).wait_for
    assert len(waiting) == 1
    refused(senior, Operation.ENTER_AREA, "statement-differs")
    assert area(office, senior) == [("refused",)]
    assert junior.issuing.reserve_licence_code(keyed(junior)).licence_code


def test_a_refusal_changes_nothing_about_ground_that_was_entered(office: OfficeOfTests) -> None:
    case = play(office)
    case.told(Source.CADASTRE, 1, "area.entered", hectares="6.4", junior_to=0)
    refused(case, Operation.ENTER_AREA)
    assert area(office, case) == [("entered",)]


@pytest.mark.parametrize(
    ("operation", "journalled"), [(Operation.WARN_STEP, False), (Operation.RELEASE_AREA, True)]
)
def test_of_a_case_that_has_ended_only_what_is_owed_is_told(
    office: OfficeOfTests, operation: Operation, journalled: bool
) -> None:
    case = play(office).decided_up_to("decision")
    case.post(case.officer("decision"), "decision", "decision", {"outcome": "refused", "grounds": [
        "ground-held"
    ]})
    case.go_on()
    office.sql("update application set status = 'refused' where id = %s", case.id)
    refused(case, operation)
    assert ("command.refused" in case.facts()) is journalled
