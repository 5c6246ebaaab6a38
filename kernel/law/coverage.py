"""Do an agency's offices cover the country exactly once? In whole metres, without error."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from kernel.law.words import twice_area

Point: TypeAlias = tuple[int, int]
Edge: TypeAlias = tuple[Point, Point]


class Uncovered(NamedTuple):
    """Ground that is nobody's (`hole`), or two offices', or outside the country."""

    hole: bool
    hectares: int
    at: Point


def uncovered(
    outline: Sequence[Sequence[Point]], rings: Sequence[Sequence[Point]]
) -> list[Uncovered]:
    """What is left when the outline is taken from the rings; all run anticlockwise.

    Borders that two rings share cancel out when they run along the same corners in opposite
    directions; what remains bounds the holes (clockwise) and the doubly covered (anticlockwise).
    """
    corners = {corner for ring in (*outline, *rings) for corner in ring}
    left: Counter[Edge] = Counter()
    for ring in rings:
        left.update(_pieces(ring, corners))
    for ring in outline:
        left.update((b, a) for a, b in _pieces(ring, corners))
    remaining = [edge for edge in left for _ in range(left[edge] - left[edge[::-1]])]
    return [
        Uncovered(area < 0, abs(area) // 20_000, ring[0])
        for ring in _rings(remaining)
        if (area := twice_area(tuple(ring)))
    ]


def _pieces(ring: Sequence[Point], corners: Iterable[Point]) -> Iterator[Edge]:
    """The ring's edges, cut at every corner that lies exactly on them."""
    for a, b in zip(ring, (*ring[1:], ring[0]), strict=True):
        along = [p for p in corners if _between(a, p, b)]
        along.sort(key=lambda p: abs(p[0] - a[0]) + abs(p[1] - a[1]))
        yield from zip((a, *along), (*along, b), strict=True)


def _between(a: Point, p: Point, b: Point) -> bool:
    if p in (a, b) or (b[0] - a[0]) * (p[1] - a[1]) != (b[1] - a[1]) * (p[0] - a[0]):
        return False
    return min(a[0], b[0]) <= p[0] <= max(a[0], b[0]) and min(a[1], b[1]) <= p[1] <= max(a[1], b[1])


def _rings(edges: Sequence[Edge]) -> Iterator[list[Point]]:
    """Join edges end to end; at every corner as many come in as go out, so each walk closes."""
    onward: dict[Point, list[Point]] = defaultdict(list)
    for a, b in sorted(edges, reverse=True):
        onward[a].append(b)
    for start in sorted(onward):
        while onward[start]:
            yield _walk(start, onward)


def _walk(start: Point, onward: dict[Point, list[Point]]) -> list[Point]:
    ring, at = [start], onward[start].pop()
    while at != start:
        ring.append(at)
        at = onward[at].pop()
    return ring
