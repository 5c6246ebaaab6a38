"""Single facts and the edges of the engine: doubles, gaps, strange, late and early ones."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from kernel import facts
from kernel.commands import Operation
from kernel.law.plan import FeeBefore
from tests.workflows.diary import START, Diary
from tests.workflows.plans import PAID_FIRST, USUAL
from workflows.engine.advance import JournalHasGap, advance, next_wake, replay
from workflows.engine.companions import issuance_under_way, open_invoices
from workflows.engine.inbox import Inbox
from workflows.engine.leftovers import leftovers
from workflows.engine.model import PlayedFact
from workflows.engine.played import PROMPT, Played
from workflows.engine.state import AreaStatus, CaseState, dump

CASE = UUID(int=1)
T0 = datetime.fromisoformat(START)


def fact(seq: int, name: str, at: datetime = T0, **payload: object) -> PlayedFact:
    return PlayedFact(seq, name, at, at, payload)


def begun() -> Diary:
    return Diary(USUAL)


def test_a_fact_folded_before_changes_nothing() -> None:
    case = begun()
    state, commands = advance(case.plan, case.state, case.journal[0], case.now)
    assert state is case.state
    assert commands == ()


def test_a_fact_before_its_turn_is_a_fault_of_the_program() -> None:
    state = CaseState.new(USUAL, CASE)
    with pytest.raises(JournalHasGap, match="fact 2 came after fact 0"):
        advance(USUAL, state, fact(2, facts.AREA_ENTERED), T0)


def test_the_given_state_is_left_as_it_was() -> None:
    case = begun()
    before = dump(case.state)
    ordinals = dict(case.state.ordinals)
    advance(
        USUAL,
        case.state,
        fact(case.state.last_seq + 1, facts.STEP_DECIDED, step="screening", round=1, outcome="x"),
        T0,
    )
    assert dump(case.state) == before
    assert case.state.ordinals == ordinals


def test_a_fact_of_tomorrow_is_noted_and_its_notices_are_sent() -> None:
    case = begun()
    told = {"notices": [{"notice": "n", "kind": "k", "to": "office:x", "params": {}}]}
    case.tell([("committee.sat", told, case.now)])
    assert "committee.sat: not known to this engine" in case.state.notes[-1]
    assert case.commands[-1].operation is Operation.SEND_NOTICE
    assert case.commands[-1].args["to"] == "office:x"
    assert case.commands[-1].args["case"] == str(case.state.application)


def test_a_reminder_of_an_invoice_is_known_and_its_notices_are_sent() -> None:
    case = begun()
    before = dump(case.state)["steps"]
    told = {"notices": [{"notice": "n", "kind": "invoice-reminder", "to": "public:p"}]}
    case.tell([(facts.INVOICE_REMINDED, told, case.now)])
    assert case.state.notes == ()
    assert dump(case.state)["steps"] == before
    assert case.commands[-1].operation is Operation.SEND_NOTICE


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"step": "nowhere", "round": 1},
        {"step": 7},
        {"step": "screening", "round": 9, "outcome": "approved"},
        {"step": "screening", "round": "1", "due_at": "soon", "notices": "none"},
        {"step": "screening", "notices": [None, 3]},
        {"step": "screening", "due_at": "2026-03-02"},
    ],
)
@pytest.mark.parametrize("name", sorted(n for n in vars(facts) if n.isupper()))
def test_no_fact_however_strange_makes_the_engine_fail(
    name: str, payload: dict[str, object]
) -> None:
    case = begun()
    seq = case.state.last_seq + 1
    state, _ = advance(USUAL, case.state, fact(seq, getattr(facts, name), **payload), T0)
    assert state.last_seq == seq
    advance(USUAL, state, None, T0 + timedelta(days=400))


def test_a_displaced_area_is_noted_and_nothing_else_changes() -> None:
    case = begun()
    asked = len(case.commands)
    case.tell([(facts.AREA_DISPLACED, {"by_seq": 7, "hectares": "1.25"}, case.now)])
    assert case.state.notes == ("4 area.displaced: lodgement 7 takes 1.25 ha",)
    assert len(case.commands) == asked


def test_ground_that_came_free_is_noted() -> None:
    case = begun()
    case.tell([(facts.AREA_FREED, {"by_seq": 7, "hectares": "1.25"}, case.now)])
    assert case.state.notes == ("4 area.freed: lodgement 7 leaves 1.25 ha",)


def test_ground_that_was_refused_is_not_released_but_is_when_it_is_entered_after_all() -> None:
    case = Diary(USUAL)
    case.state.area = AreaStatus.ASKED
    refused = {"operation": "enter_area", "problem": "not-genuine"}
    case.tell([(facts.COMMAND_REFUSED, refused, case.now)])
    assert case.state.area is AreaStatus.NONE
    case.tell([(facts.APPLICATION_WITHDRAWN, {}, case.now)])
    assert case.state.settled
    assert Operation.RELEASE_AREA not in [one.operation for one in case.commands]
    case.tell([(facts.AREA_ENTERED, {}, case.now)])
    assert Operation.RELEASE_AREA in [one.operation for one in case.commands]
    assert case.state.area is AreaStatus.RELEASED


def test_a_refused_notice_keeps_no_case_open() -> None:
    case = begun()
    case.state.notices_under_way = 1
    case.tell([(facts.COMMAND_REFUSED, {"operation": "send_notice", "problem": "x"}, case.now)])
    assert case.state.notices_under_way == 0


@pytest.mark.parametrize("first", [facts.AREA_CONFIRMED, facts.CERTIFICATE_MADE])
def test_an_issuance_is_relied_on_until_ground_and_certificate_are_there(first: str) -> None:
    case, issuance = Diary(USUAL), str(UUID(int=7))
    last = facts.CERTIFICATE_MADE if first == facts.AREA_CONFIRMED else facts.AREA_CONFIRMED
    for name in (facts.ISSUANCE_REQUESTED, facts.AREA_GRANTED, facts.LICENCE_ISSUED, first):
        case.tell([(name, {"issuance": issuance, "round": 1}, case.now)])
    assert case.state.closed == "granted"
    assert issuance_under_way(case.state) == UUID(int=7)
    case.tell([(last, {}, case.now)])
    assert issuance_under_way(case.state) is None


def test_a_fact_of_an_earlier_round_is_noted_and_changes_nothing() -> None:
    case = begun()
    case.tell([(facts.ISSUANCE_RETURNED, {"step": "screening"}, case.now)])
    assert case.state.steps["screening"].round == 2
    payload = {"step": "screening", "round": 1, "outcome": "refused"}
    case.tell([(facts.STEP_DECIDED, payload, case.now)])
    assert case.state.closed is None
    assert case.state.notes[-1].endswith("step.decided: screening is in round 2, not 1")


def test_an_answer_after_the_end_of_a_step_does_not_change_it() -> None:
    case = begun()
    case.decide("screening")
    payload = {"step": "screening", "round": 1, "outcome": "refused"}
    case.tell([(facts.STEP_DECIDED, payload, case.now)])
    assert case.state.closed is None
    assert case.state.steps["screening"].outcome == "approved"


def test_where_the_fee_stands_before_recording_only_the_area_was_conditional() -> None:
    recorded = PAID_FIRST.model_copy(update={"fee_before": FeeBefore.RECORDING})
    case = Diary(recorded)
    case.pay("filing-fee")
    assert "case:0:confirm_receipt:1" not in case.asked
    assert [c.args["conditional"] for c in case.commands if c.operation == "enter_area"] == [
        True,
        False,
    ]


def test_no_step_opens_between_the_asking_for_the_end_and_the_end() -> None:
    state = begun().state
    state, _ = advance(USUAL, state, fact(state.last_seq + 1, facts.APPLICATION_WITHDRAWN), T0)
    payload = {"step": "screening", "round": 1, "outcome": "approved"}
    state, commands = advance(
        USUAL, state, fact(state.last_seq + 1, facts.STEP_DECIDED, **payload), T0
    )
    assert commands == ()
    assert next_wake(state) is None


def test_the_invoice_carries_what_payments_needs() -> None:
    case = Diary(PAID_FIRST)
    (command,) = (c for c in case.commands if c.operation is Operation.RAISE_INVOICE)
    assert command.args == {
        "step": "filing-fee",
        "round": 1,
        "fee": "filing-fee",
        "licence_type": "artisanal-permit",
        "due_at": "2026-03-02T12:00:00+00:00",
        "facts": {"minerals": ["gold"], "hectares": "6.4"},
        "application_code": "XA-0001",
    }


def test_payment_and_the_decision_that_follows_it_count_once() -> None:
    case = Diary(PAID_FIRST)
    case.pay("filing-fee")
    asked = list(case.asked)
    payload = {"step": "filing-fee", "round": 1, "outcome": "approved"}
    case.tell([(facts.STEP_DECIDED, payload, case.now)])
    assert case.asked == asked


def test_a_receipt_confirmed_by_licensing_itself_takes_the_condition_off_once() -> None:
    case = Diary(PAID_FIRST)
    case.tell([(facts.RECEIPT_CONFIRMED, {}, case.now)])
    case.pay("filing-fee")
    assert [line for line in case.asked if "enter_area" in line] == [
        "case:0:enter_area:1",
        "case:0:enter_area:2",
    ]
    assert "case:0:confirm_receipt:1" not in case.asked


def test_a_case_closed_by_licensing_itself_still_gives_back_its_area() -> None:
    case = begun()
    case.tell([(facts.CASE_CLOSED, {"status": "withdrawn", "reason": "applicant"}, case.now)])
    assert case.asked[-1] == "case:0:release_area:1"
    assert case.state.area is AreaStatus.RELEASED


def test_nothing_is_asked_of_a_case_after_its_end() -> None:
    case = begun()
    case.withdraw()
    asked = list(case.asked)
    payload = {"step": "screening", "round": 1, "outcome": "approved"}
    case.tell([(facts.STEP_DECIDED, payload, case.now)])
    case.until("2027-01-01T00:00:00+00:00")
    assert case.asked == asked


def test_a_closed_case_owes_only_what_left_no_trace() -> None:
    case = Diary(USUAL)
    case.tell([("x", {"notices": [{"notice": "lost", "kind": "k"}]}, case.now)])
    case.withdraw()
    everything = leftovers(USUAL, CASE, case.journal, case.now)[1]
    assert everything == []
    untold = [f for f in case.journal if f.name not in (facts.AREA_RELEASED, facts.NOTICE_SENT)]
    for n, one in enumerate(untold, start=1):
        one.seq = n
    state, owed = leftovers(USUAL, CASE, untold, case.now)
    assert state.closed == "withdrawn"
    assert [c.key.partition(":")[2] for c in owed] == [
        "case:0:send_notice:1",
        "case:0:release_area:1",
    ]


def test_a_case_relies_on_its_open_invoices_and_on_the_issuance_under_way() -> None:
    case = Diary(PAID_FIRST)
    (raised,) = (f for f in case.journal if f.name == facts.INVOICE_RAISED)
    assert [str(one) for one in open_invoices(case.state)] == [raised.payload["invoice"]]
    assert issuance_under_way(case.state) is None
    case.pay("filing-fee")
    assert list(open_invoices(case.state)) == []
    seq = case.state.last_seq + 1
    asked = fact(seq, facts.ISSUANCE_REQUESTED, issuance=str(CASE), round=1)
    state, _ = advance(PAID_FIRST, case.state, asked, T0)
    assert issuance_under_way(state) == CASE
    issued = fact(seq + 1, facts.LICENCE_ISSUED, licence_code="AP-1")
    state, _ = advance(PAID_FIRST, state, issued, T0)
    assert issuance_under_way(state) == CASE
    state, _ = advance(PAID_FIRST, state, fact(seq + 2, facts.CERTIFICATE_MADE), T0)
    assert issuance_under_way(state) is None


def test_replaying_gives_the_state_that_was_lived() -> None:
    case = Played(USUAL, START, practice={step.id: PROMPT for step in USUAL.steps}).to_the_end()
    assert replay(USUAL, CASE, case.journal, upto=len(case.journal)) == case.state


def test_the_state_tells_operators_no_more_than_json() -> None:
    import json

    told = json.loads(json.dumps(dump(begun().state)))
    assert told["steps"]["screening"]["status"] == "open"
    assert told["code"] == "XA-0001"


def test_the_inbox_puts_facts_in_order_and_names_what_is_missing() -> None:
    inbox: Inbox[PlayedFact] = Inbox(done=2)
    for seq in (2, 5, 6, 5):
        inbox.put(fact(seq, "x"))
    assert inbox.take() is None
    assert inbox.gap() == (2, 4)
    inbox.extend([fact(3, "x"), fact(4, "x")])
    assert inbox.gap() is None
    assert [one.seq for one in iter(inbox.take, None)] == [3, 4, 5, 6]
    assert len(inbox) == 0
