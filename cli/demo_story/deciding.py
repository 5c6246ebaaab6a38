"""The story's decision: signed on paper, recorded by one, confirmed by another, paid, issued."""

from datetime import timedelta

from cli.demo_ring.casework import JPEG, Case
from cli.demo_ring.ground import photograph
from cli.demo_ring.people import key
from cli.demo_ring.waiting import until
from cli.demo_story.paying import pay_grant_fee
from cli.demo_story.story import Story
from cli.demo_story.telling import must
from contracts.cadastre.wire import Feature
from contracts.licensing.language import Outcome
from contracts.licensing.wire_licences import LicenceView
from contracts.licensing.wire_steps import PaperConfirmation, PaperDecisionMade
from kernel.problems import Problem

COLLECTING = timedelta(days=6)  # until the members have the money together


def decide_on_paper(story: Story, case: Case) -> None:
    """The registrar types in what the director signed; the deputy compares and confirms."""
    tell = story.tell
    tell.section("The director signs on paper; two people bring it into the register")
    here, registrar = case.open_step("decision"), story.ring.officer("n.registrar")
    where = story.service("licensing", f"/applications/{case.code}/steps/decision")
    scan = registrar.cases.put_scan(case.id, "decision", photograph("decision-1"), JPEG)
    tell.fact("The registrar photographs it (examples/papers/decision-1.jpg)",
              f"{where}/scans/{scan.scan}")
    made = PaperDecisionMade(outcome=Outcome.APPROVED, signatory="regional-director",
                             signed_on=story.ring.today(), scan=scan.scan)
    typed = registrar.cases.record_paper(case.id, "decision", made, here.version, key())
    assert typed.paper is not None
    tell.fact(f"{registrar.name} records it: {typed.paper.outcome}, without effect yet",
              f"POST {where}/paper-decision")
    deputy = story.ring.officer("n.deputy", step_up=True)
    given = PaperConfirmation(paper=typed.paper.id)
    done = deputy.cases.confirm_paper(case.id, "decision", given, typed.step.version, key())
    must(done.decision, "the decision is in force")
    assert done.decision is not None
    tell.fact(f"{deputy.name}, signed in with the second factor, compares and confirms: decided "
              f"{done.decision.recorded_at:%a %d %b %H:%M} UTC", f"POST {where}/paper-confirmation")


def pay_and_issue(story: Story, case: Case) -> LicenceView:
    """The offer is paid some days later; the licence follows by itself."""
    tell = story.tell
    tell.section("The offer is accepted by paying; the licence is issued")
    due = case.invoice("grant-fee").due_at
    tell.fact(f"The offer stands until {due:%a %d %b}", story.phone(case.miner))
    story.ring.move_clock(story.ring.clock.now() + COLLECTING,
                          lambda line: tell.fact(f"clock: {line}"))
    pay_grant_fee(story, case)
    licence = case.miner.cases.licence(case.licence_code())
    tell.fact(
        f"Licence {licence.code} of {licence.holder}: {', '.join(licence.minerals)} on "
        f"{licence.hectares} ha, {licence.valid_from:%d %b %Y} to {licence.valid_to:%d %b %Y}",
        story.service("licensing", f"/licences/{licence.code}"),
    )
    until("its ground is on the map", lambda: on_the_map(case, licence.code))
    tell.fact("Its ground is on the map", story.service("cadastre",
                                                        f"/licence-areas/{licence.code}"))
    story.told(case.miner, licence.code)
    tell.remember("The licence", story.service("licensing", f"/licences/{licence.code}"))
    tell.remember("Its ground", story.service("cadastre", f"/licence-areas/{licence.code}"))
    return licence


def on_the_map(case: Case, code: str) -> Feature | None:
    """The licence area, once it is confirmed."""
    try:
        return case.miner.cadastre.licence_area(code)
    except Problem as problem:
        if problem.status == 404:
            return None
        raise
