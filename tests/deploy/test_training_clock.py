from collections.abc import Callable
from datetime import timedelta

import psycopg
import pytest

from chassis.outbox import HOLD_KEY
from deploy.stack.databases import owner_url
from deploy.stack.layout import Refused, Stack
from deploy.stack.migrations import has_migrations
from deploy.stack.processes import SERVICES
from deploy.stack.training_clock import TrainingClock, _relays_held

HERE = [service for service in SERVICES if has_migrations(service)]


def offsets(stack: Stack) -> set[int]:
    found = set()
    for service in HERE:
        with psycopg.connect(owner_url(stack, service)) as database:
            row = database.execute("select offset_seconds from clock").fetchone()
            assert row is not None
            found.add(row[0])
    return found


def test_every_service_lives_at_the_same_instant_after_a_move(stack: Stack) -> None:
    said: list[str] = []
    clock = TrainingClock(stack, said.append)
    before = clock.offset()
    clock.forward(clock.now() + timedelta(minutes=3))
    assert offsets(stack) == {clock.offset()}
    assert 170 <= clock.offset() - before <= 181
    assert said[-1].startswith("It is ")


def test_time_does_not_go_back(stack: Stack) -> None:
    clock = TrainingClock(stack)
    with pytest.raises(Refused, match="only goes forward"):
        clock.forward(clock.now() - timedelta(seconds=1))


def test_relays_are_held_while_the_clock_moves_and_not_longer(
    stack: Stack, postgres_url: Callable[[str], str]
) -> None:
    asked = "select pg_try_advisory_xact_lock_shared(%s)"
    with (
        psycopg.connect(owner_url(stack, "licensing"), autocommit=True) as owner,
        psycopg.connect(postgres_url("licensing"), autocommit=True) as relay,
    ):
        with _relays_held({"licensing": owner}):
            assert relay.execute(asked, [HOLD_KEY]).fetchone() == (False,)
        assert relay.execute(asked, [HOLD_KEY]).fetchone() == (True,)


def test_the_database_itself_refuses_to_turn_the_clock_back(stack: Stack) -> None:
    TrainingClock(stack).forward(TrainingClock(stack).now() + timedelta(minutes=1))
    turned_back = pytest.raises(psycopg.errors.RaiseException, match="only goes forward")
    with psycopg.connect(owner_url(stack, "licensing")) as owner, turned_back:
        owner.execute("update clock set offset_seconds = 0")
