"""Notices: what was told to whom, and whether it arrived."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from chassis.idempotency import AtOnce
from chassis.pages import AtPage, NotAPage, PageWanted, after_id
from chassis.problem_json import answers
from chassis.unit_of_work import ReadWork, UnitOfWork
from chassis.who import ANYBODY_SIGNED_IN, STAFF, asks
from contracts.messages.wire import NoticePage, NoticeView
from kernel.authority import Realm
from kernel.problems import NotAllowed, NotFound
from services.messages.acts.record_read import record_read
from services.messages.desk import Desk
from services.messages.domain.access import (
    EVERYWHERE,
    SEEING,
    addressees_of,
    must_work_at,
    sees_everything,
)
from services.messages.domain.shown import show_notice
from services.messages.routes.at_desk import AtDesk
from services.messages.store.notices import Notices

router = APIRouter(tags=["notices"])


@router.get(
    "/notices",
    dependencies=[Depends(asks(ANYBODY_SIGNED_IN))],
    response_model=NoticePage,
    responses=answers(NotAllowed, NotAPage),
)
def notices(
    work: ReadWork, desk: AtDesk, page: AtPage, case: Annotated[UUID | None, Query()] = None
) -> object:
    """What oneself was told, newest first; officers see all of a case that their office is told
    of.
    """
    told = addressees_of(work.actor, work.now)
    if case is None or work.actor.realm is not Realm.STAFF:
        return _page(work, desk, page, case, told)
    if not sees_everything(work.actor, work.now) and not Notices(work.session).was_told(case, told):
        raise NotAllowed("Your office was told nothing of this case")
    return _page(work, desk, page, case, None)


@router.get(
    "/offices/{office}/notices",
    dependencies=[Depends(asks(STAFF, *SEEING, *EVERYWHERE))],
    response_model=NoticePage,
    responses=answers(NotAllowed, NotAPage),
)
def office_notices(office: str, work: ReadWork, desk: AtDesk, page: AtPage) -> object:
    """An office's post, newest first; for its officers."""
    must_work_at(work.actor, office, work.now)
    return _page(work, desk, page, None, [f"office:{office}"])


@router.post(
    "/notices/{notice}/reading",
    dependencies=[Depends(asks(ANYBODY_SIGNED_IN))],
    response_model=NoticeView,
    responses=answers(NotFound, NotAllowed),
)
def reading(notice: UUID, once: AtOnce, desk: AtDesk) -> Response:
    """Confirm that one has read a notice."""
    return once(lambda: _read(once.work, desk, notice), NoticeView)


def _read(work: UnitOfWork, desk: Desk, notice: UUID) -> NoticeView:
    found = record_read(work, notice)
    return show_notice(found, desk.edition_of(found.edition, work.now))


def _page(
    work: UnitOfWork, desk: Desk, page: PageWanted, case: UUID | None, told: list[str] | None
) -> NoticePage:
    found = Notices(work.session).listed(
        case=case, addressees=told, before=after_id(page), limit=page.limit + 1
    )
    shown = [show_notice(one, desk.edition_of(one.edition, work.now)) for one in found]
    return NoticePage(
        notices=shown[: page.limit],
        next=page.following([(str(one.id),) for one in found]),
        as_of=work.now,
    )
