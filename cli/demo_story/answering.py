"""The story's middle: offices answer, one is not allowed to, one is late and is overtaken."""

from collections.abc import Callable
from datetime import timedelta

from cli.demo_ring.casework import Case
from cli.demo_ring.people import key
from cli.demo_story.story import Story
from cli.demo_story.telling import must
from contracts.licensing.language import Outcome, Status
from contracts.licensing.wire_steps import DecisionMade
from deploy.stack.layout import Refused
from kernel.problems import Problem

AFTER_DUE = timedelta(minutes=1)
GIVEN = DecisionMade(outcome=Outcome.APPROVED)


def screen(story: Story, case: Case) -> None:
    """The wrong office is refused, the right one answers."""
    tell = story.tell
    tell.section("The mining office screens; another office may not")
    here = case.open_step("screening")
    where = story.service("licensing", f"/applications/{case.code}/steps/screening/decision")
    stranger = story.ring.officer("s.screener")
    refusal = refused(lambda: stranger.cases.decide(case.id, "screening", GIVEN, here.version,
                                                    key()))
    must(refusal.status == 403, "an officer of another office may not answer")
    tell.fact(f"{stranger.name} of mines-south tries to answer: {refusal.status} "
              f"{refusal.title}", f"POST {where}")
    officer = story.ring.officer("n.screener")
    (line,) = [one for one in officer.cases.inbox(office="mines-north").lines
               if one.application == case.id]
    tell.fact(f"{officer.name} of mines-north has it in the inbox, due {line.due_at:%a %d %b}",
              story.service("licensing", "/inbox?office=mines-north"))
    case.decide(officer, "screening")
    tell.fact("Screened: papers, identity and ground are in order",
              story.service("licensing", f"/applications/{case.code}/steps"))


def look_at_workings(story: Story, case: Case) -> None:
    """The known working forces a visit and a notice before anybody may approve."""
    tell = story.tell
    tell.section("The known working: nothing is approved before a visit and a notice")
    here, officer = case.open_step("site-visit"), story.ring.officer("n.screener")
    where = story.service("licensing", f"/applications/{case.code}/steps/site-visit")
    refusal = refused(lambda: officer.cases.decide(case.id, "site-visit", GIVEN, here.version,
                                                   key()))
    tell.fact(f"Approved without a visit? {refusal.status}: {refusal.title}",
              f"POST {where}/decision")
    case.visit("site-visit", people=14)
    tell.fact("The visit is recorded (14 people at work), and that they were told, in Swahili "
              "and English", f"POST {where}/visit")
    case.decide(officer, "site-visit")
    tell.fact("Now it is approved", story.service("licensing", f"/applications/{case.code}/steps"))


def gather_opinions(story: Story, case: Case) -> None:
    """Council and lands registry answer in time, the environment office does not."""
    tell, where = story.tell, story.service("licensing", f"/applications/{case.code}/steps")
    tell.section("Three agencies are asked at once; one is late")
    for step, words in (
        ("council-opinion", "has no objection"), ("lands-check", "finds no title on the ground"),
    ):
        office = case.answer(step).office
        tell.fact(f"{office} {words}", where)
    late = case.open_step("environment-opinion")
    must(late.due_at is not None, "the environment office has a due instant")
    assert late.due_at is not None
    tell.fact(f"{late.office} is silent; its time runs out {late.due_at:%a %d %b %H:%M} UTC",
              where)
    story.ring.move_clock(late.due_at + AFTER_DUE, lambda line: tell.fact(f"clock: {line}"))
    now = case.open_step("environment-opinion")
    history = case.miner.cases.history(case.id, limit=500)
    told = [one.name for one in history.entries if one.payload.get("step") == late.step]
    must("step.warned" in told, "the office was warned")
    must(now.office != late.office, "another office has it")
    mailbox = f"{story.ring.address('telecom')}/mail/"
    warnings = [one["subject"] for one in story.ring.mails(address_of(story, late.office))
                if one["subject"].startswith(f"{case.code}:") and " is due " in one["subject"]]
    must(warnings, "the warning reached the office's mailbox")
    tell.fact(f'It was warned by mail: "{warnings[0]}"', mailbox + address_of(story, late.office))
    tell.fact(f"It said nothing: {now.office} has taken the file over ({now.article}), due "
              f"{now.due_at:%a %d %b}", where)
    story.told(case.miner, "was late")
    tell.remember("The late office's mailbox", mailbox + address_of(story, late.office))
    tell.remember("Facts of the case (signed in)",
                  story.service("licensing", f"/applications/{case.code}/history"))
    case.answer("environment-opinion")
    tell.fact(f"{now.office} answers: water and mercury are looked after", where)


def show_rivals_end(story: Story, rivals: Case) -> None:
    """The rival never paid: its application has ended meanwhile, by itself."""
    rivals.ended(Status.LAPSED)
    story.tell.fact(f"Meanwhile {rivals.code} has lapsed",
                    story.service("licensing", f"/applications/{rivals.code}"))
    story.told(rivals.miner, "has ended")


def address_of(story: Story, office: str) -> str:
    """An office's e-mail address, from the rulebook."""
    return story.ring.law.office(office).email


def refused(act: Callable[[], object]) -> Problem:
    """The refusal that an act meets. Raises Refused when it is not refused."""
    try:
        act()
    except Problem as problem:
        return problem
    raise Refused("This should have been refused, and was not")
