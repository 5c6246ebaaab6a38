"""The story's appointment: an officer gets a power by two people, uses it, and loses it again."""

from cli.demo_ring.casework import Case
from cli.demo_ring.people import OfficerAtWork, key
from cli.demo_ring.waiting import until
from cli.demo_story.story import Story
from cli.demo_story.telling import must
from contracts.licensing.wire_appointments import NewAppointment
from kernel.authority import Power
from kernel.problems import Problem

OFFICE = "mines-north"
NEWCOMER = "e.screener"


def appoint(story: Story, case: Case) -> None:
    """An officer of another office may not read the file; appointed by two people, one may."""
    tell, ring = story.tell, story.ring
    tell.section("An appointment: one proposes, another approves, every part of the ring knows")
    newcomer = ring.officer(NEWCOMER)
    where = story.service("licensing", f"/applications/{case.code}")
    must(sees(newcomer, case) == 403, "an officer of another office may not read the file")
    tell.fact(f"{newcomer.name} of mines-east asks for the file: 403", where)
    new = NewAppointment(person=newcomer.person, office=OFFICE, powers=[Power.READ_CASES])
    proposer = ring.officer("admin.north")
    proposed = proposer.cases.propose_appointment(new, key())
    approver = ring.officer("admin.south", step_up=True)
    seen = story.service("licensing", f"/appointments?office={OFFICE}")
    approved = approver.cases.approve_appointment(proposed.id, key())
    tell.fact(f"{proposer.name} proposes the same person for {OFFICE}, {approver.name} approves "
              f"with the second factor: {approved.status}", seen)
    until("the newcomer is admitted", lambda: admitted(story, case))
    tell.fact("Keycloak has the newcomer in the office's group: after a fresh sign-in the file "
              "can be read", where)
    proposer = ring.officer("admin.north", step_up=True)
    proposer.cases.end_appointment(proposed.id, key())
    must(sees(newcomer, case) == 403, "an ended appointment gives nothing")
    tell.fact("The appointment is ended: 403 at once, with the token still in hand", seen)
    tell.remember("Appointments (admin.north)", seen)


def admitted(story: Story, case: Case) -> bool:
    """Whether the newcomer, signed in afresh, may read the file by now."""
    return sees(story.ring.officer(NEWCOMER, again=True), case) == 200


def sees(officer: OfficerAtWork, case: Case) -> int:
    """The status that an officer meets at a file."""
    try:
        officer.licensing.application(case.id)
    except Problem as refusal:
        return refusal.status
    return 200
