"""Callbacks of providers: hints that prove nothing, after which the provider is asked."""

from datetime import timedelta
from typing import Final

from fastapi import APIRouter, Depends, Request, Response
from prometheus_client import Counter

from chassis.idempotency import spell
from chassis.intake import BODY_HASH
from chassis.problem_json import answers
from chassis.rate_limits import RateLimit
from chassis.who import PUBLIC, AtSession, asks
from contracts.payments.callback import Callback
from contracts.payments.wire import CallbackTaken
from kernel.problems import TooMany
from services.payments.acts.record_hint import record_hint
from services.payments.gateways.provider import NoOperatorConnected, NoSuchProvider
from services.payments.routes.at_desk import AtTeller
from services.payments.teller import provider_called

router = APIRouter(tags=["callbacks"])
CALLBACKS: Final = Counter(
    "cornerpost_callbacks_total", "Callbacks of payment providers", ("provider", "verdict")
)


@router.post(
    "/providers/{name}/callbacks",
    status_code=202,
    response_model=CallbackTaken,
    dependencies=[Depends(asks(PUBLIC)), Depends(RateLimit(1200, timedelta(minutes=1)))],
    responses=answers(NoSuchProvider, NoOperatorConnected, TooMany),
)
def take(
    name: str, told: Callback, request: Request, session: AtSession, teller: AtTeller
) -> Response:
    """Take a hint: it is recorded whether it is true or forged, and then the provider is asked.

    The answer is the same for every readable body. Of the body only a hash is kept, and nothing
    where it speaks of no payment of ours.
    """
    session.close()
    teller.must_know(name)
    body_hash: bytes = request.scope[BODY_HASH]
    noted = teller.works.run(
        provider_called(name), lambda work: record_hint(work, name, told, body_hash)
    )
    CALLBACKS.labels(name, noted.verdict.value).inc()
    if noted.ask is not None:
        teller.at_once(teller.ask, noted.ask)
    return Response(spell(CallbackTaken(), CallbackTaken), 202, media_type="application/json")
