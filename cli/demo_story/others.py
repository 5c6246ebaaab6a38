"""The other three rights, briefly: units of a grid, a card for a zone, a buyer without ground."""

from dataclasses import dataclass

from cli.demo_ring.casework import Case, prepare, register
from cli.demo_story.story import Story
from contracts.cadastre.wire import GroundAsked
from contracts.licensing.language import Status
from contracts.licensing.wire_applications import NewDraft
from kernel.law.procedure import HolderKind


@dataclass(frozen=True, slots=True)
class Right:
    """One licence type as somebody applies for it. Steps are answered in this order."""

    licence_type: str
    who: str
    minerals: tuple[str, ...]
    papers: tuple[str, ...]
    fee: str
    steps: tuple[str, ...]
    words: str
    grant_fee: bool = True
    zone: str | None = None
    district: str | None = None
    grid: bool = False


SMALL_SCALE = Right(
    "small-scale-licence", "Asha Mwenda", ("copper",),
    ("identity", "work-programme", "environment-plan", "landholder-consent"),
    "application-fee",
    ("screening", "environment-opinion", "council-opinion", "lands-check", "decision"),
    "four cells of the grid; the fee is paid before the ground is recorded", grid=True,
)
CARD = Right(
    "miners-card", "Joram Sefu", ("gold",), ("identity", "zone-attestation"), "card-fee",
    ("zone-check", "decision"),
    "one zone, no ground of its own", grant_fee=False, zone="kisanga-asm",
)
BUYER = Right(
    "buyers-licence", "Leila Pato", ("gold",),
    ("identity", "tax-clearance", "premises-lease"), "application-fee",
    ("screening", "council-opinion", "decision"),
    "no ground; the receipt counts when the fee is paid within the hour", district="hillside",
)
RIGHTS = (SMALL_SCALE, CARD, BUYER)


def lodge_right(story: Story, right: Right, person: int) -> Case:
    """Sign somebody new in and lodge for this right."""
    ring, place = story.ring, story.place
    miner = ring.miner(right.who, place.phone(person))
    number = f"ID-{place.number + 1:04d}-{person}"
    party = register(miner, HolderKind.PERSON, right.who, number)
    new = NewDraft(licence_type=right.licence_type, party=party.id, minerals=list(right.minerals))
    if right.district:
        new = new.model_copy(update={"district": right.district})
    asked = None
    if right.grid or right.zone:
        asked = GroundAsked(
            licence_type=right.licence_type, minerals=list(right.minerals),
            **({"cells": place.cells()} if right.grid else {"zone": right.zone}),
        )
    pages = {paper: [f"{paper}-1"] for paper in right.papers}
    return Case(ring, miner, prepare(miner, new, asked, pages).lodge())


def carry_through(case: Case, right: Right) -> str:
    """Pay, have every office answer, pay again; the licence's code."""
    case.pay(right.fee)
    case.paid(right.fee)
    for step in right.steps:
        case.answer(step, step_up=step == "decision")
    if right.grant_fee:
        case.pay("grant-fee")
    code = case.licence_code()
    case.ended(Status.GRANTED)
    return code


def issue_others(story: Story) -> None:
    """All three, one after the other."""
    story.tell.section("The other three rights go the same way round")
    for person, right in enumerate(RIGHTS, 11):
        case = lodge_right(story, right, person)
        code = carry_through(case, right)
        title = story.ring.law.text(story.ring.law.licence_type(right.licence_type).title)
        story.tell.fact(f"{title} {code} of {right.who}: {right.words}",
                        story.service("licensing", f"/licences/{code}"))
