"""Two grants for the same ground at the same instant: one wins, by the database's own guarantee."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from cadastre_ground import WORK, Register, asked, cells, plot
from shapely import STRtree, from_wkb
from sqlalchemy import text

from contracts.procedures import GrantArea
from kernel.problems import Problem
from services.cadastre.acts.grant_area import GroundTaken, grant_area

ROUNDS, RIVALS = 40, 4


def together(register: Register, grants: list[GrantArea]) -> list[str]:
    """All at once; what each was answered."""
    start = threading.Barrier(len(grants))

    def run(grant: GrantArea) -> str:
        start.wait(timeout=20)
        try:
            register.works.run(WORK, lambda work: grant_area(work, register.desk, grant))
        except Problem as refused:
            return refused.slug()
        return "granted"

    with ThreadPoolExecutor(len(grants)) as pool:
        return list(pool.map(run, grants))


def overlaps(register: Register) -> int:
    """Pairs of ground that share some, by geometry code that is not the database's."""
    with register.works.open(WORK) as work:
        rows = work.session.execute(
            text("select layer, licence_area_id, st_asbinary(core) as core from ground")
        ).all()
    shapes = [from_wkb(bytes(row.core)) for row in rows]
    tree = STRtree(shapes)
    found = 0
    for n, shape in enumerate(shapes):
        for m in tree.query(shape):
            other = m > n and rows[m].layer == rows[n].layer
            found += bool(other and shapes[m].intersection(shape).area > 1e-6)
    return found


def test_of_grants_racing_for_the_same_ground_exactly_one_wins(
    register: Register, seed: int
) -> None:
    """None waits for a senior here: who is first in the sequence is another test's business."""
    chance = random.Random(seed)
    for n in range(ROUNDS):
        east, north = 20_000 + 700 * (n % 20), 700 * (n // 20)
        grants = []
        for _ in range(RIVALS):
            what = asked(plot(east + chance.uniform(0, 150), north + chance.uniform(0, 250)))
            application = register.enter(what)
            grants.append(register.grant_of(application, what))
        with register.works.open(WORK) as work:
            work.session.execute(text("delete from displacement"))
        answers = together(register, grants)
        assert sorted(answers) == ["granted"] + ["ground-taken"] * (RIVALS - 1)
    assert overlaps(register) == 0


def test_cells_raced_for_are_granted_once_and_free_polygons_meet_them(register: Register) -> None:
    for n in range(10):
        column = 640 + 4 * n
        wanted = [
            cells((column, 760), (column + 1, 760)),
            cells((column + 1, 760), (column + 1, 761)),
        ]
        grants = [register.grant_of(register.enter(what), what) for what in wanted]
        with register.works.open(WORK) as work:
            work.session.execute(text("delete from displacement"))
        assert sorted(together(register, grants)) == ["granted", "ground-taken"]
    x, y = 300_000 + 250 * 641, 9_400_000 + 250 * 760
    inside = asked([(x + 10, y + 10), (x + 240, y + 10), (x + 240, y + 240), (x + 10, y + 240)])
    application = register.enter(inside)
    with register.works.open(WORK) as work:
        work.session.execute(text("delete from displacement"))
    if not register.check(inside).statement.body["hits"]:
        pytest.fail("the grid licence is not seen by a free polygon")
    with pytest.raises(GroundTaken):
        register.grant(application, inside)


def test_neighbours_granted_at_the_same_instant_both_win(register: Register) -> None:
    for n in range(10):
        wanted = [asked(plot(40_000 + 400 * n, 5000)), asked(plot(40_200 + 400 * n, 5000))]
        grants = [register.grant_of(register.enter(what), what) for what in wanted]
        assert together(register, grants) == ["granted", "granted"]


def test_ground_in_parts_and_with_a_hole_lets_others_into_the_hole_only(register: Register) -> None:
    outer, hole = plot(50_000), plot(50_050, 50, 100, 100)
    ring = asked(outer, hole)
    register.grant(register.enter(ring), ring)
    within = asked(hole)
    register.grant(register.enter(within), within)
    across = asked(plot(50_100, 100, 150, 100))
    application = register.enter(across)
    with register.works.open(WORK) as work:
        work.session.execute(text("delete from displacement"))
    with pytest.raises(GroundTaken):
        register.grant(application, across)
    assert overlaps(register) == 0


def test_the_same_ground_may_be_granted_for_a_later_time_and_on_another_layer(
    register: Register,
) -> None:
    now, year = datetime.now(UTC), timedelta(days=365)
    sand = asked(plot(55_000), minerals=["sand"])  # first: later it would need the holder's consent
    quarry = register.grant(register.enter(sand), sand)
    what, later = asked(plot(55_000)), asked(plot(55_000))
    first = register.grant(register.enter(what), what, valid_from=now, valid_to=now + year)
    register.confirm(first)
    second = register.grant(
        register.enter(later), later, valid_from=now + year, valid_to=now + 2 * year
    )
    third = asked(plot(55_000))
    with pytest.raises(Problem):
        register.grant(register.enter(third), third, valid_from=now + year, valid_to=now + 3 * year)
    with register.works.open(WORK) as work:
        held = work.session.execute(
            text("select distinct licence_code from ground g join licence_area a"
                 " on a.id = g.licence_area_id where licence_code = any(:codes)"),
            {"codes": [first.licence_code, second.licence_code, quarry.licence_code]},
        ).all()
    assert len(held) == 3
