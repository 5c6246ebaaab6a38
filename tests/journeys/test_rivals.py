"""Two applications for the same ground, all the way: order decides, and the next moves up."""

import pytest

from cli.demo_ring.casework import Case, prepare, register
from cli.demo_ring.ground import Place
from cli.demo_ring.people import key
from cli.demo_ring.ring import Ring
from contracts.cadastre.wire import GroundAsked
from contracts.licensing.language import Outcome, Status
from contracts.licensing.wire_applications import NewDraft, Withdrawal
from kernel.law.procedure import HolderKind

PERMIT = "artisanal-permit"
PAPERS = ("identity", "site-photograph", "landholder-consent")
OPINIONS = ("environment-opinion", "council-opinion", "lands-check")


def lodge(ring: Ring, place: Place, person: int, gpx: str) -> Case:
    """A single miner asks for gold on the ground of this walk."""
    miner = ring.miner(f"Miner {person}", place.phone(person))
    party = register(miner, HolderKind.PERSON, miner.name, f"ID-{place.number}-{person}")
    new = NewDraft(licence_type=PERMIT, party=party.id, minerals=["gold"])
    asked = GroundAsked(licence_type=PERMIT, minerals=["gold"], gpx=gpx)
    pages = {kind: [f"{kind}-1"] for kind in PAPERS}
    return Case(ring, miner, prepare(miner, new, asked, pages).lodge())


def answer_all(case: Case) -> None:
    """Everything up to and with the decision and its fee."""
    case.pay("application-fee")
    case.answer("screening")
    case.visit("site-visit", people=5)
    for step in ("site-visit", *OPINIONS):
        case.answer(step)
    case.answer("decision", step_up=True)
    case.pay("grant-fee")


def facts_of(case: Case) -> list[str]:
    return [one.name for one in case.miner.cases.history(case.id, limit=500).entries]


@pytest.mark.timeout(600)
def test_the_next_in_line_gets_the_ground_when_the_first_withdraws(
    ring: Ring, place: Place
) -> None:
    first = lodge(ring, place, 71, place.walk())
    second = lodge(ring, place, 72, place.rivals_walk())
    answer_all(second)
    again = second.open_step("decision")
    assert again.round == 2
    assert "issuance.returned" in facts_of(second)
    version = first.miner.licensing.application(first.id).version
    first.miner.licensing.withdraw(first.id, Withdrawal(reason="We work elsewhere"), key(), version)
    first.ended(Status.WITHDRAWN)
    second.answer("decision", step_up=True)
    assert second.licence_code()
    assert facts_of(second).count("invoice.paid") == 2


@pytest.mark.timeout(600)
def test_who_came_second_is_refused_when_the_first_has_its_licence(
    ring: Ring, place: Place
) -> None:
    first = lodge(ring, place, 73, place.walk())
    second = lodge(ring, place, 74, place.rivals_walk())
    answer_all(first)
    code = first.licence_code()
    first.ended(Status.GRANTED)
    answer_all(second)
    assert second.open_step("decision").round == 2
    director = ring.officer("n.director", step_up=True)
    second.decide(director, "decision", Outcome.REFUSED, f"The ground is held under {code}")
    second.ended(Status.REFUSED)
    asked = GroundAsked(licence_type=PERMIT, minerals=["gold"], gpx=place.rivals_walk())
    hits = ring.anybody().cadastre.check_ground(asked).report.hits
    assert [hit.ref for hit in hits if hit.kind == "licence"] == [code]
