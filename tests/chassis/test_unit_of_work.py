import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import uuid4

import psycopg
import pytest
from pydantic import BaseModel
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session
from tiny.service import Settings

from chassis import journal, log, outbox
from chassis.clock import Clock, new_uuid
from chassis.database import Database, open_database
from chassis.tables import log_leaf
from chassis.tables import outbox as outbox_rows
from chassis.unit_of_work import UnitOfWork, Works
from contracts.procedures import Tell
from kernel.authority import clockwork
from kernel.events import EditionRef
from kernel.log.canonical import NotCanonical, canonical
from kernel.log.leaf import commit_to
from kernel.log.proofs import verify_consistency, verify_inclusion
from kernel.log.tree import leaf_hash
from kernel.problems import Problem

US = clockwork("messages")


class Answer(BaseModel):
    number: int


class No(Problem):
    pass


def test_a_fact_is_a_journal_row_a_leaf_and_what_workflows_are_told(works: Works) -> None:
    case = uuid4()
    edition = EditionRef(country="example", edition="2026-01-01", hash="00")
    with works.open(US) as work:
        told = [Tell.notice(case), Tell.application(case)]
        event = work.record(case, "thing.made", {"a": "1.5"}, tell=told, edition=edition)
    with works.open(US) as work:
        assert journal.events_between(work.session, case) == [event]
        rows = work.session.execute(
            select(outbox_rows).where(outbox_rows.c.subject == case).order_by("id")
        ).all()
        leaf = work.session.execute(select(log_leaf).where(log_leaf.c.at == event.at)).one()
    assert [row.workflow_id for row in rows] == [f"notice:{case}", f"application:{case}"]
    assert (event.seq, event.edition, event.at >= event.legal_at) == (1, edition, True)
    assert leaf.payload["subject"] == str(case)
    assert canonical(leaf.payload) == leaf.leaf


def test_what_was_refused_left_no_trace(works: Works) -> None:
    case = uuid4()
    with works.open(US) as work:
        size, unsent = log.frontier(work.session).size, outbox.waiting(work.session)

    def act(work: UnitOfWork) -> None:
        work.record(case, "thing.made", {}, tell=[Tell.notice(case)])
        raise No("no")

    with pytest.raises(No):
        works.run(US, act)
    with works.open(US) as work:
        assert journal.events_between(work.session, case) == []
        assert log.frontier(work.session).size == size
        assert outbox.waiting(work.session) == unsent


def test_sequences_have_no_gaps_and_the_order_of_numbers_is_the_order_of_instants(
    works: Works,
) -> None:
    cases = [uuid4() for _ in range(3)]

    def act(n: int) -> None:
        case = cases[n % 3]
        works.run(US, lambda work: work.record(case, "thing.made", {"n": n}))

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(act, range(60)))
    with works.open(US) as work:
        for case in cases:
            seqs = [event.seq for event in journal.events_between(work.session, case)]
            assert seqs == list(range(1, 21))
        rows = work.session.execute(select(log_leaf).order_by(log_leaf.c["index"])).all()
    assert [row[0] for row in rows] == list(range(len(rows)))
    assert all(a.at <= b.at for a, b in pairwise(rows))


def test_every_leaf_and_every_growth_of_the_log_can_be_proved(works: Works) -> None:
    for n in range(7):
        works.run(US, lambda work, n=n: work.append("thing.counted", str(n), {"n": n}))
    with works.open(US) as work:
        size = log.frontier(work.session).size
        root = log.frontier(work.session).root()
        assert root == log.root_at(work.session, size)
        for index in range(size):
            proof = log.prove_inclusion(work.session, index, size)
            leaf = leaf_hash(log.entries(work.session, index, 1)[0].leaf)
            assert verify_inclusion(index, size, leaf, proof, root)
        for first in range(size + 1):
            grown = log.prove_consistency(work.session, first, size)
            earlier = log.root_at(work.session, first)
            assert verify_consistency(first, size, earlier, root, grown)


def test_the_salt_opens_the_commitment_and_the_leaf_does_not_tell_the_payload(
    works: Works,
) -> None:
    payload = {"name": "canary"}
    with works.open(US) as work:
        leaf = work.append("thing.named", "x", payload)
        row = work.session.execute(select(log_leaf).order_by(log_leaf.c["index"].desc())).first()
    assert row is not None
    assert b"canary" not in row.leaf
    assert row.payload["commitment"] == commit_to(payload, leaf.salt)


def test_the_recorded_instant_is_read_after_the_lock_and_never_goes_back(
    settings: Settings, works: Works
) -> None:
    with works.open(US) as work:
        last = work.append("thing.counted", "now", {}).at
    behind = open_database(settings, Clock("training", lambda: last - timedelta(hours=1)))
    with Works(behind.sessions).open(US) as work:
        assert work.now == last - timedelta(hours=1)
        assert work.append("thing.counted", "then", {}).at == last
    behind.close()


def test_a_fact_may_be_bound_to_a_leaf_of_its_own_kind(works: Works) -> None:
    case = uuid4()
    with works.open(US) as work:
        leaf = work.append("thing.filed", case, {"what": "all of it"})
        event = work.record(case, "thing.filed", {}, leaf=leaf, legal_at=leaf.at)
        silent = work.record(case, "thing.noted", {}, leaf=False)
    assert event.at == event.legal_at == leaf.at
    assert (silent.seq, silent.at) == (2, work.now)


def test_a_growth_reckoned_before_is_written_with_its_fact(works: Works) -> None:
    case, other = uuid4(), uuid4()
    with works.open(US) as work:
        work.record(other, "thing.made", {})
        work.record(other, "thing.made", {})
        head = log.lock_head(work.session, case)
        growth = log.grow(head, "thing.logged", case, {"a": 1})
        event = work.record(case, "thing.made", {}, leaf=growth)
        later = log.grow(log.lock_head(work.session, case), "thing.logged", other, {"a": 2})
        elsewhere = work.record(other, "thing.made", {}, leaf=later)
    with works.open(US) as work:
        size = log.frontier(work.session).size
        proof = log.prove_inclusion(work.session, growth.leaf.index, size)
        root = log.root_at(work.session, size)
    assert (event.seq, event.at) == (1, growth.leaf.at)
    assert elsewhere.seq == 3, "the counter of the case that is recorded, not of the one locked"
    assert verify_inclusion(growth.leaf.index, size, growth.leaf.hash, proof, root)


def test_a_connection_that_the_server_ended_is_replaced_unseen(
    database: Database, database_name: str, admin_url: str
) -> None:
    works = Works(database.sessions)
    for _ in range(2):
        with works.open(US) as work:
            work.record(uuid4(), "thing.made", {})
        with psycopg.connect(admin_url, dbname="postgres", autocommit=True) as admin:
            ended = admin.execute(
                "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = %s",
                [database_name],
            ).fetchall()
        assert ended
        assert all(one for (one,) in ended)
    with works.open(US) as work:
        assert work.record(uuid4(), "thing.made", {}).seq == 1


def test_payloads_are_canonical_and_short(works: Works) -> None:
    with pytest.raises(NotCanonical), works.open(US) as work:
        work.record(uuid4(), "thing.weighed", {"kg": 1.5})
    with pytest.raises(journal.FactTooLong), works.open(US) as work:
        work.record(uuid4(), "thing.told", {"text": "x" * 33_000})


def test_a_command_is_carried_out_once_and_repeats_get_its_answer(works: Works) -> None:
    done, key = [], str(uuid4())

    def act(work: UnitOfWork) -> Answer:
        done.append(work.now)
        return Answer(number=len(done))

    answers = [works.run_once(key, US, act) for _ in range(3)]
    assert answers == [Answer(number=1)] * 3
    assert len(done) == 1
    assert works.run_once(key, US, act, Answer) == Answer(number=1)


def test_concurrent_twins_of_a_command_have_one_effect(works: Works) -> None:
    done, key, start = [], str(uuid4()), threading.Barrier(4)

    def act(work: UnitOfWork) -> Answer:
        done.append(1)
        return Answer(number=len(done))

    def send(_: int) -> Answer:
        start.wait()
        return works.run_once(key, US, act)

    with ThreadPoolExecutor(4) as pool:
        assert {a.number for a in pool.map(send, range(4))} == {1}
    assert len(done) == 1


def test_a_refused_command_may_be_sent_again(works: Works) -> None:
    key, allowed = str(uuid4()), [False, True]

    def act(work: UnitOfWork) -> None:
        if not allowed.pop(0):
            raise No("not yet")

    with pytest.raises(No):
        works.run_once(key, US, act)
    assert works.run_once(key, US, act) is None
    assert works.run_once(key, US, act) is None


def test_two_acts_that_deadlock_both_succeed(database: Database) -> None:
    works, keys = Works(database.sessions), [uuid4(), uuid4()]
    with works.open(US) as work:
        for n, key in enumerate(keys):
            row = {"id": key, "name": f"deadlock {key}", "v": n}
            work.session.execute(text("insert into thing values (:id, :name, :v)"), row)
    meet, tries = threading.Barrier(2, timeout=10), []

    def act(order: list[object]) -> None:
        def lock_both(work: UnitOfWork) -> None:
            tries.append(1)
            bump = text("update thing set version = version + 1 where id = :id")
            work.session.execute(bump, {"id": order[0]})
            if len(tries) <= 2:
                meet.wait()
            work.session.execute(bump, {"id": order[1]})

        works.run(US, lock_both)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(act, [keys, keys[::-1]]))
    assert len(tries) == 3


@pytest.mark.parametrize(
    "table", ["journal", "log_leaf", "log_node", "seal", "stack_mode", "clock"]
)
@pytest.mark.parametrize("change", ["delete from {}", "update {} set {c} = {c}", "truncate {}"])
def test_the_app_role_cannot_rewrite_the_record(
    database: Database, table: str, change: str
) -> None:
    column = {"journal": "seq", "log_leaf": '"index"', "log_node": "level"}.get(table, "id")
    with pytest.raises(ProgrammingError, match="permission denied"), Session(database.engine) as s:
        s.execute(text(change.format(table, c=column)))


def test_identifiers_made_later_sort_later() -> None:
    at = datetime.fromisoformat("2026-03-02T08:00:00+00:00")
    ids = [new_uuid(at + timedelta(milliseconds=n)) for n in range(50)]
    assert ids == sorted(ids)
    assert len(set(ids)) == 50
    assert {one.version for one in ids} == {7}


def test_the_auditor_reads_the_views_and_nothing_else(
    database: Database, owner_url: str, admin_url: str
) -> None:
    name = owner_url.rsplit("/", 1)[-1]
    with psycopg.connect(admin_url, dbname=name, autocommit=True) as admin:
        admin.execute("set role auditor")
        admin.execute("select seq, leaf, payload from audit_v1.log_entries").fetchall()
        admin.execute("select id, created_at, sent_at from audit_v1.outbox").fetchall()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            admin.execute("select * from journal")
        admin.execute("reset role")


def test_the_acts_limits_are_set_on_every_connection(database: Database) -> None:
    with database.engine.connect() as connection:
        for name, value in (("synchronous_commit", "on"), ("lock_timeout", "5s"), ("jit", "off")):
            assert connection.execute(text(f"show {name}")).scalar_one() == value
