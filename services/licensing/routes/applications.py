"""Applications up to lodgement: drafts, reading, lodging, papers afterwards, withdrawal."""


from fastapi import APIRouter, Depends, Response

from chassis.idempotency import AtOnce
from chassis.pages import AtPage, NotAPage, after_instant
from chassis.problem_json import answers
from chassis.unit_of_work import AtUnitOfWork, ReadWork, UnitOfWork
from chassis.versions import AtVersion, MaybeVersion, etag
from chassis.who import ANYBODY_SIGNED_IN, asks
from contracts.licensing.language import ReceiptKind
from contracts.licensing.wire_applications import (
    ApplicationLine,
    ApplicationPage,
    ApplicationView,
    Delivery,
    DraftContent,
    Lodged,
    Lodgement,
    NewDraft,
    PaperView,
    ReceiptView,
    Withdrawal,
)
from kernel.law.compile import OfficeUnknown
from kernel.law.editions import NoSuchLaw
from kernel.problems import NotAllowed, NotFound, Stale
from services.licensing.acts.begin_draft import begin_draft
from services.licensing.acts.deliver_paper import deliver_paper
from services.licensing.acts.edit_draft import edit_draft
from services.licensing.acts.lodge_application import lodge_application
from services.licensing.acts.withdraw_application import withdraw_application
from services.licensing.domain import ground, identity, judging, papers
from services.licensing.domain.access import CounterOnly, must_see
from services.licensing.domain.application import Application
from services.licensing.domain.shown import show_application
from services.licensing.domain.status import NotInThisStatus
from services.licensing.gathering import HeadNotOurs
from services.licensing.routes.at_desk import AtDesk
from services.licensing.store.applications import Applications
from services.licensing.store.parties import Parties

router = APIRouter(prefix="/applications", tags=["applications"])
OTHERS = (NotFound, NotAllowed)
LODGING = (
    NotInThisStatus,
    NoSuchLaw,
    OfficeUnknown,
    HeadNotOurs,
    identity.HolderNotAllowed,
    identity.IdentityNotProven,
    identity.MineralNotAllowed,
    identity.HoldingLimitReached,
    judging.FactsMissing,
    papers.PapersMissing,
    ground.GroundNeeded,
    ground.NoGroundWanted,
    ground.GroundStatementNotOurs,
    ground.GroundStatementForAnother,
    ground.GroundStatementTooOld,
    ground.GroundNotReadable,
)


def view(work: UnitOfWork, application: Application) -> ApplicationView:
    """The application with its documents and papers."""
    files = Applications(work.session)
    return show_application(
        application,
        Parties(work.session).get(application.party_id),
        files.documents(application.id),
        files.papers(application.id),
    )


def seen_by(work: UnitOfWork, ref: str) -> Application:
    """The application, when the one who asks may see it."""
    files = Applications(work.session)
    application = files.get(ref)
    party = Parties(work.session).get(application.party_id)
    must_see(application, party, files.offices(application), work.actor, work.now)
    return application


def tags(shown: ApplicationView) -> dict[str, str]:
    return {"ETag": etag(shown.version), "Location": f"/v1/applications/{shown.id}"}


@router.post(
    "",
    dependencies=[Depends(asks(ANYBODY_SIGNED_IN))],
    status_code=201,
    response_model=ApplicationView,
    responses=answers(*OTHERS, CounterOnly, NoSuchLaw),
)
def begin(new: NewDraft, once: AtOnce, desk: AtDesk) -> Response:
    """Begin a draft; nothing is received yet."""
    return once(
        lambda: view(once.work, begin_draft(once.work, desk, new)),
        ApplicationView,
        status=201,
        headers=tags,
    )


@router.get(
    "",
    dependencies=[Depends(asks(ANYBODY_SIGNED_IN))],
    response_model=ApplicationPage,
    responses=answers(NotAPage),
)
def own(work: ReadWork, page: AtPage) -> object:
    """The applications of the one who asks, the last changed first; officers: those they helped."""
    person = work.actor.person or ""
    found = Applications(work.session).of_person(person, after_instant(page), page.limit + 1)
    keys = [(a.updated_at.isoformat(), str(a.id)) for a, _ in found]
    return ApplicationPage(
        applications=[line(a, holder) for a, holder in found[: page.limit]],
        next=page.following(keys),
    )


def line(application: Application, holder: str) -> ApplicationLine:
    told = {
        name: getattr(application, name)
        for name in ApplicationLine.model_fields
        if hasattr(application, name)
    }
    return ApplicationLine(**told | {"holder": holder})


@router.get(
    "/{ref}",
    dependencies=[Depends(asks(ANYBODY_SIGNED_IN))],
    response_model=ApplicationView,
    responses=answers(*OTHERS),
)
def read(ref: str, work: ReadWork, response: Response) -> object:
    """An application by id or code: one's own, or of an office one is appointed at."""
    shown = view(work, seen_by(work, ref))
    response.headers["ETag"] = etag(shown.version)
    return shown


@router.put(
    "/{ref}",
    dependencies=[Depends(asks(ANYBODY_SIGNED_IN))],
    response_model=ApplicationView,
    responses=answers(*OTHERS, Stale, NotInThisStatus, NoSuchLaw),
)
def edit(
    ref: str,
    content: DraftContent,
    seen: AtVersion,
    work: AtUnitOfWork,
    desk: AtDesk,
    response: Response,
) -> object:
    """Replace the content of a draft; If-Match names the version that was read."""
    shown = view(work, edit_draft(work, desk, ref, seen, content))
    response.headers["ETag"] = etag(shown.version)
    return shown


@router.post(
    "/{ref}/lodgement",
    dependencies=[Depends(asks(ANYBODY_SIGNED_IN))],
    status_code=201,
    response_model=Lodged,
    responses=answers(*OTHERS, *LODGING),
)
def lodge(ref: str, sent: Lodgement, once: AtOnce, desk: AtDesk) -> Response:
    """Lodge a draft: from here on it has a number, a place and a signed receipt."""
    return once(lambda: lodge_application(once.work, desk, ref, sent), Lodged, status=201)


@router.get(
    "/{ref}/receipts/{kind}",
    dependencies=[Depends(asks(ANYBODY_SIGNED_IN))],
    response_model=ReceiptView,
    responses=answers(*OTHERS),
)
def receipt(ref: str, kind: ReceiptKind, work: ReadWork) -> object:
    """A signed receipt as it was issued."""
    found = Applications(work.session).receipt(seen_by(work, ref).id, kind)
    if found is None:
        raise NotFound("There is no such receipt")
    return found


@router.post(
    "/{ref}/papers/{kind}/delivery",
    dependencies=[Depends(asks(ANYBODY_SIGNED_IN))],
    response_model=PaperView,
    responses=answers(
        *OTHERS,
        NotInThisStatus,
        papers.PaperNotWanted,
        papers.PageMissing,
        papers.PaperTooLate,
    ),
)
def deliver(ref: str, kind: str, handed: Delivery, once: AtOnce, desk: AtDesk) -> Response:
    """Hand in a paper that was missing at lodgement; its pages were sent as documents before."""
    return once(lambda: deliver_paper(once.work, desk, ref, kind, handed.pages), PaperView)


@router.post(
    "/{ref}/withdrawal",
    dependencies=[Depends(asks(ANYBODY_SIGNED_IN))],
    response_model=ApplicationView,
    responses=answers(*OTHERS, Stale, NotInThisStatus),
)
def withdraw(ref: str, given: Withdrawal, seen: MaybeVersion, once: AtOnce) -> Response:
    """Withdraw a lodged application; its place and its ground are free."""
    return once(
        lambda: view(once.work, withdraw_application(once.work, ref, seen, given)), ApplicationView
    )
