"""Lodging an application (number, log, receipt, outbox) against inserting the same rows bare."""

import random
import statistics
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg import sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from starlette.testclient import TestClient

from chassis.settings import ServiceSettings
from chassis.signing import Signer
from chassis.unit_of_work import Works
from contracts.licensing.wire_applications import Lodgement
from kernel.authority import Actor, Realm
from kernel.events import ActorKind
from services.licensing.acts.lodge_application import lodge_application
from tests.bench.clones import clone, columns, connections, twin
from tests.bench.measure import ROUNDS, THREADS, Measure, interleaved, rate_of
from tests.experiments.filing import Filer
from tests.experiments.r1_clients import statement
from tests.experiments.scratch import Scratch, scratch
from tests.own_database import as_owner

LODGED = 160
GOAL, RATE_GOAL = 0.25, 500
WHO = "bench"
TABLES = ("application", "paper", "receipt", "journal", "outbox")
"""What a lodgement leaves beside its leaf: the limit inserts the same rows."""
ONE_MORE = """
with leaf as (
  insert into bare.log_leaf ("index", at, leaf, payload, salt)
  select size, last_at, frontier, '{}', '' from bare.log_head
)
update bare.log_head set size = size + 1
"""


def measure(admin: str, seed: int) -> list[Measure]:
    """The whole act as its route calls it; the limit has its rows ready and tells nobody.

    `lodging-head` holds the act against what no design of this promise can pass: locking the log's
    head, adding one row and committing, one after the other, because a receipt names its leaf.
    """
    with scratch(admin) as place:
        settings = place.settings("licensing", pool=THREADS, portal_address="testclient")
        app = place.app(settings)
        works, desk = Works(app.state.database.sessions), app.state.desk
        edition = desk.law.country.newest.ref.edition
        ground = _ground(place, seed, edition)
        miner = Actor(kind=ActorKind.APPLICANT, person=f"public:{WHO}", realm=Realm.PUBLIC)
        drafts = iter(_drafts(place, settings, app, LODGED * (ROUNDS + 1) + 1))

        def lodge(draft: UUID) -> None:
            sent = Lodgement.model_validate({"ground": ground})
            works.run(miner, lambda work: lodge_application(work, desk, str(draft), sent))

        lodge(next(drafts))
        insert = _bare(settings)
        ours, limit = interleaved(
            lambda _: rate_of(lodge, [next(drafts) for _ in range(LODGED)]),
            lambda _: rate_of(insert, [uuid4() for _ in range(LODGED)]),
        )
        _must_be_whole(settings, LODGED * (ROUNDS + 1) + 1)
        head = _head_alone(settings)
        alone = statistics.median(rate_of(head, range(LODGED)) for _ in range(ROUNDS))
    return [
        Measure("lodging", ours, limit, GOAL, "lodgements per second", seed),
        Measure("lodging-rate", ours, None, RATE_GOAL, "lodgements per second, one process", seed),
        Measure("lodging-head", ours, alone, None, "lodgements per second", seed),
    ]


def _ground(place: Scratch, seed: int, edition: str) -> dict[str, Any]:
    signer = Signer.load(place.keys, "cadastre-statements")
    return signer.sign(statement(random.Random(seed), edition))


def _drafts(place: Scratch, settings: ServiceSettings, app: Any, number: int) -> list[UUID]:
    """So many drafts, each of a party of its own and with the paper that must be there."""
    with TestClient(app) as client:
        first = Filer(client, place.issuer.headers("public", WHO)).ready("artisanal-permit")
    fresh = "gen_random_uuid()"
    mine = f"t.id = (select party_id from application where id = '{first}')"
    clone(settings, "party", number, mine, id=fresh)
    others = f"from party where id <> (select party_id from application where id = '{first}')"
    nth = f"(array(select id {others} order by id))[n]"
    clone(settings, "application", number, f"t.id = '{first}'", id=fresh, party_id=nth)
    found = as_owner(settings, "select id from application where id <> %s", first)
    for (draft,) in found:
        where = f"t.application_id = '{first}'"
        clone(settings, "document", 1, where, id=fresh, application_id=f"'{draft}'::uuid")
    return [row[0] for row in found]


def _bare(settings: ServiceSettings) -> Callable[[UUID], None]:
    """Inserts the rows of the one lodgement there is, under other ids, in one transaction."""
    twin(settings, *TABLES)
    doors, rows = connections(settings), {name: _rows(settings, name) for name in TABLES}
    statements = {name: _insert(name, rows[name][0]) for name in TABLES}

    def insert(case: UUID) -> None:
        door = doors.get()
        with door.transaction(), door.cursor() as cursor:
            for name in TABLES:
                cursor.executemany(statements[name], [_other(row, case) for row in rows[name]])
        doors.put(door)

    return insert


def _head_alone(settings: ServiceSettings) -> Callable[[int], None]:
    """Locks a log's head, adds a row and commits: the queue that all lodgements stand in."""
    twin(settings, "log_head", "log_leaf")
    as_owner(settings, "insert into bare.log_head select * from log_head")
    doors = connections(settings)

    def add(_: int) -> None:
        door = doors.get()
        with door.transaction():
            door.execute("select size from bare.log_head for update")
            door.execute(ONE_MORE)
        doors.put(door)

    return add


OWN = {"application": "id", "journal": "case_id", "outbox": "subject"}


def _rows(settings: ServiceSettings, table: str) -> list[dict[str, Any]]:
    """The rows that the lodgement wrote, ready to be sent again."""
    names = sql.SQL(", ").join(map(sql.Identifier, columns(settings, table)))
    lodged = "(select id from public.application where filing_seq = 1)"
    own = sql.Identifier(OWN.get(table, "application_id"))
    query = sql.SQL("select {} from {} where {} = " + lodged).format(
        names, sql.Identifier(table), own
    )
    address = (settings.database_owner or settings.database).get_secret_value()
    with psycopg.connect(address, row_factory=dict_row) as door:
        found = door.execute(query).fetchall()
    return [{name: Jsonb(v) if isinstance(v, dict) else v for name, v in r.items()} for r in found]


def _insert(table: str, row: dict[str, Any]) -> sql.Composed:
    return sql.SQL("insert into bare.{} ({}) values ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, row)),
        sql.SQL(", ").join(map(sql.Placeholder, row)),
    )


def _other(row: dict[str, Any], case: UUID) -> dict[str, Any]:
    """The row as another case's: what is unique is replaced."""
    unique = {
        "id": case, "application_id": case, "case_id": case, "subject": case,
        "code": str(case), "short_code": str(case), "filing_seq": case.int % 2**62,
        "log_index": case.int % 2**62,
    }
    return row | {name: value for name, value in unique.items() if name in row}


def _must_be_whole(settings: ServiceSettings, number: int) -> None:
    query = "select count(*), max(filing_seq), (select size from log_head) from application"
    lodged, last, leaves = as_owner(settings, f"{query} where filing_seq is not null")[0]
    assert (lodged, last) == (number, number), f"{lodged} of {number} were lodged"
    assert leaves >= number
