from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from deploy import archive
from deploy.restore import Unsound, assert_guarantee
from deploy.stack.databases import prepare
from tests.experiments.scratch import scratch

TABLE = """
    create table ground (
        id int, layer int not null, core geometry(polygon, 3857) not null, valid tstzrange not null,
        constraint no_shared_ground exclude using gist (
            layer with =, (core::polygon) public.ground_ops with operator(public.&#&),
            valid with &&))
"""
SQUARE = "st_makeenvelope({0}, 0, {1}, 100, 3857)"
GRANT = "insert into ground values (%s, 1, {}, '[2026-01-01,2031-01-01)')"

SOME_GROUND = "MULTIPOLYGON(((33 -3,33.01 -3,33.01 -3.01,33 -3)))"
ASKED_AREA = """
    insert into application_area (application_id, filing_seq, lodged_at, licence_type, minerals,
        layers, status, conditional, office, edition, statement, geometry_hash, hectares,
        entered_at, plane, geom, core, lonlat)
    select gen_random_uuid(), 7, since, 'artisanal-permit', '{gold}', '{}', 'standing', false,
        'mines-north', '{}', gen_random_uuid(), '', 1, since, plane,
        st_transform(st_geomfromtext(%s, 4326), plane),
        st_transform(st_geomfromtext(%s, 4326), plane), st_geomfromtext(%s, 4326)
    from zone limit 1
"""
DRAWN = """
    select id, st_asewkt(web) from zone
    union all select filing_seq::text, st_asewkt(web) from application_area order by 1
"""
SHIFTED = """
    select round(min(shift))::int, round(max(shift))::int from (
        select st_xmin(web) - st_xmin(st_transform(st_translate(lonlat, -1, 0), 3857)) as shift
        from zone) as shifted
"""


@pytest.fixture
def named(postgres: str) -> Iterator[str]:
    name = f"dev_stack_{uuid4().hex[:10]}"
    with psycopg.connect(postgres, dbname="postgres", autocommit=True) as admin:
        admin.execute(f"create database {name}")
        admin.execute(f"create database {name}_again")
        yield name
        for one in (name, f"{name}_again"):
            admin.execute(f"drop database {one} with (force)")


def at(postgres: str, name: str) -> str:
    return f"{postgres.rstrip('/')}/{name}"


def drawn(url: str) -> list[tuple[str, str]]:
    """What tiles are drawn from, by name."""
    with psycopg.connect(url) as register:
        return register.execute(DRAWN).fetchall()


def grant(url: str, number: int, left: int, right: int) -> bool:
    statement = GRANT.format(SQUARE.format(left, right))
    with psycopg.connect(url) as register:
        try:
            register.execute(statement, [number])
        except psycopg.errors.ExclusionViolation:
            return False
    return True


def guarded(postgres: str, name: str) -> str:
    url = at(postgres, name)
    prepare(url, "cadastre")
    prepare(url, "cadastre")
    with psycopg.connect(url) as register:
        register.execute(TABLE)
    return url


def test_neighbours_are_granted_and_shared_ground_is_not(postgres: str, named: str) -> None:
    url = guarded(postgres, named)
    assert grant(url, 1, 0, 100)
    assert grant(url, 2, 100, 200)
    assert not grant(url, 3, 99, 150)


def test_a_dump_brought_back_keeps_the_guarantee(
    postgres: str, named: str, tmp_path: Path
) -> None:
    url, again = guarded(postgres, named), at(postgres, f"{named}_again")
    assert grant(url, 1, 0, 100)
    dump = tmp_path / "ground.dump"
    archive.tool("pg_dump", url, "--format=custom", f"--file={dump}")
    archive.tool("pg_restore", again, "--exit-on-error", "--single-transaction", str(dump))
    assert_guarantee(again)
    assert not grant(again, 2, 50, 150)
    assert grant(again, 3, 100, 150)


def test_a_registers_dump_brought_back_draws_the_same_map(
    postgres: str, named: str, tmp_path: Path
) -> None:
    again, dump = at(postgres, f"{named}_again"), tmp_path / "register.dump"
    with scratch(postgres) as place:
        place.settings("cadastre")
        url = at(postgres, place.made[0])
        with psycopg.connect(url) as register:
            register.execute(ASKED_AREA, [SOME_GROUND] * 3)
        shown = drawn(url)
        archive.tool("pg_dump", url, "--format=custom", f"--file={dump}")
    archive.tool("pg_restore", again, "--exit-on-error", "--single-transaction", str(dump))
    assert_guarantee(again)
    assert {name for name, _ in shown} >= {"kisanga-asm", "7"}
    assert all(shape for _, shape in shown)
    assert drawn(again) == shown
    with psycopg.connect(again) as register:
        moved = "update zone set lonlat = st_translate(lonlat, 1, 0)"
        register.execute(moved)
        degree = register.execute(SHIFTED).fetchone()
    assert degree == (111_319, 111_319)


def test_a_register_without_its_constraint_is_called_unsound(postgres: str, named: str) -> None:
    url = guarded(postgres, named)
    with psycopg.connect(url) as register:
        register.execute("alter table ground drop constraint no_shared_ground")
    with pytest.raises(Unsound, match="unguarded"):
        assert_guarantee(url)


def test_a_constraint_of_that_name_with_another_operator_is_not_enough(
    postgres: str, named: str
) -> None:
    url = guarded(postgres, named)
    with psycopg.connect(url) as register:
        register.execute("alter table ground drop constraint no_shared_ground")
        register.execute(
            "alter table ground add constraint no_shared_ground exclude using gist (layer with =)"
        )
    with pytest.raises(Unsound):
        assert_guarantee(url)


def test_pg_restore_tells_of_every_error(postgres: str, named: str, tmp_path: Path) -> None:
    bad = tmp_path / "bad.dump"
    bad.write_text("no dump")
    with pytest.raises(archive.Refused, match="pg_restore"):
        archive.tool("pg_restore", at(postgres, named), "--exit-on-error", str(bad))
