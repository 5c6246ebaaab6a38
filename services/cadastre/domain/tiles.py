"""Tiles of the map: which there are, and how deep single areas are drawn."""

from dataclasses import dataclass

from kernel.problems import Malformed

DEEPEST = 18  # a step of a tile's grid is then 4 cm
AREAS_FROM = 10  # above it a tile would hold a country's areas: it counts them instead
CELLS = 32  # to a side of a tile that counts
STEPS = 4096  # to a side of a tile that draws
MARGIN = 64  # steps drawn beyond each side, so that borders are not seen to end there


class NoSuchTile(Malformed):
    """The zoom is 0 to 18, and at zoom z column and row are 0 to 2^z - 1."""

    title = "There is no such tile"


@dataclass(frozen=True, slots=True)
class Tile:
    """Column `x` from the antimeridian eastwards, row `y` from the north, at zoom `z`.

    Tiles are those of Web Mercator as everybody numbers them. Raises NoSuchTile.
    """

    z: int
    x: int
    y: int

    def __post_init__(self) -> None:
        if not 0 <= self.z <= DEEPEST:
            raise NoSuchTile(f"The zoom is 0 to {DEEPEST}", deepest=DEEPEST)
        last = (1 << self.z) - 1
        if not (0 <= self.x <= last and 0 <= self.y <= last):
            raise NoSuchTile(f"Column and row are 0 to {last} at zoom {self.z}", last=last)

    @property
    def counts(self) -> bool:
        """Whether it shows how many areas there are rather than each of them."""
        return self.z < AREAS_FROM
