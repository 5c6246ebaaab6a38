"""Subscribers: in which language one is told things, and numbers that were lost."""

from uuid import UUID

from fastapi import APIRouter, Depends, Response

from chassis.idempotency import AtOnce
from chassis.problem_json import answers
from chassis.unit_of_work import AtUnitOfWork, ReadWork
from chassis.who import APPLICANT, STAFF, asks
from contracts.messages.wire import (
    LanguageChosen,
    SubscriberState,
    SubscriberStopped,
    SubscriberView,
)
from kernel.authority import Actor
from kernel.problems import NotAllowed, NotFound
from services.messages.acts.block_subscriber import block_subscriber
from services.messages.acts.choose_language import LanguageNotSpoken, choose_language
from services.messages.acts.release_number import release_number
from services.messages.desk import Desk
from services.messages.domain.access import STOPPING
from services.messages.domain.addresses import subscriber_of
from services.messages.domain.subscriber import Subscriber
from services.messages.routes.at_desk import AtDesk
from services.messages.store.subscribers import Subscribers

router = APIRouter(tags=["subscribers"], prefix="/subscribers")


def me_of(actor: Actor) -> UUID:
    """The subscriber one has signed in as. Raises NotFound."""
    me = subscriber_of(actor.person or "")
    if me is None:
        raise NotFound("You did not sign in by phone")
    return me


def show(subscriber: Subscriber, desk: Desk) -> SubscriberView:
    return SubscriberView(
        person=subscriber.person,
        phone_ends=subscriber.phone_ends,
        language=subscriber.language,
        languages=list(desk.languages),
        since=subscriber.created_at,
    )


@router.get(
    "/me",
    dependencies=[Depends(asks(APPLICANT))],
    response_model=SubscriberView,
    responses=answers(NotFound),
)
def me(work: ReadWork, desk: AtDesk) -> object:
    """Oneself."""
    found = Subscribers(work.session).find(me_of(work.actor))
    if found is None:
        raise NotFound("You did not sign in by phone")
    return show(found, desk)


@router.put(
    "/me",
    dependencies=[Depends(asks(APPLICANT))],
    response_model=SubscriberView,
    responses=answers(NotFound, LanguageNotSpoken),
)
def choose(chosen: LanguageChosen, work: AtUnitOfWork, desk: AtDesk) -> object:
    """Be told things in another language from now on."""
    made = choose_language(work, me_of(work.actor), chosen.language, desk.languages)
    return show(made, desk)


@router.post(
    "/{subscriber}/block",
    dependencies=[Depends(asks(STAFF, STOPPING, step_up=True))],
    response_model=SubscriberState,
    responses=answers(NotFound, NotAllowed),
)
def block(subscriber: UUID, why: SubscriberStopped, once: AtOnce, desk: AtDesk) -> Response:
    """A telephone was lost: nobody signs in with its number any more, and it is told so."""
    return once(lambda: block_subscriber(once.work, desk, subscriber, why.reason), SubscriberState)


@router.post(
    "/{subscriber}/release",
    dependencies=[Depends(asks(STAFF, STOPPING, step_up=True))],
    response_model=SubscriberState,
    responses=answers(NotFound, NotAllowed),
)
def release(subscriber: UUID, why: SubscriberStopped, once: AtOnce, desk: AtDesk) -> Response:
    """A number is another person's now: its next sign-in begins somebody new."""
    return once(lambda: release_number(once.work, desk, subscriber, why.reason), SubscriberState)
