"""Quotes: what a licence costs in all, before anything is started."""

from datetime import timedelta

from fastapi import APIRouter, Depends

from chassis.problem_json import answers
from chassis.rate_limits import RateLimit
from chassis.unit_of_work import ReadWork
from chassis.who import PUBLIC, asks
from contracts.payments.wire import QuoteAsked, QuoteView
from kernel.law.editions import NoSuchLaw
from kernel.problems import TooMany
from services.payments.acts.quote_fees import TooLargeToPrice, quote_fees
from services.payments.domain import ground
from services.payments.routes.at_desk import AtDesk

router = APIRouter(tags=["quotes"])


@router.post(
    "/quotes",
    response_model=QuoteView,
    dependencies=[Depends(asks(PUBLIC)), Depends(RateLimit(120, timedelta(minutes=1)))],
    responses=answers(
        NoSuchLaw,
        TooLargeToPrice,
        ground.GroundNotReadable,
        ground.GroundStatementNotOurs,
        ground.GroundStatementTooOld,
        ground.GroundStatementForAnother,
        TooMany,
    ),
)
def quoted(asked: QuoteAsked, work: ReadWork, desk: AtDesk) -> object:
    """The total cost and who receives it, by the law in force today; nothing is recorded."""
    return quote_fees(work, desk, asked)
