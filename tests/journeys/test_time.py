"""Legal time in the whole ring: cases begun after the clock was moved, places not paid for."""

from datetime import timedelta

import pytest

from cli.demo_ring.casework import Case
from cli.demo_story.others import BUYER, CARD, RIGHTS, SMALL_SCALE, Right, lodge_right
from cli.demo_story.story import Story
from contracts.cadastre.language import ApplicationAreaStatus
from contracts.licensing.language import Outcome, Status

MINUTE = timedelta(minutes=1)
CONDITIONAL = [right for right in RIGHTS if right is not CARD]


def forward(story: Story, by: timedelta) -> None:
    story.ring.move_clock(story.ring.clock.now() + by, print)


@pytest.mark.timeout(600)
def test_a_case_begun_after_the_clock_was_moved_lives_in_legal_time(story: Story) -> None:
    forward(story, timedelta(days=3))
    moved_to = story.ring.clock.now()
    case = lodge_right(story, CARD, person=31)
    assert abs(case.lodged.lodged_at - moved_to) < MINUTE
    case.pay(CARD.fee)
    check = case.open_step("zone-check")
    assert check.due_at is not None
    assert check.due_at > check.opened_at >= case.lodged.lodged_at
    story.ring.move_clock(check.due_at + MINUTE, print)
    silent = case.step("zone-check")
    assert silent is not None
    assert (silent.outcome, silent.decided_at) == (Outcome.DEEMED_APPROVED, check.due_at)
    assert case.open_step("decision").opened_at == check.due_at


@pytest.mark.timeout(600)
def test_places_that_are_not_paid_for_in_time_never_counted(story: Story) -> None:
    cases = [lodge_right(story, right, person) for person, right in enumerate(CONDITIONAL, 41)]
    for case in cases:
        case.invoice("application-fee")
    forward(story, timedelta(minutes=62))
    for case, right in zip(cases, CONDITIONAL, strict=True):
        case.ended(Status.VOID)
        story.ring.text(case.miner.number, "never counted")
        if right.grid:
            area = case.area()
            assert area is not None
            assert area.status is ApplicationAreaStatus.RELEASED


@pytest.mark.timeout(600)
def test_a_place_that_was_paid_for_stands_when_the_hour_is_over(story: Story) -> None:
    paid = [pay(lodge_right(story, right, n), right) for n, right in enumerate(CONDITIONAL, 51)]
    forward(story, timedelta(minutes=62))
    for case in paid:
        assert case.miner.licensing.application(case.id).status is Status.LODGED
        case.open_step("screening")


def pay(case: Case, right: Right) -> Case:
    case.pay(right.fee)
    case.paid(right.fee)
    return case


def test_rights_that_are_conditional_are_these() -> None:
    assert [SMALL_SCALE, BUYER] == CONDITIONAL
