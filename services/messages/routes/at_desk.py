"""The desk, the works and the gateway of the process, for routes."""

from typing import Annotated

from fastapi import Depends, Request

from chassis.unit_of_work import Works
from services.messages.desk import Desk
from services.messages.gateways.gateway import Texts


def desk_of(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


def works_of(request: Request) -> Works:
    """For routes that call the outside between two acts."""
    works: Works = request.app.state.works
    return works


def texts_of(request: Request) -> Texts:
    texts: Texts = request.app.state.texts
    return texts


AtDesk = Annotated[Desk, Depends(desk_of)]
AtWorks = Annotated[Works, Depends(works_of)]
AtTexts = Annotated[Texts, Depends(texts_of)]
