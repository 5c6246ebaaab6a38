"""The example country's own law, played: what is answered is granted, what is silent ends."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from kernel import facts
from kernel.law.compile import compile_plan
from kernel.law.load import load_country, office_calendar
from kernel.law.plan import GroundRule, Plan, StepKind
from kernel.term import GRACE
from workflows.engine.advance import next_wake
from workflows.engine.desk_model import Reckoning
from workflows.engine.played import Played, Practice

LODGED = datetime.fromisoformat("2026-11-02T08:15:00+02:00")
COUNTRY = load_country(Path(__file__).parents[2] / "rulebooks", "example")
LAW = COUNTRY.newest
FACTS = {
    "hectares": "6.4",
    "units": 4,
    "minerals": ["gold"],
    "party_kind": "cooperative",
    "members": 12,
    "women": 7,
    "known_workings": 1,
    "office": "mines-north",
    "district": "riverside",
    "zone": "north-asm-zone",
}
PAYS = Practice(timedelta(minutes=10))
TYPES = [kind.id for kind in LAW.rules.licence_types]


def law_of(licence_type: str) -> Plan:
    return compile_plan(LAW, licence_type, "new", FACTS)


def play(law: Plan, after: timedelta | None, outcome: str = "approved") -> Played:
    """Fees are paid within ten minutes; offices answer after `after`, or never. One year of it."""
    reckoning = Reckoning.by(office_calendar(LAW, "mines-north"))
    answers = Practice(after, outcome)
    practice = {step.id: PAYS if step.kind is StepKind.FEE else answers for step in law.steps}
    return Played(law, LODGED, reckoning, practice).to_the_end(timedelta(days=365))


@pytest.mark.parametrize("licence_type", TYPES)
def test_a_case_that_everybody_answers_is_granted(licence_type: str) -> None:
    law = law_of(licence_type)
    case = play(law, timedelta(hours=30))
    assert case.state.closed == "granted"
    assert case.state.settled
    entered = [key for key in case.asked if "enter_area" in key]
    assert bool(entered) == (law.ground is GroundRule.EXCLUSIVE_AREA)


@pytest.mark.parametrize("licence_type", TYPES)
def test_a_case_that_no_office_answers_never_sleeps_for_good(licence_type: str) -> None:
    case = play(law_of(licence_type), None)
    assert case.state.closed is None
    assert case.open
    wake = next_wake(case.state)
    assert wake is not None
    assert wake - case.journal[-1].at < timedelta(days=60)
    lapses = [fact for fact in case.journal if fact.name == facts.STEP_LAPSED]
    assert len(lapses) > 3
    assert all(fact.at - fact.legal_at == GRACE for fact in lapses)


@pytest.mark.parametrize("licence_type", TYPES)
def test_a_case_that_nobody_pays_for_ends_by_itself(licence_type: str) -> None:
    reckoning = Reckoning.by(office_calendar(LAW, "mines-north"))
    case = Played(law_of(licence_type), LODGED, reckoning).to_the_end()
    assert case.state.closed in ("void", "lapsed")


@pytest.mark.parametrize("licence_type", TYPES)
def test_a_refusal_where_it_counts_refuses_and_gives_the_ground_back(licence_type: str) -> None:
    law = law_of(licence_type)
    case = play(law, timedelta(hours=30), "refused")
    assert case.state.closed == "refused"
    assert ("case:0:release_area:1" in case.asked) == (law.ground is GroundRule.EXCLUSIVE_AREA)
