"""The desk and the teller of the process, for routes."""

from typing import Annotated

from fastapi import Depends, Request

from services.payments.desk import Desk
from services.payments.teller import Teller


def teller_of(request: Request) -> Teller:
    teller: Teller = request.app.state.teller
    return teller


def desk_of(request: Request) -> Desk:
    return teller_of(request).desk


AtDesk = Annotated[Desk, Depends(desk_of)]
AtTeller = Annotated[Teller, Depends(teller_of)]
