"""When the engine wakes, what it then asks for, and what an answer makes of the next wake."""

from datetime import UTC, datetime, timedelta

from kernel import facts
from kernel.commands import Operation
from tests.workflows.diary import START, Diary
from tests.workflows.plans import PAID_FIRST, USUAL, plan, question
from workflows.engine.advance import advance, next_wake
from workflows.engine.model import PlayedFact
from workflows.engine.state import InvoiceStatus
from workflows.engine.timers import answered

T0 = datetime.fromisoformat(START)


def fact(seq: int, name: str, at: datetime = T0, **payload: object) -> PlayedFact:
    return PlayedFact(seq, name, at, at, payload)


def begun() -> Diary:
    return Diary(USUAL)


def test_a_retimed_step_is_proposed_to_lapse_at_its_new_instant_only() -> None:
    case = begun()
    due = datetime(2026, 4, 1, 11, tzinfo=UTC)
    case.services.desks["screening"].due_at = due
    payload = {"step": "screening", "round": 1, "due_at": due.isoformat(), "warn_at": None}
    case.tell([(facts.STEP_RETIMED, payload, case.now)])
    case.until("2026-04-01T11:00:29+00:00")
    assert not any("lapse" in line for line in case.lines)
    case.until("2026-04-01T11:00:30+00:00")
    assert "04-01 11:00:30 screening:1:lapse_step:2 at 04-01 11:00:00" in case.lines


def test_the_invoice_of_a_retimed_fee_step_is_retimed_while_it_can_be_paid() -> None:
    case = Diary(PAID_FIRST)
    fee = next(step for step in case.state.steps.values() if step.fee)
    assert fee.invoice is InvoiceStatus.OPEN
    later = datetime(2026, 4, 1, 11, tzinfo=UTC).isoformat()
    payload = {"step": fee.id, "round": 1, "due_at": later, "warn_at": None}
    case.tell([(facts.STEP_RETIMED, payload, case.now)])
    asked = [one for one in case.commands if one.operation is Operation.RETIME_INVOICE]
    assert [one.args for one in asked] == [{"step": fee.id, "round": 1, "due_at": later}]
    assert case.state.notes == ()
    case.tell(case.services.pay(fee.id, case.now))
    case.tell([(facts.STEP_RETIMED, payload, case.now)])
    asked = [one for one in case.commands if one.operation is Operation.RETIME_INVOICE]
    assert len(asked) == 1


def test_a_handed_over_step_keeps_its_time() -> None:
    case = begun()
    due = case.state.steps["screening"].due_at
    case.tell([(facts.STEP_HANDED_OVER, {"step": "screening", "office": "next"}, case.now)])
    assert case.state.steps["screening"].office == "next"
    assert case.state.steps["screening"].due_at == due


def test_asked_too_early_it_asks_again_under_another_key_at_the_instant_it_was_told() -> None:
    case = begun()
    state, commands = advance(USUAL, case.state, None, datetime(2026, 3, 9, 12, tzinfo=UTC))
    (lapse,) = commands
    assert next_wake(state) is None
    later = datetime(2026, 3, 9, 12, 5, tzinfo=UTC)
    state = answered(USUAL, state, lapse, later, lapse.at)
    assert next_wake(state) == later
    _, again = advance(USUAL, state, None, later)
    assert [c.key[-len("lapse_step:1.1") :] for c in again] == ["lapse_step:1.1"]


def test_a_service_whose_clock_runs_behind_is_not_asked_in_a_circle() -> None:
    case = begun()
    now = datetime(2026, 3, 9, 12, tzinfo=UTC)
    state, (lapse,) = advance(USUAL, case.state, None, now)
    state = answered(USUAL, state, lapse, now - timedelta(days=3), now)
    assert next_wake(state) == now + timedelta(seconds=1)


def test_a_lapse_that_brought_no_fact_is_proposed_again_ever_more_rarely() -> None:
    case = begun()
    now = datetime(2026, 3, 9, 12, tzinfo=UTC)
    state, waits = case.state, []
    for _ in range(6):
        state, commands = advance(USUAL, state, None, now)
        state = answered(USUAL, state, commands[0], None, now)
        wake = next_wake(state)
        assert wake is not None
        waits.append((wake - now) // timedelta(hours=1))
        now = wake
    assert waits == [1, 2, 4, 8, 24, 24]


def test_an_answer_about_a_due_instant_that_has_moved_changes_nothing() -> None:
    case = begun()
    now = datetime(2026, 3, 9, 12, tzinfo=UTC)
    state, (lapse,) = advance(USUAL, case.state, None, now)
    payload = {"step": "screening", "round": 1, "due_at": "2026-04-01T11:00:00+00:00"}
    state, _ = advance(USUAL, state, fact(4, facts.STEP_RETIMED, **payload), now)
    assert next_wake(answered(USUAL, state, lapse, now, now)) == next_wake(state)


def test_an_answer_about_a_due_instant_that_has_moved_leaves_the_new_proposal_alone() -> None:
    case = begun()
    now = datetime(2026, 3, 9, 12, tzinfo=UTC)
    state, (old,) = advance(USUAL, case.state, None, now)
    payload = {"step": "screening", "round": 1, "due_at": "2026-03-09T11:30:00+00:00"}
    state, _ = advance(USUAL, state, fact(4, facts.STEP_RETIMED, **payload), now)
    state, (new,) = advance(USUAL, state, None, now)
    later = now + timedelta(hours=1)
    assert next_wake(answered(USUAL, state, old, later, now)) is None
    assert next_wake(answered(USUAL, state, new, later, now)) == later


def test_what_follows_a_paper_decision_runs_from_its_recording_not_from_its_signing() -> None:
    case = begun().until("2026-03-05T11:00:00+00:00")
    payload = {"step": "screening", "round": 1, "outcome": "approved"}
    case.tell([(facts.STEP_DECIDED, payload, T0)])
    (opened, _) = case.commands[-2:]
    assert opened.args["opens_at"] == "2026-03-05T11:00:00+00:00"


def test_a_clock_stands_until_every_request_is_answered() -> None:
    state = begun().state
    for n, day in (("a", 5), ("b", 4)):
        reply = datetime(2026, 3, day, 11, tzinfo=UTC).isoformat()
        payload = {"step": "screening", "round": 1, "request": n, "reply_due_at": reply}
        asked = fact(state.last_seq + 1, facts.INFORMATION_REQUESTED, **payload)
        state, _ = advance(USUAL, state, asked, T0)
    assert next_wake(state) == datetime(2026, 3, 4, 11, 0, 30, tzinfo=UTC)
    _, commands = advance(USUAL, state, None, datetime(2026, 3, 6, tzinfo=UTC))
    assert [c.key.partition("screening:")[2] for c in commands] == [
        "1:lapse_request:1",
        "1:lapse_request:2",
    ]
    given = {"step": "screening", "round": 1, "request": "b", "due_at": "2026-03-20T11:00:00+00:00"}
    state, _ = advance(USUAL, state, fact(state.last_seq + 1, facts.INFORMATION_GIVEN, **given), T0)
    assert state.steps["screening"].status == "stopped"
    assert next_wake(state) == datetime(2026, 3, 5, 11, 0, 30, tzinfo=UTC)


def test_a_fee_never_wakes_the_engine_for_payments_knows_the_provider() -> None:
    case = Diary(PAID_FIRST)
    assert case.open == {"filing-fee"}
    assert next_wake(case.state) is None


def test_a_step_that_depends_on_a_late_and_a_lapsed_one_runs_from_the_later_end() -> None:
    both = plan(
        question("a"),
        question("b"),
        question("last", after=("a", "b")),
    )
    case = Diary(both)
    lapse = {
        "step": "a",
        "round": 1,
        "due_at": "2026-03-05T11:00:00+00:00",
        "effect": "deemed-approved",
    }
    case.until("2026-03-06T11:00:00+00:00").decide("b")
    case.tell([(facts.STEP_LAPSED, lapse, datetime(2026, 3, 5, 11, tzinfo=UTC))])
    (opened,) = (c for c in case.commands if c.subject == "last")
    assert opened.args["opens_at"] == "2026-03-06T11:00:00+00:00"
