import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session
from temporalio.service import RPCError, RPCStatusCode
from tiny.service import Settings

from chassis import outbox
from chassis.clock import Clock, advance_clock, machine_now
from chassis.database import Database, open_database, owner_engine
from chassis.outbox import HOLD_KEY
from chassis.relay import IN_FLIGHT, Outcome, Relay, listener
from chassis.tables import outbox as rows
from chassis.temporal import Told
from chassis.unit_of_work import Works
from contracts.procedures import Tell
from kernel.authority import clockwork
from kernel.events import CaseRef

US = clockwork("messages")


class Sink:
    """Workflows that note what they are told; it can be away, and can dislike a workflow."""

    def __init__(self) -> None:
        self.heard: dict[str, list[Told]] = defaultdict(list)
        self.away: Exception | None = None
        self.disliked: set[str] = set()
        self.lock = threading.Lock()
        self.disliked_seq = 0
        self.slow = 0.0
        self.at_work = False

    def tell(self, told: Told) -> None:
        if self.away is not None:
            raise self.away
        if told.workflow_id in self.disliked or told.event.seq == self.disliked_seq:
            raise RPCError("no such thing", RPCStatusCode.INVALID_ARGUMENT, b"")
        self.at_work = True
        time.sleep(self.slow)
        with self.lock:
            self.heard[told.workflow_id].append(told)

    def seqs(self, case: UUID) -> list[int]:
        return [told.event.seq for told in self.heard[f"notice:{case}"]]


@pytest.fixture
def sink() -> Sink:
    return Sink()


@pytest.fixture(autouse=True)
def _empty(works: Works) -> None:
    with works.open(US) as work:
        work.session.execute(text("update outbox set sent_at = created_at where sent_at is null"))


@pytest.fixture
def start(settings: Settings) -> Iterator[Callable[[Sink], Relay]]:
    begun: list[tuple[Relay, threading.Thread, Database]] = []

    def begin(sink: Sink) -> Relay:
        opened = open_database(settings.model_copy(update={"pool": 8}))
        relay = Relay(opened, sink)
        thread = threading.Thread(target=relay.run, args=(listener(settings),))
        thread.start()
        begun.append((relay, thread, opened))
        return relay

    yield begin
    for relay, _, _ in begun:
        relay.stop.set()
    for _, thread, opened in begun:
        thread.join(10)
        opened.close()


def tell(works: Works, case: UUID, count: int) -> None:
    for n in range(count):
        works.run(
            US,
            lambda work, n=n: work.record(
                case, "thing.counted", {"n": n}, tell=[Tell.notice(case)]
            ),
        )


def unsent(works: Works) -> int:
    with works.open(US) as work:
        return outbox.waiting(work.session)


def until(done: Callable[[], bool], seconds: float = 15) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def test_two_relays_keep_the_order_of_every_case(
    works: Works, sink: Sink, start: Callable[[Sink], Relay]
) -> None:
    cases = [uuid4() for _ in range(6)]
    sink.slow = 0.002
    start(sink)
    start(sink)
    for _ in range(5):
        for case in cases:
            tell(works, case, 2)
    until(lambda: unsent(works) == 0)
    assert {case: sink.seqs(case) for case in cases} == {case: list(range(1, 11)) for case in cases}


def test_a_told_fact_carries_its_request_id_and_where_the_workflow_starts(
    database: Database, works: Works, sink: Sink
) -> None:
    case = uuid4()
    tell(works, case, 1)
    assert Relay(database, sink).deliver_one() is Outcome.TOLD
    (told,) = sink.heard[f"notice:{case}"]
    with works.open(US) as work:
        row = work.session.execute(select(rows).where(rows.c.subject == case)).one()
        offset = database.around.clock.offset(work.session)
    assert (told.request_id, told.workflow) == (f"messages:{row.id}", "NoticeWorkflow")
    assert told.start == CaseRef(subject=case, clock_offset=offset, last_seq=0)
    assert row.sent_at is not None


def test_news_arrives_without_waiting_for_the_next_look(
    works: Works,
    sink: Sink,
    start: Callable[[Sink], Relay],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("chassis.relay.POLL_SECONDS", 3.0)
    first, second = uuid4(), uuid4()
    tell(works, first, 1)
    start(sink)
    until(lambda: sink.seqs(first) == [1])
    time.sleep(0.3)
    tell(works, second, 1)
    until(lambda: sink.seqs(second) == [1], seconds=1.5)


@pytest.mark.parametrize(
    "away",
    [RuntimeError("Failed client connect"), RPCError("down", RPCStatusCode.UNAVAILABLE, b"")],
)
def test_while_temporal_is_away_facts_wait_and_then_arrive_in_order(
    works: Works, sink: Sink, start: Callable[[Sink], Relay], away: Exception
) -> None:
    case, sink.away = uuid4(), away
    start(sink)
    tell(works, case, 5)
    time.sleep(0.7)
    assert sink.seqs(case) == []
    sink.away = None
    until(lambda: sink.seqs(case) == [1, 2, 3, 4, 5])
    with works.open(US) as work:
        attempts = select(func.max(rows.c.attempts)).where(rows.c.subject == case)
        assert work.session.scalars(attempts).one() == 0


def test_a_failing_case_waits_for_its_next_try_and_blocks_nobody_else(
    settings: Settings, works: Works, sink: Sink
) -> None:
    bad, good, ahead = uuid4(), uuid4(), [timedelta()]
    sink.disliked = {f"notice:{bad}"}
    tell(works, bad, 2)
    tell(works, good, 2)
    opened = open_database(settings, Clock("training", lambda: machine_now() + ahead[0]))
    relay = Relay(opened, sink)
    outcomes = [relay.deliver_one() for _ in range(3)]
    assert outcomes == [Outcome.ROW_FAILED, Outcome.TOLD, Outcome.NOTHING]
    assert sink.seqs(good) == [1, 2]
    sink.disliked = set()
    ahead[0] = timedelta(seconds=3)
    assert [relay.deliver_one() for _ in range(2)] == [Outcome.TOLD, Outcome.NOTHING]
    assert sink.seqs(bad) == [1, 2]
    opened.close()


def test_what_waits_for_one_workflow_is_told_together_up_to_the_fact_that_fails(
    database: Database, works: Works, sink: Sink
) -> None:
    case, other = uuid4(), uuid4()
    tell(works, case, 3)
    tell(works, other, 1)
    sink.disliked_seq = 3
    relay = Relay(database, sink)
    assert [relay.deliver_one() for _ in range(2)] == [Outcome.ROW_FAILED, Outcome.TOLD]
    assert (sink.seqs(case), sink.seqs(other)) == ([1, 2], [1])
    with works.open(US) as work:
        tried = select(rows.c.attempts).where(rows.c.subject == case).order_by(rows.c.id)
        assert work.session.scalars(tried).all() == [0, 0, 1]
    assert unsent(works) == 1


def test_whoever_tells_one_workflow_knows_whether_another_waits(
    database: Database, works: Works, sink: Sink
) -> None:
    for case in (uuid4(), uuid4()):
        tell(works, case, 1)
    relay = Relay(database, sink)
    outcomes = [relay.deliver_one() for _ in range(3)]
    assert outcomes == [Outcome.MORE, Outcome.TOLD, Outcome.NOTHING]


def test_news_that_comes_during_a_look_is_not_slept_over(
    works: Works, sink: Sink, start: Callable[[Sink], Relay], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chassis.relay.POLL_SECONDS", 20.0)
    case = uuid4()
    start(sink)
    until(lambda: unsent(works) == 0)
    sink.slow = 0.4
    tell(works, case, 1)
    until(lambda: sink.at_work)
    tell(works, case, 1)
    until(lambda: sink.seqs(case) == [1, 2])


def test_news_from_before_anybody_listened_is_not_slept_over(
    settings: Settings,
    database: Database,
    works: Works,
    sink: Sink,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("chassis.relay.POLL_SECONDS", 20.0)
    looked, look = list[Outcome](), Relay.deliver_one

    def noted(relay: Relay) -> Outcome:
        looked.append(look(relay))
        return looked[-1]

    monkeypatch.setattr(Relay, "deliver_one", noted)
    case, relay, listen = uuid4(), Relay(database, sink), listener(settings)

    def late(relay: Relay) -> None:
        until(lambda: len(looked) >= IN_FLIGHT)
        tell(works, case, 1)
        listen(relay)

    thread = threading.Thread(target=relay.run, args=(late,))
    thread.start()
    try:
        until(lambda: sink.seqs(case) == [1])
    finally:
        relay.stop.set()
        thread.join(25)


def test_relays_stand_still_while_the_clock_is_moved_and_start_with_its_offset(
    settings: Settings, database: Database, works: Works, sink: Sink
) -> None:
    case = uuid4()
    tell(works, case, 1)
    relay = Relay(database, sink)
    with database.aside.connect() as mover:
        mover.execute(text("select pg_advisory_lock(:key)"), {"key": HOLD_KEY})
        assert relay.deliver_one() is Outcome.NOTHING
        mover.execute(text("select pg_advisory_unlock(:key)"), {"key": HOLD_KEY})
    with Session(owner_engine(settings)) as owner, owner.begin():
        advance_clock(owner, "training", 86_400)
    assert relay.deliver_one() is Outcome.TOLD
    assert sink.heard[f"notice:{case}"][0].start.clock_offset == 86_400


def test_while_postgresql_is_away_the_relay_waits_for_it(
    settings: Settings, sink: Sink, start: Callable[[Sink], Relay], works: Works, admin_url: str
) -> None:
    start(sink)
    name = settings.database.get_secret_value().rsplit("/", 1)[-1]
    with psycopg.connect(admin_url, dbname="postgres", autocommit=True) as admin:
        admin.execute(f"alter database {name} allow_connections false")
        admin.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [name]
        )
        time.sleep(0.8)
        admin.execute(f"alter database {name} allow_connections true")
    case = uuid4()
    tell(works, case, 2)
    until(lambda: sink.seqs(case) == [1, 2])
