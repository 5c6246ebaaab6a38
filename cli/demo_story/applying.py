"""The story's beginning: a cooperative and a rival apply for ground that overlaps."""

import time

from cli.demo_ring.casework import JPEG, XLSX, Case, prepare, register
from cli.demo_ring.ground import photograph
from cli.demo_ring.people import key
from cli.demo_ring.waiting import until
from cli.demo_story.story import Applying, Lodged, Story
from cli.demo_story.telling import must
from contracts.cadastre.wire import ApplicationAreaTold, GroundAsked
from contracts.licensing.wire_applications import NewDraft
from contracts.payments.wire import Amount, QuoteAsked, QuoteFacts, Signed
from deploy.stack.layout import ROOT
from kernel.law.procedure import HolderKind
from kernel.problems import Problem

PERMIT = "artisanal-permit"
COOPERATIVE = "Green Hill Miners' Cooperative"
RIVAL = "Tobias Renga"
GOLD = ["gold"]
PAGES = {
    "identity": ["identity-1"],
    "members-list": ["members-list-1", "members-list-2"],
    "site-photograph": ["site-photograph-1"],
    "landholder-consent": ["landholder-consent-1"],
}
RIVALS_PAGES = {"identity": ["identity-1"]}


def apply(story: Story) -> Applying:
    """People sign in, the cooperative is registered, ground is checked and papers are sent."""
    tell, place = story.tell, story.place
    tell.section("A cooperative gets ready: sign-in by phone, members, ground, papers")
    chair = story.ring.miner("Mariam Oru", place.phone(1))
    tell.fact("The chair signs in by phone with the code she was sent", story.phone(chair))
    tell.remember("The chair's phone", story.phone(chair))
    rival = story.ring.miner(RIVAL, place.phone(2))
    ours = register(chair, HolderKind.COOPERATIVE, COOPERATIVE, f"COOP-{place.number + 1:04d}")
    party = story.service("licensing", f"/parties/{ours.id}")
    sheet = (ROOT / "examples" / "members.xlsx").read_bytes()
    report = chair.licensing.import_members(ours.id, sheet, XLSX)
    must((report.accepted, report.party.women) == (12, 7), "12 members, 7 of them women")
    tell.fact(
        f"{COOPERATIVE} is registered; examples/members.xlsx gives {report.party.live_members} "
        f"members, {report.party.women} of them women", party,
    )
    asked = GroundAsked(licence_type=PERMIT, minerals=GOLD, gpx=place.walk())
    new = NewDraft(licence_type=PERMIT, party=ours.id, minerals=GOLD)
    draft = prepare(chair, new, asked, PAGES)
    person = register(rival, HolderKind.PERSON, RIVAL, f"ID-{place.number + 1:04d}")
    other = GroundAsked(licence_type=PERMIT, minerals=GOLD, gpx=place.rivals_walk())
    theirs = NewDraft(licence_type=PERMIT, party=person.id, minerals=GOLD)
    applying = Applying(chair, report.party, draft, rival,
                        prepare(rival, theirs, other, RIVALS_PAGES))
    tell_ground(story, applying)
    return applying


def tell_ground(story: Story, applying: Applying) -> None:
    """What the check said, what it will cost, and that the papers are there."""
    tell, ground = story.tell, applying.draft.ground
    must(ground, "a ground check")
    assert ground is not None
    report, body = ground.report, ground.statement.body
    east, north = story.place.moved
    walked = "examples/walk.gpx"
    if east or north:
        walked += f" (moved {east} m east, {north} m north: its own place is taken)"
    seen = story.service("cadastre", f"/ground/checks/{body['id']}")
    tell.fact(f"{walked} is {report.hectares['legal']} ha in the country's plane", seen)
    must(report.known_workings >= 1, "a known working under the ground")
    working = next(hit for hit in report.hits if hit.kind == "known-working")
    tell.fact(
        "People mine there without a licence already, a known working: "
        f"{working.consequence.replace('-', ' ')} before any grant", seen,
    )
    file = tell.keep("ground-statement.json", ground.statement)
    tell.verify("statement", file, story.ring.public_key("cadastre-statements"))
    tell.fact("verify.py believes the signed ground statement", str(file))
    facts = QuoteFacts(party_kind=HolderKind.COOPERATIVE, members=12, women=7)
    quote = applying.chair.payments.quote(QuoteAsked(
        licence_type=PERMIT, facts=facts, ground=Signed(**ground.statement.model_dump())
    ))
    tell.fact(f"Before anything is started: it will cost {money(quote.total)} in all",
              f"POST {story.service('payments', '/quotes')}")
    sent = sum(len(names) for names in PAGES.values())
    where = story.service("licensing", f"/applications/{applying.draft.application}")
    tell.fact(f"{sent} photographed papers are in the draft", where)


def lodge(story: Story, applying: Applying) -> Lodged:
    """Both lodge, the rival a second later; each is told its own place and nothing of the other."""
    tell = story.tell
    tell.section("Two lodge for the same ground, one second apart")
    case = Case(story.ring, applying.chair, applying.draft.lodge())
    time.sleep(1)
    rivals = Case(story.ring, applying.rival, applying.rivals_draft.lodge())
    where = story.service("licensing", f"/applications/{case.code}")
    tell.fact(
        f"The cooperative's application is received as {case.code}, place "
        f"{case.lodged.filing_seq}, at {case.lodged.lodged_at:%H:%M:%S.%f}"[:-3] + " UTC", where,
    )
    tell.remember("The application (signed in)", where)
    receipt = tell.keep("receipt.json", case.lodged.receipt)
    tell.verify("receipt", receipt, story.ring.public_key("licensing-receipts"))
    tell.fact(f"verify.py believes the receipt {case.lodged.receipt.short_code}", str(receipt))
    story.told(case.miner, case.code)
    deliver_later_paper(story, case)
    later = (rivals.lodged.lodged_at - case.lodged.lodged_at).total_seconds()
    tell.fact(f"A second applicant lodges {later:.1f} s later: {rivals.code}, place "
              f"{rivals.lodged.filing_seq}",
              story.service("licensing", f"/applications/{rivals.code}"))
    tell_rival(story, case, rivals)
    return Lodged(case, rivals)


def deliver_later_paper(story: Story, case: Case) -> None:
    """A paper that may come later than the application comes now."""
    ours, kind = case.miner.licensing, "environment-pledge"
    (missing,) = [one for one in ours.application(case.id).papers if one.state == "missing"]
    must(missing.kind == kind and missing.due_at, "one paper may still come")
    ours.put_document(case.id, kind, 1, photograph(f"{kind}-1"), JPEG)
    ours.deliver_paper(case.id, kind, [1], key())
    story.tell.fact(f"One paper was allowed to come later ({kind}, until "
                    f"{missing.due_at:%d %b}): it is handed in",
                    story.service("licensing", f"/applications/{case.code}/papers/{kind}/delivery"))


def tell_rival(story: Story, case: Case, rivals: Case) -> None:
    """What the junior hears of the senior: the place and the hectares, not whose it is."""
    area = until("the rival's area is entered", lambda: displaced(rivals))
    where = story.service("cadastre", f"/application-areas/{rivals.id}")
    (senior,) = area.seniors
    must(senior.seq == case.lodged.filing_seq, "the senior is the cooperative's application")
    must(COOPERATIVE not in area.model_dump_json(), "nothing says whose the senior is")
    story.tell.fact(
        f"It is told: number {senior.seq} comes first and takes {senior.hectares} of your "
        f"{area.hectares} ha; {area.net_hectares} ha are left. Not by whom", where,
    )
    story.told(rivals.miner, "the earlier application")
    refused = None
    try:
        rivals.miner.licensing.application(case.code)
    except Problem as problem:
        refused = problem
    must(refused is not None and refused.status == 404, "a stranger's file is not there")
    story.tell.fact("It asks for the first one's file: 404, as if there were none",
                    story.service("licensing", f"/applications/{case.code}"))
    story.tell.remember("The rival's phone", story.phone(rivals.miner))


def displaced(case: Case) -> ApplicationAreaTold | None:
    """The application area, once it has met those before it."""
    area = case.area()
    return area if area and area.seniors else None


def money(amount: Amount) -> str:
    """`40.00 EXD`."""
    return f"{amount.minor // 100}.{amount.minor % 100:02d} {amount.currency}"
