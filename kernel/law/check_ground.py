"""Is all ground somebody's, and can what is forbidden be kept apart? Jurisdictions and overlaps."""

from collections.abc import Iterator

from kernel.law.check import Finding
from kernel.law.coverage import uncovered
from kernel.law.ground import Consequence, Selection
from kernel.law.overlap import Pair, mismatches
from kernel.law.schema import Rules
from kernel.law.source import Where

SHOWN = 5


def check_offices(rules: Rules) -> Iterator[Finding]:
    """Offices escalate within their agency; districts name offices of the right agency."""
    agency_of = {office.id: office.agency for office in rules.offices}
    for n, office in enumerate(rules.offices):
        over = office.escalates_to
        if over in agency_of and (over == office.id or agency_of[over] != office.agency):
            where: Where = ("offices", n, "escalates_to")
            yield Finding(where, "it escalates to another office of its own agency")
    for n, district in enumerate(rules.districts):
        for agency, name in district.offices.items():
            if agency_of.get(name, agency) != agency:
                yield Finding(
                    ("districts", n, "offices", agency), f"{name} is no office of {agency}"
                )


def check_jurisdictions(rules: Rules) -> Iterator[Finding]:
    """The offices of an agency share the country without holes and without doubles."""
    for n, agency in enumerate(rules.agencies):
        rings = [r for o in rules.offices if o.agency == agency.id for r in o.jurisdiction]
        if not rings:
            yield Finding(("agencies", n, "id"), f"{agency.id} has no office")
        elif agency.covers_country:
            for piece in uncovered(rules.country.outline, rings):
                yield Finding(("agencies", n, "id"), _told(agency.id, piece.hole, piece))


def _told(agency: str, hole: bool, piece: tuple[bool, int, tuple[int, int]]) -> str:
    _, hectares, (x, y) = piece
    what = (
        f"no office of {agency} answers for {hectares:,} ha"
        if hole
        else f"two offices of {agency} answer for {hectares:,} ha, or it lies outside the country"
    )
    return f"{what} near {x}, {y}"


def check_overlap(rules: Rules) -> Iterator[Finding]:
    """The last rule fits every pair, and the layers say exactly what the rules forbid."""
    if not rules.overlap or any(
        selection != Selection() for selection in (rules.overlap[-1].asked, rules.overlap[-1].other)
    ):
        last = max(len(rules.overlap) - 1, 0)
        yield Finding(("overlap", last), "the last rule fits every pair: its selections are empty")
        return
    found = list(mismatches(rules))
    for asked, other, shares, _ in found[:SHOWN]:
        yield Finding(("overlap", _rule_of(rules)), _why(asked, other, shares))
    if len(found) > SHOWN:
        yield Finding(("overlap",), f"and {len(found) - SHOWN} more pairs like these")


def _rule_of(rules: Rules) -> int:
    forbidden = (n for n, r in enumerate(rules.overlap) if r.consequence is Consequence.FORBIDDEN)
    return next(forbidden, 0)


def _why(asked: Pair, other: Pair, shares: bool) -> str:
    two = f"{asked[0]} for {asked[1]} over {other[0]} for {other[1]}"
    if shares:
        return f"{two} shares an exclusion layer although its overlap is not forbidden"
    return f"{two} is forbidden but shares no exclusion layer"
