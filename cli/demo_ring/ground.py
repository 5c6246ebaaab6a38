"""Ground that nobody has taken yet: the walk in `examples/`, moved on by a place for each run."""

import fcntl
import re
from dataclasses import dataclass
from pathlib import Path

from pyproj import Transformer

from deploy.stack.layout import ROOT, Refused, Stack

WALK = ROOT / "examples" / "walk.gpx"
PLANE = "EPSG:32736"
PLACE_METRES = 480  # from one run's ground to the next: the walk is 300 m wide
PLACES_IN_A_ROW = 30  # as far as the reefs of `training.yaml` reach
ROWS = 5
RIVAL_METRES = 140  # how far a rival's ground lies beside the first one's
POINT = re.compile(r'lat="(-?[\d.]+)" lon="(-?[\d.]+)"')

Cell = tuple[int, int]
FIRST_CELL: Cell = (600, 720)  # of the small-scale licence's grid, in open country
CELLS_IN_A_ROW = 66


@dataclass(frozen=True, slots=True)
class Place:
    """The ground of one run; `number` counts the runs on this stack from 0."""

    number: int

    @property
    def moved(self) -> tuple[int, int]:
        """How far the walk is moved, metres east and north."""
        row, place = divmod(self.number, PLACES_IN_A_ROW)
        return PLACE_METRES * place, PLACE_METRES * row

    def walk(self) -> str:
        """The GPX file with its points moved to this place."""
        return moved(WALK.read_text(), *self.moved)

    def rivals_walk(self) -> str:
        """The same beside it: about half of it lies on the first one's ground."""
        east, north = self.moved
        return moved(WALK.read_text(), east + RIVAL_METRES, north)

    def cells(self) -> list[Cell]:
        """Four cells of the grid that join by their sides."""
        row, place = divmod(self.number, CELLS_IN_A_ROW)
        column, line = FIRST_CELL[0] + 3 * place, FIRST_CELL[1] + 3 * row
        return [(column + x, line + y) for x in (0, 1) for y in (0, 1)]

    def phone(self, person: int) -> str:
        """A telephone number that nobody on this stack has had before."""
        return f"+2557{self.number:06d}{person:02d}"


def take_place(stack: Stack) -> Place:
    """The next free place of this stack, whoever else asks. Raises Refused when all are taken."""
    folder = stack.data / "demo"
    folder.mkdir(mode=0o700, exist_ok=True)
    with (folder / "places-taken").open("a+") as taken:
        fcntl.flock(taken, fcntl.LOCK_EX)
        taken.seek(0)
        number = int(taken.read() or 0)
        if number >= PLACES_IN_A_ROW * ROWS:
            raise Refused(
                "Every place above known workings is taken: begin again with "
                f"`cornerpost down --erase --data {stack.data}`"
            )
        taken.truncate(0)
        taken.write(str(number + 1))
    return Place(number)


def moved(gpx: str, east: int, north: int) -> str:
    """A GPX file's points moved in the country's plane, metres."""
    if not (east or north):
        return gpx
    to_plane = Transformer.from_crs("EPSG:4326", PLANE, always_xy=True)
    back = Transformer.from_crs(PLANE, "EPSG:4326", always_xy=True)

    def move(found: re.Match[str]) -> str:
        x, y = to_plane.transform(float(found[2]), float(found[1]))
        lon, lat = back.transform(x + east, y + north)
        return f'lat="{lat:.6f}" lon="{lon:.6f}"'

    return POINT.sub(move, gpx)


def photograph(name: str) -> bytes:
    """A paper as it was photographed."""
    path: Path = ROOT / "examples" / "papers" / f"{name}.jpg"
    return path.read_bytes()
