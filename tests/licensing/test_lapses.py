"""Answers and lapses: an answer in time always wins, a late one is judged by the silence rule."""

import threading
from datetime import UTC, datetime, timedelta

from licensing_office import OfficeOfTests
from played_case import PlayedCase, move_clock, play

from contracts.licensing.language import Outcome
from contracts.licensing.wire_steps import DecisionMade
from contracts.procedures import LapseAnswer
from kernel.authority import Actor, Appointment, Power, Realm
from kernel.commands import Command, Operation
from kernel.events import ActorKind
from services.licensing.acts.decide_step import decide_step
from services.licensing.at_step import AtStep

GRACE = timedelta(seconds=30)


def lapse(case: PlayedCase, step: str, n: str = "9") -> LapseAnswer:
    at = case.step(step)
    args = {"step": step, "round": at["round"], "due_at": at["due_at"].isoformat()}
    command = Command(
        key=f"{case.id}:{step}:{at['round']}:lapse_step:{n}",
        application_id=case.id,
        operation=Operation.LAPSE_STEP,
        subject=step,
        round=at["round"],
        edition=case.plan.edition,
        args=args,
        at=at["due_at"],
    )
    return case.commands.lapse_step(command)


def test_a_lapse_that_comes_too_early_is_told_when_to_come_again(office: OfficeOfTests) -> None:
    case = play(office).decided_up_to("screening")
    due = case.until_due("screening", timedelta(seconds=5))
    assert lapse(case, "screening").not_before == due + GRACE
    assert case.step("screening")["office"] == "mines-north"
    move_clock(office, due + GRACE)
    answer = lapse(case, "screening")
    assert answer.seq is not None
    assert answer.not_before is None


def test_a_lapse_counts_from_the_due_instant_and_escalates(office: OfficeOfTests) -> None:
    case = play(office).decided_up_to("screening")
    due = case.until_due("screening", GRACE + timedelta(hours=7))
    case.go_on()
    _, _, at, legal_at, payload, index = case.fact("step.lapsed")
    assert legal_at == due
    assert at >= due + GRACE
    assert index is not None
    assert payload["effect"] == "escalated"
    assert payload["office"] == case.step("screening")["office"] != "mines-north"
    kinds = {notice["kind"] for notice in payload["notices"]}
    assert {"step-escalated", "office-step-escalated"} == kinds
    assert case.state.steps["screening"].office == payload["office"]


def test_an_office_that_let_its_time_run_out_still_reads_what_it_may_answer(
    office: OfficeOfTests,
) -> None:
    case = play(office).decided_up_to("council-opinion")
    row = "select office from step where application_id = %s and step = 'council-opinion'"
    late = office.sql(row, case.id)[0][0]
    reader = office.officer(late, Power.READ_CASES, Power.DECIDE_STEP, agency="councils")
    office.sql(
        "update step set office = 'council-elsewhere', former_offices = array[office]"
        " where application_id = %s and step = 'council-opinion'",
        case.id,
    )
    assert office.get(reader, f"/applications/{case.code}/steps").status_code == 200
    party = office.sql("select party_id from application where id = %s", case.id)[0][0]
    assert office.get(reader, f"/parties/{party}").status_code == 200


def test_a_lapse_of_another_due_instant_changes_nothing(office: OfficeOfTests) -> None:
    case = play(office).decided_up_to("screening")
    old = case.step("screening")["due_at"]
    case.until_due("screening", GRACE)
    case.go_on()
    facts = len(case.facts())
    command = Command(
        key=f"{case.id}:screening:1:lapse_step:stale",
        application_id=case.id,
        operation=Operation.LAPSE_STEP,
        subject="screening",
        round=1,
        edition=case.plan.edition,
        args={"step": "screening", "round": 1, "due_at": old.isoformat()},
        at=old,
    )
    assert case.commands.lapse_step(command) == LapseAnswer()
    assert len(case.facts()) == facts


def test_an_answer_in_time_beats_the_lapse_that_comes_after_it(office: OfficeOfTests) -> None:
    case = play(office).decided_up_to("screening")
    due = case.step("screening")["due_at"]
    move_clock(office, due - timedelta(seconds=20))
    case.approve("screening")
    move_clock(office, due + GRACE)
    assert lapse(case, "screening") == LapseAnswer()
    assert case.step("screening")["outcome"] == "approved"
    assert case.fact("step.decided")[4]["late"] is False


def test_an_answer_under_way_at_the_due_instant_beats_the_lapse(office: OfficeOfTests) -> None:
    """The answer began in time and holds the step; the lapse waits for it and finds it answered."""
    case = play(office).decided_up_to("screening")
    due = case.step("screening")["due_at"]
    move_clock(office, due - timedelta(seconds=5))
    officer = Actor(
        kind=ActorKind.OFFICER,
        person="staff:in-time",
        realm=Realm.STAFF,
        offices=frozenset({"/agencies/mines/mines-north"}),
        appointments=(
            Appointment(
                "staff:in-time",
                "mines",
                "mines-north",
                frozenset({Power.DECIDE_STEP}),
                due - timedelta(days=99),
            ),
        ),
    )
    made = DecisionMade(outcome=Outcome.APPROVED)
    found: list[LapseAnswer] = []
    with office.works.open(officer) as work:
        place = AtStep(case.code, "screening", 1)
        decide_step(work, office.desk, place, made, datetime.now(UTC))
        move_clock(office, due + GRACE)
        lapsing = threading.Thread(target=lambda: found.append(lapse(case, "screening")))
        lapsing.start()
        waiting = (
            "select count(*) from pg_locks l join pg_stat_activity a using (pid)"
            " where not l.granted and a.datname = current_database()"
        )
        while not office.sql(waiting)[0][0]:
            assert lapsing.is_alive()
    lapsing.join()
    assert found == [LapseAnswer()]
    assert "step.lapsed" not in case.facts()
    assert case.step("screening")["outcome"] == "approved"


def test_a_late_answer_under_a_rule_that_escalates_is_accepted_as_late(
    office: OfficeOfTests,
) -> None:
    """The lapse is carried out first, in the same transaction, whether or not its timer came."""
    case = play(office).decided_up_to("screening")
    who = case.officer("screening")
    due = case.until_due("screening", timedelta(seconds=10))
    case.approve("screening", who)
    names = case.facts()
    assert names.index("step.lapsed") < names.index("step.decided", names.index("step.lapsed"))
    assert case.fact("step.lapsed")[3] == due
    assert case.fact("step.decided")[4]["late"] is True
    assert case.fact("step.decided")[4]["office"] == "mines-north"


def test_the_silent_office_may_still_answer_after_its_step_was_escalated(
    office: OfficeOfTests,
) -> None:
    case = play(office).decided_up_to("screening")
    who = case.officer("screening")
    case.until_due("screening", GRACE)
    case.go_on()
    assert case.step("screening")["office"] != "mines-north"
    case.approve("screening", who)
    assert case.fact("step.decided")[4]["late"] is True


def test_a_late_answer_under_a_rule_that_extends_is_accepted_as_late(
    office: OfficeOfTests,
) -> None:
    case = play(office).decided_up_to("lands-check")
    who = case.officer("lands-check")
    case.until_due("lands-check", timedelta(seconds=10))
    case.approve("lands-check", who)
    assert case.fact("step.lapsed")[4]["effect"] == "extended"
    assert case.fact("step.decided")[4]["late"] is True


def test_a_late_answer_under_a_deemed_rule_is_refused(office: OfficeOfTests) -> None:
    case = play(office).decided_up_to("council-opinion")
    who = case.officer("council-opinion")
    due = case.until_due("council-opinion", timedelta(seconds=10))
    done = case.post(who, "council-opinion", "decision", {"outcome": "refused", "reasons": "no"})
    assert done.status_code == 409
    assert done.json()["type"].endswith("answered-by-silence")
    assert done.json()["outcome"] == "deemed-approved"
    move_clock(office, due + GRACE)
    case.go_on()
    assert case.step("council-opinion")["outcome"] == "deemed-approved"
    rows = office.sql(
        "select person, outcome from decision where application_id = %s and step = %s",
        case.id,
        "council-opinion",
    )
    assert rows == [(None, "deemed-approved")]


def test_an_extension_that_runs_out_is_followed_by_what_the_law_names(
    office: OfficeOfTests,
) -> None:
    case = play(office).decided_up_to("decision")
    case.until_due("decision", GRACE)
    case.go_on()
    assert case.fact("step.lapsed")[4]["effect"] == "extended"
    case.until_due("decision", GRACE)
    case.go_on()
    assert case.fact("step.lapsed")[4]["effect"] == "escalated"
    assert case.step("decision")["office"] != "mines-north"


def test_an_office_is_warned_once_before_its_time_is_over(office: OfficeOfTests) -> None:
    case = play(office).decided_up_to("screening")
    warn_at = case.state.steps["screening"].warn_at
    assert warn_at is not None
    move_clock(office, warn_at)
    case.go_on()
    case.go_on()
    assert case.facts().count("step.warned") == 1
    assert case.fact("step.warned")[4]["notices"][0]["to"] == "office:mines-north"
