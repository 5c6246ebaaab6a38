"""What no office may do: stop a fee's time, or go on before the law's questions are answered."""

from datetime import timedelta
from typing import Any

import pytest
from licensing_office import OfficeOfTests
from played_case import move_clock, play

from kernel.authority import Power, clockwork
from kernel.commands import Command, Operation
from services.licensing.acts.begin_issuance import begin_issuance
from services.licensing.acts.open_step import open_step
from services.licensing.domain.step import StepsNotOver


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("request", {"reason": "other", "question": "Why?"}),
        ("visit", {"visited_on": "2026-01-05", "findings": "none"}),
        ("occupants-notice", {"told_on": "2026-01-05", "how": "read out", "people": 1,
                              "languages": ["sw"]}),
        ("handover", {"office": "mines-south", "reason": "leave"}),
    ],
)
def test_a_fees_time_is_that_of_its_invoice_and_no_office_stops_it(
    office: OfficeOfTests, what: str, body: dict[str, Any]
) -> None:
    case = play(office, pays=False).go_on()
    before = case.step("application-fee")
    who = office.officer("mines-north", Power.RECORD_STEP)
    done = case.post(who, "application-fee", what, body)
    assert (done.status_code, done.json()["type"].rsplit(":")[-1]) == (409, "not-an-answer")
    assert case.step("application-fee") == before


@pytest.mark.parametrize("act", [open_step, begin_issuance])
def test_nothing_goes_on_before_what_the_law_wants_to_know_first(
    office: OfficeOfTests, act: Any
) -> None:
    case = play(office).decided_up_to("screening")
    at = office.now()
    command = Command(
        key=f"{case.id}:decision:1:{act.__name__}:1",
        application_id=case.id,
        operation=Operation(act.__name__),
        subject="decision",
        round=1,
        edition=case.plan.edition,
        args={"step": "decision", "round": 1, "opens_at": at.isoformat()},
        at=at,
    )
    with pytest.raises(StepsNotOver) as refused, office.works.open(clockwork("licensing")) as work:
        act(work, office.desk, command)
    assert refused.value.facts["steps"]
    assert "decision" not in {row[0] for row in office.sql(
        "select step from step where application_id = %s", case.id
    )}


def test_a_late_answer_finds_every_rule_applied_whose_time_has_come(
    office: OfficeOfTests,
) -> None:
    """Nobody was there to apply them: the clockwork was away past both due instants."""
    case = play(office).decided_up_to("council-opinion")
    office.sql(
        "update step set silence = 'extend', allowed = '{\"n\": 5, \"unit\": \"calendar-days\"}'"
        " where application_id = %s and step = 'council-opinion'",
        case.id,
    )
    office.sql(
        "update application set plan = jsonb_set(plan, array['steps', i::text, 'silence'],"
        " plan->'steps'->i->'silence' || %s::jsonb)"
        " from (select id as one, ordinality::int - 1 as i from application,"
        " jsonb_array_elements(plan->'steps') with ordinality"
        " where id = %s and value->>'id' = 'council-opinion') as found where id = one",
        '{"rule": "extend", "then": "deemed-approved",'
        ' "extension": {"n": 2, "unit": "calendar-days"}}',
        case.id,
    )
    case.until_due("council-opinion", timedelta(days=9))
    move_clock(office, office.now())
    who = case.officer("council-opinion")
    refused = case.post(
        who, "council-opinion", "decision", {"outcome": "refused", "reasons": "too late"}
    )
    assert (refused.status_code, refused.json()["type"].rsplit(":")[-1]) == (
        409, "answered-by-silence",
    )
