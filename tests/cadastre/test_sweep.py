"""Ground checks are kept as long as somebody may need them, and no longer."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from cadastre_door import ACTORS
from cadastre_ground import WORK, Register, asked, plot
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError

from chassis.clock import Clock, machine_now
from chassis.database import open_database
from chassis.unit_of_work import UnitOfWork, Works
from kernel.authority import NOBODY, Actor
from services.cadastre.acts.sweep_checks import sweep_checks
from services.cadastre.settings import Settings
from services.cadastre.store.checks import keep_check, kept_check
from services.cadastre.sweeping import Sweeping

QUARTER = timedelta(days=90)
MINER = ACTORS["miner"]


def made(register: Register, days_ago: float, *, signed_in: bool = False) -> UUID:
    """A check of long ago."""
    check, at = uuid4(), machine_now() - timedelta(days=days_ago)
    with register.works.open(WORK) as work:
        keep_check(work.session, check, at, "artisanal-permit", None, {}, signed_in=signed_in)
    return check


def there(register: Register, check: UUID) -> bool:
    with register.database.sessions() as session:
        return kept_check(session, check) is not None


@contextmanager
def open_later(register: Register, settings: Settings, by: timedelta) -> Iterator[Register]:
    """The same register when that much time has passed."""
    clock = Clock("training", lambda: machine_now() + by)
    database = open_database(settings, clock)
    yield Register(database, register.desk)
    database.close()


@pytest.fixture
def later(register: Register, settings: Settings) -> Iterator[Register]:
    with open_later(register, settings, timedelta(days=400)) as made:
        yield made


def sweep(register: Register, signed_in: timedelta | None = None) -> int:
    return register.works.run(WORK, lambda work: sweep_checks(work, QUARTER, signed_in))


@pytest.fixture
def newest(register: Register) -> UUID:
    """What is asked today; old checks are old beside it."""
    return UUID(str(register.check(asked(plot(20_000))).statement.body["id"]))


def test_old_checks_of_the_public_go_and_younger_ones_stay(
    register: Register, newest: UUID
) -> None:
    old, young = made(register, 91), made(register, 89)
    assert sweep(register) == 1
    assert [there(register, one) for one in (old, young, newest)] == [False, True, True]
    assert sweep(register) == 0


def test_checks_of_people_who_signed_in_go_by_a_time_of_their_own(
    register: Register, newest: UUID
) -> None:
    older, old = (made(register, days, signed_in=True) for days in (400, 300))
    assert sweep(register) == 0
    assert sweep(register, timedelta(days=365)) == 1
    assert [there(register, one) for one in (older, old, newest)] == [False, True, True]


@pytest.mark.parametrize(("actor", "signed_in"), [(NOBODY, False), (MINER, True)])
def test_a_check_remembers_whether_somebody_was_signed_in_and_not_who(
    register: Register, actor: Actor, signed_in: bool
) -> None:
    statement = register.check(asked(plot(21_000)), actor).statement
    with register.database.sessions() as session:
        row = session.execute(
            text("select * from ground_check where id = :id"), {"id": statement.body["id"]}
        ).one()
    assert row.signed_in is signed_in
    assert "public:m" not in str(row)


def test_a_check_that_a_lodgement_stands_on_stays(register: Register, later: Register) -> None:
    entry = register.entry(asked(plot(22_000)))
    register.enter(entry)
    unused = UUID(str(register.check(asked(plot(23_000))).statement.body["id"]))
    used = UUID(entry.ground["body"]["id"])  # type: ignore[index]
    later.check(asked(plot(24_000)))
    assert sweep(later) > 0
    assert [there(register, one) for one in (used, unused)] == [True, False]


def test_a_quiet_register_keeps_what_was_asked_last(
    register: Register, later: Register, settings: Settings
) -> None:
    old, last = made(register, 91), later.check(asked(plot(7_000))).statement.body["id"]
    with open_later(register, settings, timedelta(days=4000)) as quiet:
        assert sweep(quiet) >= 1
    assert [there(register, one) for one in (old, UUID(str(last)))] == [False, True]


def test_the_database_removes_no_check_that_a_lodgement_may_need(
    register: Register, later: Register
) -> None:
    entry = register.entry(asked(plot(25_000)))
    register.enter(entry)
    used = entry.ground["body"]["id"]  # type: ignore[index]
    young = later.check(asked(plot(26_000))).statement.body["id"]
    for check, reason in ((used, "was lodged with"), (young, "may still be lodged with")):
        with (
            pytest.raises(IntegrityError, match=reason),
            register.works.open(WORK) as work,
        ):
            work.session.execute(text("delete from ground_check where id = :id"), {"id": check})
        assert there(register, UUID(check))


def test_the_worker_removes_all_in_short_transactions(
    register: Register, settings: Settings, newest: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep_checks.__module__ + ".AT_ONCE", 3)
    sweep(register)
    old = [made(register, 100 + n) for n in range(7)]
    sweeping = Sweeping(register.works, settings, ready=lambda: None, broken=pytest.fail)
    assert sweeping.sweep() == 7
    assert not any(there(register, one) for one in old)
    assert there(register, newest)


def test_the_workers_sweeping_outlives_a_database_that_is_away(
    register: Register, settings: Settings
) -> None:
    """The first round meets an outage, the second removes what is old."""
    old = made(register, 100)
    works = Failing(register.works)
    sweeping = Sweeping(works, settings, lambda: None, pytest.fail, every=0.01)  # type: ignore[arg-type]
    sweeping.start()
    assert works.swept.wait(20)
    sweeping.end()
    assert works.outages == 0
    assert not there(register, old)


class Failing:
    """Works whose database is away once."""

    def __init__(self, works: Works) -> None:
        self.works, self.outages, self.swept = works, 1, threading.Event()

    def run(self, actor: Actor, act: Callable[[UnitOfWork], int]) -> int:
        if self.outages:
            self.outages -= 1
            raise OperationalError("select 1", {}, ConnectionError("away"))
        removed = self.works.run(actor, act)
        self.swept.set()
        return removed
