"""The main job, from a walk round a field to a proven licence, for every licence type."""

from http import HTTPStatus
from pathlib import Path

import pytest

from cli.demo import tell, training_stack
from cli.demo_ring.casework import Case
from cli.demo_ring.waiting import until
from cli.demo_story.others import (
    BUYER,
    RIGHTS,
    SMALL_SCALE,
    Right,
    carry_through,
    lodge_right,
)
from cli.demo_story.story import Story
from contracts.cadastre.wire import ApplicationAreaTold
from contracts.licensing.language import ReceiptKind
from contracts.licensing.language_cases import Verdict
from contracts.licensing.wire_applications import ReceiptView
from deploy.stack.layout import Mode, Refused, establish
from kernel.problems import Problem


@pytest.mark.timeout(600)
def test_the_story_of_a_first_licence_is_told_to_its_end(story: Story, told: list[str]) -> None:
    tell(story)
    text = "\n".join(told)
    for words in (
        " is 6.4", "12 members, 7 of them women", "visit and notice", "403", "believed by nobody",
        "has taken the file over", "was late", "without effect yet", "off by nothing",
        "verify.py believes QR code and log proof", "exactly from lodging to the end of the case",
    ):
        assert words in text
    assert len(told) > 60


@pytest.mark.parametrize("right", RIGHTS, ids=lambda right: right.licence_type)
def test_every_other_right_goes_the_whole_way_round(story: Story, right: Right) -> None:
    case = lodge_right(story, right, person=21)
    code = carry_through(case, right)
    licence = case.miner.cases.licence(code)
    assert (licence.in_force, licence.licence_type) == (True, right.licence_type)
    said = story.ring.anybody().cases.verify(code).body
    assert (said["verdict"], said["holder"]) == (Verdict.IN_FORCE, right.who)
    assert (licence.units, licence.zone, licence.district) == (
        4 if right.grid else None, right.zone, right.district
    )


def test_a_buyers_receipt_is_conditional_until_the_fee_is_paid(story: Story) -> None:
    case = lodge_right(story, BUYER, person=22)
    assert case.lodged.receipt.kind is ReceiptKind.CONDITIONAL
    case.pay(BUYER.fee)
    final = until("the place is confirmed", lambda: final_receipt(case))
    kept = story.tell.keep("final.json", final)
    story.tell.verify("receipt", kept, story.ring.public_key("licensing-receipts"))


def final_receipt(case: Case) -> ReceiptView | None:
    try:
        return case.miner.licensing.receipt(case.id, ReceiptKind.FINAL)
    except Problem as lacking:
        if lacking.status != HTTPStatus.NOT_FOUND:
            raise
        return None


def test_ground_of_a_grid_is_recorded_conditionally_until_the_fee_is_paid(story: Story) -> None:
    case = lodge_right(story, SMALL_SCALE, person=23)
    assert case.lodged.receipt.kind is ReceiptKind.FINAL
    assert until("the ground is entered", case.area).conditional
    case.pay(SMALL_SCALE.fee)
    until("the ground stands for good", lambda: not must_have(case.area()).conditional)


def must_have(area: ApplicationAreaTold | None) -> ApplicationAreaTold:
    assert area is not None
    return area


def test_nobody_plays_on_a_production_stack(folder: Path) -> None:
    establish(folder / "data", Mode.PRODUCTION, 29500)
    with pytest.raises(Refused, match="--data"):
        training_stack(folder / "data")
