"""Parties: register, read, members one by one or from a list, interests."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from chassis.idempotency import AtOnce, spell
from chassis.problem_json import answers
from chassis.spool import AtSpool
from chassis.unit_of_work import AtUnitOfWork, ReadWork
from chassis.versions import etag
from chassis.who import ANYBODY_SIGNED_IN, asks
from contracts.licensing.wire_parties import (
    EndOfMembership,
    Evidence,
    ImportReport,
    InterestView,
    NewInterest,
    NewMember,
    NewParty,
    PartyView,
)
from kernel.authority import Power
from kernel.problems import NotAllowed, NotFound
from services.licensing.acts.add_evidence import add_evidence
from services.licensing.acts.declare_interest import declare_interest
from services.licensing.acts.end_membership import end_membership
from services.licensing.acts.enrol_member import enrol_member
from services.licensing.acts.import_members import import_members
from services.licensing.acts.register_party import register_party
from services.licensing.domain.access import CounterOnly, acts_for, refuse
from services.licensing.domain.identity import EvidenceNotKnown, EvidenceStands
from services.licensing.domain.member_list import HeadingNotFound
from services.licensing.domain.membership import (
    CannotBeAMember,
    MemberAlready,
    MemberMissing,
    MembershipDates,
    NotAGroup,
    PersonsOnly,
)
from services.licensing.domain.shown import show_party
from services.licensing.gateways.spreadsheet import SpreadsheetNotReadable, read_sheet
from services.licensing.routes.at_desk import AtDesk
from services.licensing.store.parties import Parties

router = APIRouter(prefix="/parties", tags=["parties"])
JOINING = (NotAGroup, MemberAlready, CannotBeAMember, MembershipDates, MemberMissing)


def read_list(spool: AtSpool) -> list[list[str]]:
    return read_sheet(spool.path)


AtList = Annotated[list[list[str]], Depends(read_list)]


@router.post(
    "",
    dependencies=[Depends(asks(ANYBODY_SIGNED_IN))],
    status_code=201,
    response_model=PartyView,
    responses=answers(CounterOnly, EvidenceNotKnown, PersonsOnly),
)
def register(new: NewParty, once: AtOnce, desk: AtDesk) -> Response:
    """Register a person, company, cooperative or federation; at a counter, for somebody else."""
    today = desk.law.today(once.work.now)
    return once(
        lambda: show_party(register_party(once.work, desk.law, new), today),
        PartyView,
        status=201,
        headers=lambda party: {"ETag": etag(party.version), "Location": f"/v1/parties/{party.id}"},
    )


@router.get("", dependencies=[Depends(asks(ANYBODY_SIGNED_IN))], response_model=list[PartyView])
def own(work: ReadWork, desk: AtDesk) -> object:
    """The parties that the one who asks speaks for."""
    today = desk.law.today(work.now)
    return [
        show_party(one, today) for one in Parties(work.session).of_person(work.actor.person or "")
    ]


@router.get(
    "/{party}",
    dependencies=[Depends(asks(ANYBODY_SIGNED_IN))],
    response_model=PartyView,
    responses=answers(NotFound, NotAllowed),
)
def read(party: UUID, work: ReadWork, desk: AtDesk, response: Response) -> object:
    """A party of one's own; officers read the parties whose files are with their office."""
    found = Parties(work.session).get(party)
    offices = Parties(work.session).offices(party)
    deciding = any(work.actor.holds(Power.READ_CASES, office, work.now) for office in offices)
    if not acts_for(found, work.actor, work.now) and not deciding:
        refuse(work.actor, "None of this party's files is with your office")
    response.headers["ETag"] = etag(found.version)
    return show_party(found, desk.law.today(work.now))


@router.post(
    "/{party}/evidence",
    dependencies=[Depends(asks(ANYBODY_SIGNED_IN))],
    status_code=201,
    response_model=PartyView,
    responses=answers(NotFound, NotAllowed, EvidenceNotKnown, EvidenceStands),
)
def show_evidence(party: UUID, new: Evidence, once: AtOnce, desk: AtDesk) -> Response:
    """Show one more thing that proves who the party is; answers the party."""
    today = desk.law.today(once.work.now)
    return once(
        lambda: show_party(add_evidence(once.work, desk.law, party, new), today),
        PartyView,
        status=201,
    )


@router.post(
    "/{party}/members",
    dependencies=[Depends(asks(ANYBODY_SIGNED_IN))],
    status_code=201,
    response_model=PartyView,
    responses=answers(NotFound, NotAllowed, EvidenceNotKnown, PersonsOnly, *JOINING),
)
def enrol(party: UUID, new: NewMember, once: AtOnce, desk: AtDesk) -> Response:
    """Take a member into a group; answers the group."""
    today = desk.law.today(once.work.now)
    return once(
        lambda: show_party(enrol_member(once.work, desk.law, party, new), today),
        PartyView,
        status=201,
    )


@router.put(
    "/{party}/members/list",
    dependencies=[Depends(asks(ANYBODY_SIGNED_IN))],
    response_model=ImportReport,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                kind: {"schema": {"type": "string", "format": "binary"}}
                for kind in (
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                    "application/vnd.oasis.opendocument.spreadsheet",
                    "text/csv",
                )
            },
        }
    },
    responses=answers(
        NotFound, NotAllowed, NotAGroup, CannotBeAMember, SpreadsheetNotReadable, HeadingNotFound
    ),
)
def import_list(party: UUID, rows: AtList, work: AtUnitOfWork, desk: AtDesk) -> Response:
    """Enrol the members of a spreadsheet (XLSX, ODS, CSV) sent as the raw body.

    Every row is answered: accepted, known, or refused with what to put right. Sending the list
    again changes nothing for those who are members already.
    """
    report = import_members(work, desk.law, party, rows)
    return Response(spell(report, ImportReport), media_type="application/json")


@router.post(
    "/{party}/members/{membership}/end",
    dependencies=[Depends(asks(ANYBODY_SIGNED_IN))],
    response_model=PartyView,
    responses=answers(NotFound, NotAllowed, MembershipDates),
)
def leave(
    party: UUID, membership: UUID, ending: EndOfMembership, once: AtOnce, desk: AtDesk
) -> Response:
    """End a membership; it stays readable."""
    today = desk.law.today(once.work.now)
    return once(
        lambda: show_party(end_membership(once.work, desk.law, party, membership, ending), today),
        PartyView,
    )


@router.post(
    "/{party}/interests",
    dependencies=[Depends(asks(ANYBODY_SIGNED_IN))],
    status_code=201,
    response_model=InterestView,
    responses=answers(NotFound, NotAllowed, MembershipDates),
)
def declare(party: UUID, new: NewInterest, once: AtOnce, desk: AtDesk) -> Response:
    """Declare an interest: one's own as an officer, or as the party; the party's bars nobody."""
    return once(lambda: declare_interest(once.work, desk.law, party, new), InterestView, status=201)
