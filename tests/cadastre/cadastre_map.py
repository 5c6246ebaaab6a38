"""The public's map as tests read it: tiles decoded by GDAL, lists page by page, open rulebooks."""

import gzip
import math
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pyogrio
from cadastre_door import PLANE, signed_in
from cadastre_ground import FREE, Register
from cadastre_stack import ROOT
from pyproj import Transformer
from shapely import from_wkb, transform
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

SIDE = 40_075_016.6855784
TO_WEB = Transformer.from_crs("EPSG:4326", "EPSG:3857", always_xy=True)
LISTS = {
    "licences": "/v1/licence-areas",
    "applications": "/v1/application-areas/disclosed",
    "zones": "/v1/zones",
}


@dataclass(frozen=True)
class Drawn:
    """A feature of a tile: its properties and, in metres of Web Mercator, its shape."""

    told: dict[str, Any]
    shape: BaseGeometry


class See(Protocol):
    def __call__(self, layer: str, z: int, x: int, y: int, **more: Any) -> list[Drawn]: ...


def opened(folder: Path) -> Path:
    """Rulebooks whose second edition shows pending artisanal permits by their shape, and
    small-scale licences with all there is; the first shows none."""
    shutil.copytree(ROOT / "rulebooks" / "example", folder / "example")
    later = folder / "example" / "2026-06-01"
    shutil.copytree(folder / "example" / "2026-01-01", later)
    for kind, shows in (("artisanal-permit", "shape"), ("small-scale-licence", "all")):
        file = later / "licence-types" / f"{kind}.yaml"
        said = file.read_text()
        assert "disclosure: sequence-only" in said
        file.write_text(said.replace("disclosure: sequence-only", f"disclosure: {shows}"))
    return folder


def address(layer: str, z: int, x: int, y: int) -> str:
    return f"/tiles/{layer}/{z}/{x}/{y}.mvt"


def place(east: float, north: float, z: int) -> tuple[float, float]:
    """Column and row of a point of free ground, with what they have behind the point."""
    point = (round((FREE[0] + east) * 1000), round((FREE[1] + north) * 1000))
    ((x, y),) = PLANE.to_web([point])
    return (x / SIDE + 0.5) * 2**z, (0.5 - y / SIDE) * 2**z


def decode(content: bytes, z: int, x: int, y: int, folder: Path) -> list[Drawn]:
    """What is in a tile, whole: also what lies in its margin."""
    if not content:
        return []
    file = folder / "tile.mvt"
    file.write_bytes(gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content)
    ((layer, _),) = pyogrio.list_layers(file)
    meta, _, shapes, columns = pyogrio.raw.read(file, layer=layer, X=x, Y=y, Z=z, CLIP="NO")
    names = [str(name) for name in meta["fields"]]
    return [
        Drawn(
            {
                name: column[n]
                for name, column in zip(names, columns, strict=True)
                if not is_nothing(column[n])
            },
            from_wkb(shapes[n]),
        )
        for n in range(len(shapes))
    ]


def is_nothing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def listed(client: Any, layer: str, bbox: str | None = None, **more: Any) -> list[dict[str, Any]]:
    """Every page of a layer's list."""
    asked: dict[str, Any] = {"limit": 2, **({"bbox": bbox} if bbox else {})}
    found: list[dict[str, Any]] = []
    while True:
        page = client.get(LISTS[layer], params=asked, **more).json()
        found += page["features"]
        if page["next"] is None:
            return found
        asked["after"] = page["next"]


def over(features: list[dict[str, Any]], z: int) -> Iterator[tuple[int, int]]:
    """The tiles of a zoom in which shapes of a list lie."""
    found = set()
    for one in features:
        west, south, east, north = in_web(one).bounds
        left, right = (int((x / SIDE + 0.5) * 2**z) for x in (west, east))
        top, bottom = (int((0.5 - y / SIDE) * 2**z) for y in (north, south))
        found |= {(x, y) for x in range(left, right + 1) for y in range(top, bottom + 1)}
    yield from sorted(found)


def in_web(feature: dict[str, Any]) -> BaseGeometry:
    degrees = shape(feature["geometry"])
    return transform(degrees, TO_WEB.transform, interleaved=False)


def tile_of(east: float, north: float, z: int) -> tuple[int, int]:
    """The tile in which a point of free ground lies."""
    x, y = place(east, north, z)
    return int(x), int(y)


def licence(register: Register, what: Any, **more: Any) -> str:
    """A confirmed licence; gives its code."""
    grant = register.grant(register.enter(what), what, **more)
    register.confirm(grant)
    return grant.licence_code


def ids(drawn: list[Drawn]) -> set[str]:
    return {str(one.told["id"]) for one in drawn}


def propose(client: Any, name: str, side: float) -> None:
    """A square zone of so many degrees, proposed by its first officer."""
    lon, lat = 32.7, -3.7
    ring = [[lon, lat], [lon + side, lat], [lon + side, lat + side], [lon, lat + side], [lon, lat]]
    zone = {
        "id": name, "kind": "protected", "name": name.title(), "instrument": "Order 9",
        "office": "mines-north", "since": "2026-01-01T00:00:00Z",
        "geojson": {"type": "Polygon", "coordinates": [ring]},
    }
    done = client.post("/v1/zones", json=zone, headers=signed_in("proposer"))
    assert done.status_code == 201, done.text


def approve(client: Any, name: str) -> None:
    done = client.post(f"/v1/zones/{name}/approval", headers=signed_in("approver"))
    assert done.status_code == 200, done.text
