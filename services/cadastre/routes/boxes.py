"""Boxes, instants and pages of questions to a map: `?bbox=west,south,east,north&at=instant`."""

import math
from typing import Annotated

from fastapi import Depends, Query
from pydantic import AwareDatetime

from chassis.pages import NotAPage, PageWanted
from kernel.problems import Malformed

Box = tuple[float, float, float, float]
WORLD: Box = (-180.0, -90.0, 180.0, 90.0)


class NotABox(Malformed):
    """`bbox` is west,south,east,north in degrees."""

    title = "This is no box of the map"


def read_box(
    bbox: Annotated[str | None, Query(max_length=200, description="west,south,east,north")] = None,
) -> Box:
    if bbox is None:
        return WORLD
    try:
        west, south, east, north = (float(part) for part in bbox.split(","))
    except ValueError as unreadable:
        raise NotABox("Give four numbers: west,south,east,north") from unreadable
    if not all(map(math.isfinite, (west, south, east, north))):
        raise NotABox("Give four numbers: west,south,east,north")
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise NotABox("West lies before east and south before north, in degrees")
    return west, south, east, north


def after_text(page: PageWanted) -> str:
    """The text that the page before ended with; empty before the first page. Raises NotAPage."""
    if page.after is None:
        return ""
    if len(page.after) != 1 or not isinstance(page.after[0], str):
        raise NotAPage("Use the `next` of an earlier page")
    return page.after[0]


def after_number(page: PageWanted) -> int:
    """The number that the page before ended with; 0 before the first page. Raises NotAPage."""
    if page.after is None:
        return 0
    if len(page.after) != 1 or not isinstance(page.after[0], int):
        raise NotAPage("Use the `next` of an earlier page")
    return page.after[0]


AtBox = Annotated[Box, Depends(read_box)]
AtInstant = Annotated[AwareDatetime | None, Query(description="as it stood at this instant")]
