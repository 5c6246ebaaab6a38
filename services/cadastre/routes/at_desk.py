"""The desk of the process, for routes."""

from typing import Annotated

from fastapi import Depends, Request

from services.cadastre.desk import Desk


def desk_of(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


AtDesk = Annotated[Desk, Depends(desk_of)]
