"""Granting ground under the database's guarantee, against looking first and inserting then."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

import psycopg
from psycopg.types.range import TimestamptzRange
from shapely import set_srid, to_wkb
from shapely.geometry import Polygon, box

from chassis.settings import ServiceSettings
from kernel.law.load import load_country
from tests.bench.clones import connections
from tests.bench.measure import THREADS, Measure, interleaved, rate_of
from tests.experiments.scratch import ROOT, scratch
from tests.own_database import as_owner

GRANTS = 160
HELD_BEFORE = 4_000
GOAL = 0.95
SRID = 32736
STEP = 400  # metres from one plot to the next
ROW = 150
VALID = TimestamptzRange(
    datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=1095)
)
INSERT = """
insert into {table} (licence_area_id, layer, valid, plane, core)
values (%(licence)s, 'rock', %(valid)s, %(plane)s, %(core)s::geometry) {conflict} returning id
"""
GUARDED = INSERT.format(table="public.ground", conflict="on conflict do nothing")
UNSAFE = INSERT.format(table="unsafe.ground", conflict="")
LOOK = """
select id from unsafe.ground
where layer = 'rock' and valid && %(valid)s and core && %(core)s::geometry
  and st_relate(core, %(core)s::geometry, 'T********') limit 1
"""
TWIN = """
create schema unsafe;
create table unsafe.ground (
  like public.ground including defaults including identity including constraints
);
alter table unsafe.ground add primary key (id);
alter table unsafe.ground add foreign key (licence_area_id) references public.licence_area;
alter table unsafe.ground add foreign key (plane) references public.plane;
create index on unsafe.ground using gist (core);
create index on unsafe.ground (licence_area_id);
grant usage on schema unsafe to public;
grant select, insert on unsafe.ground to public
"""
LICENCE = UUID(int=7)
A_LICENCE = """
insert into licence_area (id, application_id, issuance, licence_code, licence_type, minerals,
  status, inherited, office, edition, granted_at)
values (%s, gen_random_uuid(), gen_random_uuid(), 'BENCH-1', 'artisanal-permit', '{gold}',
  'confirmed', false, 'mines-north', %s, %s)
"""


def measure(admin: str, seed: int) -> list[Measure]:
    """Plots apart from each other beside a few thousand held before: every grant goes through."""
    with scratch(admin) as place:
        settings = place.settings("cadastre", pool=THREADS)
        edition = load_country(ROOT / "rulebooks", "example").newest.ref.model_dump_json()
        as_owner(settings, A_LICENCE, LICENCE, edition, VALID.lower)
        for statement in TWIN.split(";"):
            as_owner(settings, statement)
        ours, limit = _rates(settings, random.Random(seed))
    return [Measure("granting", ours, limit, GOAL, "grants per second", seed)]


def _rates(settings: ServiceSettings, chance: random.Random) -> tuple[float, float]:
    """Both sides speak to the database alike, on prepared statements and a connection a thread."""
    doors = connections(settings)

    def in_one_transaction(act: Callable[[psycopg.Connection, str], bool], piece: Polygon) -> None:
        door = doors.get()
        with door.transaction():
            assert act(door, to_wkb(piece, hex=True, include_srid=True))
        doors.put(door)

    plots = {guarded: iter(range(10**6)), unsafe: iter(range(10**6))}

    def rate(act: Callable[[psycopg.Connection, str], bool], number: int = GRANTS) -> float:
        chosen = [plot(next(plots[act]), chance) for _ in range(number)]
        return rate_of(partial(in_one_transaction, act), chosen)

    for act in plots:
        rate(act, HELD_BEFORE)
    for table in ("public.ground", "unsafe.ground"):
        as_owner(settings, f"analyze {table}")
    return interleaved(lambda _: rate(guarded), lambda _: rate(unsafe), rounds=15)


def plot(n: int, chance: random.Random) -> Polygon:
    x, y = 400_000 + STEP * (n % ROW), 9_580_000 + STEP * (n // ROW)
    return set_srid(box(x, y, x + chance.uniform(100, 300), y + chance.uniform(100, 300)), SRID)


def guarded(door: psycopg.Connection, core: str) -> bool:
    """The statement by which the store takes ground: no row means that it is somebody else's."""
    told = {"licence": LICENCE, "valid": VALID, "plane": SRID, "core": core}
    return door.execute(GUARDED, told).fetchone() is not None


def unsafe(door: psycopg.Connection, core: str) -> bool:
    """What two at once get wrong: nobody is seen, so both insert."""
    told = {"licence": LICENCE, "valid": VALID, "plane": SRID, "core": core}
    if door.execute(LOOK, told).fetchone() is not None:
        return False
    return door.execute(UNSAFE, told).fetchone() is not None
