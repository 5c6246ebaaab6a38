"""Days and numbers that no calendar and no log can reckon with are malformed, never a failure."""

from datetime import date
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from contracts.cadastre.wire import ZoneProposed
from contracts.instants import Day, Instant
from contracts.licensing.wire_applications import DraftContent
from contracts.licensing.wire_appointments import NewAppointment, NewCalendarEntry
from contracts.licensing.wire_parties import EndOfMembership
from contracts.licensing.wire_steps import VisitMade

CALENDAR = {"kind": "suspension", "reason": "x"}
ZONE = {
    "id": "town", "kind": "town", "name": "T", "instrument": "O", "office": "mines-north",
    "geojson": {"type": "Polygon", "coordinates": []},
}
FAR: list[tuple[type[BaseModel], dict[str, Any]]] = [
    (NewCalendarEntry, {**CALENDAR, "begins": "2026-01-01T00:00:00Z",
                        "ends": "9999-12-31T23:59:59Z"}),
    (NewCalendarEntry, {"kind": "holiday", "reason": "x", "day": "0001-01-01"}),
    (NewAppointment, {"person": "staff:x", "office": "mines-north", "powers": ["read-cases"],
                      "until": "9999-12-31T00:00:00Z"}),
    (EndOfMembership, {"until": "9999-12-31"}),
    (VisitMade, {"visited_on": "0001-01-01", "findings": "none"}),
    (ZoneProposed, {**ZONE, "since": "9999-12-31T23:59:59Z"}),
    (ZoneProposed, {**ZONE, "since": "2026-01-01T00:00:00"}),
    (DraftContent, {"answers": {"depth": 2**53}}),
    (DraftContent, {"answers": {"depth": -(2**53)}}),
]


@pytest.mark.parametrize(("shape", "told"), FAR)
def test_what_cannot_be_reckoned_with_is_malformed(
    shape: type[BaseModel], told: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError) as refused:
        shape.model_validate(told)
    assert len({error["loc"][0] for error in refused.value.errors()}) == 1


def test_the_centuries_of_the_register_are_taken() -> None:
    assert TypeAdapter(Day).validate_python("2199-12-31") == date(2199, 12, 31)
    assert TypeAdapter(Instant).validate_python("1900-01-01T00:00:00Z").year == 1900
    assert DraftContent(answers={"depth": 2**53 - 1}).answers["depth"] == 2**53 - 1
