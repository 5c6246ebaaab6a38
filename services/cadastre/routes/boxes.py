"""Boxes, instants and pages of questions to a map: `?bbox=west,south,east,north&at=instant`."""

import math
from typing import Annotated

from fastapi import Depends, Query

from contracts.instants import Instant
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


AtBox = Annotated[Box, Depends(read_box)]
AtInstant = Annotated[Instant | None, Query(description="as it stood at this instant")]
