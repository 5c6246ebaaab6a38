"""How entities look on the wire: counts and lists that no column holds."""

from collections.abc import Sequence
from datetime import date

from contracts.licensing.language import Sex
from contracts.licensing.wire_applications import ApplicationView, DocumentView, PaperView
from contracts.licensing.wire_parties import Evidence, MemberView, PartyView
from services.licensing.domain.application import Application
from services.licensing.domain.membership import live_members
from services.licensing.domain.papers import Document, Paper
from services.licensing.domain.party import Member, Party
from services.licensing.domain.status import ALLOWED


def show_party(party: Party, today: date) -> PartyView:
    live = live_members(party.members, today)
    sexes = [m.party.sex for m in live if m.party is not None]
    return PartyView(
        id=party.id,
        kind=party.kind,
        name=party.name,
        nationality=party.nationality,
        sex=party.sex,
        birth_year=party.birth_year,
        registration=party.registration,
        evidence=[Evidence.model_validate(one) for one in party.evidence],
        members=[show_member(m) for m in party.members],
        live_members=len(live),
        women=sexes.count(Sex.FEMALE),
        men=sexes.count(Sex.MALE),
        version=party.version,
    )


def show_member(member: Member) -> MemberView:
    if member.party is None:
        raise LookupError("a membership is shown with its member")
    return MemberView(
        id=member.id,
        party=member.member_id,
        name=member.party.name,
        kind=member.party.kind,
        sex=member.party.sex,
        birth_year=member.party.birth_year,
        role=member.role,
        since=member.since,
        until=member.until,
        share=member.share,
    )


def show_application(
    application: Application, party: Party, documents: Sequence[Document], papers: Sequence[Paper]
) -> ApplicationView:
    told = {
        name: getattr(application, name)
        for name in ApplicationView.model_fields
        if hasattr(application, name)
    }
    return ApplicationView(
        **told
        | {
            "party": party.id,
            "holder": party.name,
            "documents": [DocumentView.model_validate(one) for one in documents],
            "papers": [PaperView.model_validate(one) for one in papers],
            "allowed": sorted(ALLOWED[application.status]),
        }
    )
