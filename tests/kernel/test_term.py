"""A step's clock, stopped and resumed."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from kernel.calendar import Calendar, Duration, Unit
from kernel.term import ClockAlreadyStopped, ClockNotStopped, Resume, Term

EAST = Calendar(utc_offset_minutes=180)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+03:00")


FIVE = Duration(n=5, unit=Unit.WORKING_DAYS)
TWO = Duration(n=2, unit=Unit.WORKING_DAYS)
TERM = Term(start=at("2026-03-02T11:00"), allowed=FIVE)


def test_a_resumed_clock_continues_with_what_was_left() -> None:
    stopped = TERM.stop(at("2026-03-04T11:00"), "a paper is missing")
    assert stopped.due(EAST) is None
    assert stopped.left(at("2026-03-20T11:00"), EAST) == timedelta(days=3)
    resumed = stopped.resume(at("2026-03-16T09:00"))
    assert resumed.due(EAST) == at("2026-03-19T09:00")


def test_a_restarted_clock_has_its_whole_time_again() -> None:
    stopped = TERM.stop(at("2026-03-04T11:00"), "a paper is missing")
    resumed = stopped.resume(at("2026-03-16T09:00"), Resume.RESTART)
    assert resumed.due(EAST) == at("2026-03-23T09:00")


def test_a_capped_stop_ends_by_itself() -> None:
    stopped = TERM.stop(at("2026-03-04T11:00"), "a paper is missing", cap=TWO)
    assert stopped.due(EAST) == at("2026-03-11T11:00")
    assert stopped.resume(at("2026-03-30T11:00")).due(EAST) == at("2026-03-11T11:00")
    assert stopped.resume(at("2026-03-05T11:00")).due(EAST) == at("2026-03-10T11:00")


def test_a_clock_resumed_at_the_instant_it_was_stopped_is_due_as_before() -> None:
    moment = at("2026-03-04T11:00")
    assert TERM.stop(moment, "error").resume(moment).due(EAST) == TERM.due(EAST)


def test_a_clock_is_stopped_once_and_resumed_only_when_stopped() -> None:
    stopped = TERM.stop(at("2026-03-04T11:00"), "a paper is missing")
    with pytest.raises(ClockAlreadyStopped):
        stopped.stop(at("2026-03-05T11:00"), "another")
    with pytest.raises(ClockNotStopped):
        TERM.resume(at("2026-03-05T11:00"))
    with pytest.raises(ClockNotStopped):
        stopped.resume(at("2026-03-03T11:00"))


def test_a_warning_never_comes_before_the_start() -> None:
    assert TERM.warn_at(TWO, EAST) == at("2026-03-05T11:00")
    assert TERM.warn_at(Duration(n=9, unit=Unit.WORKING_DAYS), EAST) == TERM.start
    assert TERM.stop(at("2026-03-04T11:00"), "x").warn_at(TWO, EAST) is None


def test_a_term_survives_being_engine_state() -> None:
    stopped = TERM.stop(at("2026-03-04T11:00"), "a paper is missing", cap=TWO)
    assert Term.model_validate_json(stopped.model_dump_json()) == stopped


def test_how_long_a_lapse_waits_is_written_once() -> None:
    root = Path(__file__).parents[2]
    found = [
        path.relative_to(root).as_posix()
        for part in ("kernel", "chassis", "services", "workflows", "deploy")
        for path in (root / part).rglob("*.py")
        if re.search(r"^GRACE\b.*= timedelta\(seconds=30\)", path.read_text(), re.MULTILINE)
    ]
    assert found == ["kernel/term.py"]
