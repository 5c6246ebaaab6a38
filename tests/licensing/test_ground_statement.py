"""The ground statement as the cadastre's contract spells it, and when licensing stands on it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from contracts.cadastre.statement import Geometry, GroundStatement, Hit
from kernel.problems import Problem
from services.licensing.domain.ground import (
    Ground,
    GroundNotReadable,
    GroundStatementForAnother,
    GroundStatementTooOld,
    check_ground,
)

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def stated(**members: Any) -> GroundStatement:
    told: dict[str, Any] = {
        "id": uuid4(),
        "country": "example",
        "licence_type": "artisanal-permit",
        "minerals": ["gold", "silver"],
        "geometry": Geometry(crs="EPSG:32736", mm=[[[[0, 0], [9, 0], [9, 9]]]]),
        "geometry_hash": "ab" * 32,
        "bbox_mm": [0, 0, 9, 9],
        "hectares": {"legal": "6.4000", "geodesic": "6.4127"},
        "office": "mines-north",
        "offices": {"mines": "mines-north"},
        "edition": "2026-01-01",
        "register_version": 7,
        "hits": [
            Hit(kind="known-working", hectares="0", per_cent="0", consequence="visit-and-notice"),
            Hit(kind="application", seq=4, hectares="1.1", per_cent="17", consequence="queue"),
        ],
        "known_workings": 1,
        "checked_at": NOW,
        "valid_until": NOW + timedelta(hours=24),
    }
    return GroundStatement(**told | members)


def read(**members: Any) -> Ground:
    return Ground.read(stated(**members).model_dump(mode="json"))


def judge(ground: Ground, now: datetime, **other: Any) -> None:
    asked: dict[str, Any] = {
        "country": "example",
        "licence_type": "artisanal-permit",
        "minerals": ["silver", "gold"],
        "editions": {"2026-01-01"},
        "training": False,
    }
    check_ground(ground, **asked | other, now=now)


def refusal(now: datetime) -> str | None:
    """Why the statement is not believed at an instant; None where it is."""
    try:
        judge(read(), now)
    except Problem as no:
        return no.slug()
    return None


def test_what_the_contract_spells_is_understood() -> None:
    ground = read()
    assert str(ground.legal_hectares) == "6.4000"
    assert ground.consequences() == ["queue", "visit-and-notice"]
    assert ground.bbox_mm == (0, 0, 9, 9)
    judge(ground, NOW)


def test_a_statement_of_a_zone_has_no_ground_of_its_own() -> None:
    ground = read(geometry=None, geometry_hash=None, bbox_mm=None, hectares={}, zone="asm-1")
    assert ground.legal_hectares is None


@pytest.mark.parametrize("hectares", ["-1", "NaN", "1e5", "", "6,4"])
def test_an_area_that_is_no_number_is_not_readable(hectares: str) -> None:
    with pytest.raises(GroundNotReadable) as refused:
        read(hectares={"legal": hectares})
    assert refused.value.facts["members"] == ["hectares.legal"]


@pytest.mark.parametrize(
    "other",
    [
        {"country": "elsewhere"},
        {"licence_type": "miners-card"},
        {"minerals": ["gold"]},
        {"editions": {"2027-01-01"}},
        {"training": True},
    ],
)
def test_a_statement_for_another_thing_names_what_differs(other: dict[str, Any]) -> None:
    with pytest.raises(GroundStatementForAnother) as refused:
        judge(read(), NOW, **other)
    assert len(refused.value.facts["members"]) == 1  # type: ignore[arg-type]


@pytest.mark.parametrize("hours", [0, 1, 24])
def test_it_holds_for_a_day(hours: int) -> None:
    assert refusal(NOW + timedelta(hours=hours)) is None


@pytest.mark.parametrize("late", [timedelta(hours=24, seconds=1), timedelta(minutes=-3)])
def test_it_holds_neither_after_its_day_nor_before_it_was_made(late: timedelta) -> None:
    assert refusal(NOW + late) == GroundStatementTooOld.slug()


def test_a_cadastre_whose_clock_is_seconds_ahead_is_believed() -> None:
    assert refusal(NOW - timedelta(seconds=30)) is None
