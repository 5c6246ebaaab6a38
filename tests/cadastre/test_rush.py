"""A rush: a thousand applications for one spot, and the next one is entered like any other."""

from uuid import UUID

import pytest
from cadastre_ground import WORK, Register, asked, plot
from sqlalchemy import event, text

from chassis.journal import events_between
from kernel.events import MAX_PAYLOAD_BYTES
from kernel.facts import AREA_DISPLACED, AREA_ENTERED
from kernel.log.canonical import canonical
from services.cadastre.acts.grant_area import SeniorApplicationPending

SENIORS = 1_100
BASE = 7_000_000

COPY = text(
    "insert into application_area (application_id, filing_seq, lodged_at, licence_type, minerals,"
    " layers, status, conditional, office, edition, statement, geometry_hash, hectares, cells,"
    " entered_at, plane, geom, core, lonlat)"
    " select gen_random_uuid(), filing_seq + n, lodged_at, licence_type, minerals, layers, status,"
    " conditional, office, edition, statement, geometry_hash, hectares, cells, entered_at, plane,"
    " st_translate(geom, n * 0.05, 0), st_translate(core, n * 0.05, 0), lonlat"
    " from application_area, generate_series(1, :many) as n where application_id = :first"
)


@pytest.fixture
def rush(register: Register) -> int:
    """So many seniors on one spot; the next place behind them."""
    first = register.enter(register.entry(asked(plot(60_000)), seq=BASE))
    with register.works.open(WORK) as work:
        work.session.execute(COPY, {"many": SENIORS - 1, "first": first})
    return BASE + SENIORS


def test_the_thousandth_application_for_a_spot_is_entered_and_told_once(
    register: Register, rush: int
) -> None:
    what = asked(plot(60_000, 150))
    case = register.enter(register.entry(what, seq=rush))
    with register.works.open(WORK) as work:
        entered, displaced = events_between(work.session, case)
    assert (entered.name, displaced.name) == (AREA_ENTERED, AREA_DISPLACED)
    nearest = list(range(rush - 20, rush))
    assert [one["seq"] for one in entered.payload["seniors"]] == nearest
    assert displaced.payload["seniors"] == entered.payload["seniors"]
    assert entered.payload["junior_to"] == displaced.payload["count"] == SENIORS
    assert displaced.payload["by_seq"] == rush - 1
    left = entered.payload["net_hectares"]
    assert left == displaced.payload["net_hectares"] == "3.0000"
    assert displaced.payload["hectares"] == "3.0000"
    assert max(len(canonical(one.payload)) for one in (entered, displaced)) < MAX_PAYLOAD_BYTES / 8
    with pytest.raises(SeniorApplicationPending) as refusal:
        register.grant(case, what)
    assert refusal.value.facts["count"] == SENIORS
    assert [one["seq"] for one in refusal.value.facts["seniors"]] == nearest


def test_nobody_is_reckoned_with_while_the_log_is_locked(register: Register) -> None:
    """A senior that arrives last, behind juniors that are already in the register."""
    juniors = [register.enter(register.entry(asked(plot(62_000, n)), seq=BASE + 5_000 + n))
               for n in (1, 2, 3)]
    entry, asked_of = register.entry(asked(plot(62_000)), seq=BASE + 5_000), list[str]()

    def note(_c: object, _x: object, words: str, *_: object) -> None:
        asked_of.append(words)

    event.listen(register.database.engine, "before_cursor_execute", note)
    try:
        register.enter(entry)
    finally:
        event.remove(register.database.engine, "before_cursor_execute", note)
    locked = next(n for n, words in enumerate(asked_of) if "log_head" in words)
    behind = [words for words in asked_of[locked:] if "displacement" in words or "geom" in words]
    assert behind == []
    assert heard(register, juniors) == [1, 1, 1]


def heard(register: Register, cases: list[UUID]) -> list[int]:
    """How often each was told that the late senior takes ground."""
    with register.works.open(WORK) as work:
        return [
            sum(
                one.name == AREA_DISPLACED and one.payload["by_seq"] == BASE + 5_000
                for one in events_between(work.session, case)
            )
            for case in cases
        ]
