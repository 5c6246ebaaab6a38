"""Offices: who leads when ground lies in several jurisdictions."""

from collections.abc import Sequence
from dataclasses import dataclass

from kernel.law.places import LeadOffice
from kernel.problems import Problem

SPILL_M2 = 1.0  # jurisdictions meet in whole metres, areas in millimetres


class OutsideCountry(Problem):
    """Part of the ground lies in no office's jurisdiction."""

    title = "Part of the area lies outside the country"


class OutsideJurisdiction(Problem):
    """The office acts for ground for which it does not decide."""

    title = "Part of the area lies outside the jurisdiction of the office"


@dataclass(frozen=True, slots=True)
class MetOffice:
    """`marked`: the point that decides under some laws (first corner, centroid) lies there."""

    office: str
    agency: str
    square_metres: float
    marked: bool


def choose_offices(met: Sequence[MetOffice], rule: LeadOffice) -> dict[str, str]:
    """Agency to its office: the largest share's, or the marked point's; ties by the office's id."""
    chosen: dict[str, MetOffice] = {}
    for one in met:
        best = chosen.get(one.agency)
        if best is None or _rank(one, rule) < _rank(best, rule):
            chosen[one.agency] = one
    return {agency: one.office for agency, one in sorted(chosen.items())}


def must_cover(met: Sequence[MetOffice], agency: str, square_metres: float) -> None:
    """Raises OutsideCountry when the agency's offices do not cover all of the ground."""
    inside = sum(one.square_metres for one in met if one.agency == agency)
    outside = square_metres - inside
    if outside > SPILL_M2:
        raise OutsideCountry(
            f"{outside / 10_000:.4f} ha lie in no office's jurisdiction",
            outside_hectares=f"{outside / 10_000:.4f}",
        )


def must_lie_within(
    met: Sequence[MetOffice], office: str | None, square_metres: float
) -> None:
    """Raises OutsideJurisdiction when the office does not decide for all of the ground."""
    inside = sum(one.square_metres for one in met if one.office == office)
    outside = square_metres - inside
    if outside > SPILL_M2:
        raise OutsideJurisdiction(
            f"{outside / 10_000:.4f} ha lie outside the jurisdiction of {office}",
            outside_hectares=f"{outside / 10_000:.4f}",
            offices=sorted({one.office for one in met}),
        )


def must_lead(met: Sequence[MetOffice], agency: str) -> None:
    """Raises OutsideCountry when no office of the agency decides for any of it."""
    if not any(one.agency == agency for one in met):
        raise OutsideCountry("It lies in no office's jurisdiction", agency=agency)


def _rank(one: MetOffice, rule: LeadOffice) -> tuple[bool, float, str]:
    first = one.marked if rule is not LeadOffice.LARGEST_SHARE else True
    return not first, -one.square_metres, one.office
