"""Delivery reports of gateways: taken from whoever knows the word that went with the text."""

from datetime import timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query

from chassis.problem_json import answers
from chassis.rate_limits import RateLimit
from chassis.who import PUBLIC, asks
from contracts.messages.wire import DeliveryReport, ReportTaken
from kernel.authority import Actor
from kernel.events import ActorKind
from kernel.problems import NotFound, TooMany
from services.messages.acts.record_report import record_report
from services.messages.routes.at_desk import AtWorks

router = APIRouter(tags=["delivery"])
BY: Final = Actor(kind=ActorKind.PROVIDER, person="provider:sms")


class NoSuchGateway(NotFound):
    """No gateway of this name is connected here."""

    title = "There is no such gateway"


@router.post(
    "/delivery/reports/{provider}",
    response_model=ReportTaken,
    dependencies=[Depends(asks(PUBLIC)), Depends(RateLimit(6000, timedelta(minutes=1)))],
    responses=answers(NoSuchGateway, TooMany),
)
def report(
    provider: str,
    told: DeliveryReport,
    works: AtWorks,
    word: Annotated[str, Query(max_length=100)] = "",
) -> object:
    """What became of a text. The answer is the same whether the report was of use or not."""
    if provider != "sms":
        raise NoSuchGateway("Reports come from the gateway for texts")
    works.run(BY, lambda work: record_report(work, told, word))
    return ReportTaken()
