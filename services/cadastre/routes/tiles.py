"""The public's map as vector tiles: for everybody, and sent anew only when the register moved."""

import gzip
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Header, Response

from chassis.problem_json import answers
from chassis.unit_of_work import ReadWork
from chassis.who import PUBLIC, asks
from contracts.cadastre.language import MapLayer
from services.cadastre.domain.tiles import NoSuchTile, Tile
from services.cadastre.routes.at_desk import AtDesk
from services.cadastre.store import tiles

MEDIA: Final = "application/vnd.mapbox-vector-tile"
FORM: Final = 1  # rises when the same register is drawn otherwise
AGE: Final = 60  # seconds in which nobody need ask again
WORTH_PACKING: Final = 256  # bytes; less becomes no shorter
LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)
TOLD: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The tile; empty where there is nothing to show",
        "content": {MEDIA: {"schema": {"type": "string", "format": "binary"}}},
    },
    304: {"description": "Nothing has changed since the ETag in If-None-Match"},
}

router = APIRouter(prefix="/tiles", tags=["map"])


def tile_at(z: int, x: int, y: int) -> Tile:
    return Tile(z, x, y)


@router.get(
    "/{layer}/{z}/{x}/{y}.mvt",
    response_class=Response,
    responses=TOLD | answers(NoSuchTile),
    dependencies=[Depends(asks(PUBLIC))],
)
def tile(
    layer: MapLayer,
    at: Annotated[Tile, Depends(tile_at)],
    work: ReadWork,
    desk: AtDesk,
    if_none_match: Annotated[str | None, Header(max_length=1000)] = None,
    accept_encoding: Annotated[str, Header(max_length=1000)] = "",
) -> Response:
    """Areas with their shapes from zoom 10 on; below it how many there are to a square, and their
    hectares. Zones have their shapes at every zoom."""
    name = etag(tiles.state(work.session, layer, work.now))
    headers = {
        "ETag": name,
        "Cache-Control": f"public, max-age={AGE}",
        "Vary": "Accept-Encoding",
    }
    if is_seen(name, if_none_match):
        return Response(status_code=304, headers=headers)
    drawn = tiles.draw(work.session, layer, at, work.now, desk.opened())
    if len(drawn) >= WORTH_PACKING and takes_gzip(accept_encoding):
        drawn, headers["Content-Encoding"] = gzip.compress(drawn, 6, mtime=0), "gzip"
    return Response(drawn, headers=headers, media_type=MEDIA)


def etag(state: tiles.State) -> str:
    """Weak: packed and unpacked it is the same tile."""
    turned = (state.turned or LONG_AGO) - LONG_AGO
    return f'W/"{FORM}-{state.version}-{turned // timedelta(microseconds=1)}"'


def is_seen(name: str, if_none_match: str | None) -> bool:
    """Whether an If-None-Match header holds the ETag, or any (RFC 9110, 13.1.2)."""
    seen = [one.strip() for one in (if_none_match or "").split(",")]
    return "*" in seen or name.removeprefix("W/") in [one.removeprefix("W/") for one in seen]


def takes_gzip(accept_encoding: str) -> bool:
    """Whether an Accept-Encoding header names gzip, or anything, and does not rule it out."""
    weights = {}
    for one in accept_encoding.lower().split(","):
        coding, _, weight = one.partition(";")
        weights[coding.strip()] = weight.replace(" ", "")
    found = weights.get("gzip", weights.get("*"))
    return found is not None and found not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
