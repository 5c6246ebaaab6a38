"""Whatever is lost, doubled, late or broken off on the way, a case comes to the same end."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kernel import facts
from kernel.commands import Command
from kernel.law.plan import FeeBefore, Plan, SilenceRule, StepKind
from tests.workflows.diary import START
from tests.workflows.plans import days, fee, hours, plan, question, silence
from workflows.engine.advance import advance, next_wake
from workflows.engine.inbox import Inbox
from workflows.engine.model import PlayedFact
from workflows.engine.played import Played, Practice, Suspension
from workflows.engine.state import CaseState, dump

CASE, LODGED = UUID(int=1), datetime.fromisoformat(START)

RULES = (
    silence(SilenceRule.ESCALATE, "head", days(3), SilenceRule.DEEMED_APPROVED),
    silence(SilenceRule.EXTEND, None, days(2), SilenceRule.DEEMED_REFUSED),
    silence(SilenceRule.DEEMED_APPROVED),
    silence(SilenceRule.DEEMED_REFUSED),
    silence(SilenceRule.RETURN),
)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """A few steps, each after some of the earlier ones; perhaps a fee first and one last."""
    paid_first = draw(st.booleans())
    names = [f"step{n}" for n in range(draw(st.integers(1, 5)))]
    steps = [fee("first", allowed=hours(2), rule=SilenceRule.VOID, conditional=True)]
    steps = steps if paid_first else []
    for name in names:
        earlier = [step.id for step in steps]
        after = tuple(draw(st.lists(st.sampled_from(earlier), unique=True))) if earlier else ()
        kind = draw(st.sampled_from([StepKind.QUESTION, StepKind.DECISION]))
        quiet, warn = draw(st.sampled_from(RULES)), draw(st.sampled_from([None, days(1)]))
        allowed = days(draw(st.integers(1, 12)))
        steps.append(question(name, after, allowed, quiet, kind=kind, warn=warn))
    if draw(st.booleans()):
        steps.append(fee("last", after=(names[-1],)))
    return plan(*steps, fee_before=FeeBefore.RECEIPT if paid_first else FeeBefore.NOTHING)


PRACTICES = st.builds(
    Practice,
    st.none() | st.integers(0, 400).map(lambda hours: timedelta(hours=hours)),
    st.sampled_from(["approved", "approved", "approved", "refused"]),
)


@st.composite
def suspensions(draw: st.DrawFn) -> Suspension:
    """A moratorium whose end nobody knows before it comes; others are a matter of the calendar."""
    times = draw(st.lists(st.integers(0, 600), min_size=3, max_size=3))
    return Suspension(*(LODGED + timedelta(hours=n) for n in sorted(times)))


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a case is played from."""

    law: Plan
    practice: dict[str, Practice]
    refused: int
    suspension: Suspension | None

    def told(self) -> dict[str, Any]:
        wanted = refusals(self.law, self.refused)
        return {"practice": self.practice, "refuse_grants": wanted, "suspension": self.suspension}


@st.composite
def cases(draw: st.DrawFn) -> Drawn:
    law = draw(plans())
    practice = {step.id: draw(PRACTICES) for step in law.steps}
    return Drawn(law, practice, draw(st.integers(0, 1)), draw(st.none() | suspensions()))


def refusals(law: Plan, wanted: int) -> int:
    """A grant can be refused only where there is a decision to return to."""
    return wanted if any(step.kind is StepKind.DECISION for step in law.steps) else 0


def play(made: Drawn) -> Played:
    return Played(made.law, START, **made.told()).to_the_end()


def deliver(
    law: Plan, journal: Sequence[PlayedFact], arrivals: list[int], now: datetime
) -> tuple[CaseState, list[str]]:
    """What a workflow does with facts that arrive in this order; a gap is filled at the end."""
    inbox: Inbox[PlayedFact] = Inbox()
    state, keys = CaseState.new(law, CASE), list[str]()
    by_seq = {fact.seq: fact for fact in journal}

    def fold() -> None:
        nonlocal state
        while (fact := inbox.take()) is not None:
            state, commands = advance(law, state, fact, now)
            keys.extend(command.key for command in commands)

    for seq in arrivals:
        inbox.put(by_seq[seq])
        fold()
        if len(inbox) > 3 and (gap := inbox.gap()):
            inbox.extend(by_seq[n] for n in range(gap[0] + 1, gap[1] + 1))
            fold()
    inbox.extend(journal)
    fold()
    return state, keys


@given(cases(), st.randoms(use_true_random=False))
def test_no_order_doubling_or_loss_of_deliveries_changes_the_end_or_the_commands(
    made: Drawn, chance: random.Random
) -> None:
    case = play(made)
    everything = [fact.seq for fact in case.journal]
    arrivals = chance.choices(everything, k=2 * len(everything))
    told = deliver(case.plan, case.journal, arrivals, case.now)
    in_order = deliver(case.plan, case.journal, everything, case.now)
    assert dump(told[0]) == dump(in_order[0])
    assert told[1] == in_order[1]
    assert dump(told[0])["closed"] == dump(case.state)["closed"]


@given(cases())
def test_every_case_ends(made: Drawn) -> None:
    case = play(made)
    waiting = {
        step.id
        for step in case.state.steps.values()
        if not step.over and case.practice[step.id].after is None
    }
    assert case.state.closed is not None or waiting, dump(case.state)
    if case.state.closed is not None:
        assert next_wake(case.state) is None
        assert case.state.settled, dump(case.state)
        assert not case.open


def told_by_facts(state: CaseState) -> dict[str, object]:
    """The state without what a run counts for itself: its proposals since it began."""
    told = dump(state)
    for step in state.steps:
        told["steps"][step].pop("attempt")  # type: ignore[index]
        told["steps"][step].pop("warned")  # type: ignore[index]
    return told


class CrashError(Exception):
    """The worker and Temporal's store are gone."""


class Mortal(Played):
    """A case whose workflow dies before it hands over its nth command."""

    dies_at = -1

    def carry_out(self, command: Command) -> None:
        if len(self.commands) == self.dies_at:
            self.dies_at = -1
            raise CrashError
        super().carry_out(command)

    def live(self) -> "Mortal":
        try:
            self.to_the_end()
        except CrashError:
            self.resurrect()
            self.to_the_end()
        return self


def ends_in_a_crowd(case: Played) -> bool:
    """Several steps lapse at the instant that ends the case.

    Which of the others are proposed before the end is chance then, and nothing comes of it.
    """
    ended = [fact.at for fact in case.journal if fact.name == facts.CASE_CLOSED]
    lapsed = [fact.at for fact in case.journal if fact.name == facts.STEP_LAPSED]
    return any(lapsed.count(at) > 1 for at in ended)


@settings(deadline=None)
@given(cases(), st.integers(0, 25))
def test_a_case_resurrected_after_a_crash_ends_the_same_and_asks_for_nothing_new(
    made: Drawn, dies_at: int
) -> None:
    lived = play(made)
    assume(not ends_in_a_crowd(lived))
    case = Mortal(made.law, START, **made.told())
    case.dies_at = len(case.commands) + dies_at
    case.live()
    assert [fact.name for fact in case.journal] == [fact.name for fact in lived.journal]
    assert told_by_facts(case.state) == told_by_facts(lived.state)
    assert {one.key for one in case.commands} == {one.key for one in lived.commands}
