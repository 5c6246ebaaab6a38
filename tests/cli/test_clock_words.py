from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cli.clock import instant, span
from cli.main import run
from deploy.stack.layout import Mode, Refused, establish


@pytest.mark.parametrize(
    ("words", "length"),
    [
        ("5d", timedelta(days=5)),
        ("2w", timedelta(days=14)),
        ("36h", timedelta(hours=36)),
        ("1d12h30m5s", timedelta(days=1, hours=12, minutes=30, seconds=5)),
    ],
)
def test_a_length_of_time_is_written_short(words: str, length: timedelta) -> None:
    assert span(words) == length


@pytest.mark.parametrize("words", ["", "5", "d5", "5 d", "-5d", "1.5d", "5y"])
def test_anything_else_is_no_length_of_time(words: str) -> None:
    with pytest.raises(Refused, match="no length of time"):
        span(words)


def test_a_day_begins_at_the_countrys_midnight() -> None:
    assert instant("2027-03-01T00:00:00Z", 180) == datetime(2027, 3, 1, tzinfo=UTC)
    assert instant("2027-03-01", 180) == datetime(2027, 2, 28, 21, tzinfo=UTC)
    assert instant("2027-03-01", 180) == instant("2027-03-01T00:00", 180)


def test_a_word_that_is_no_date_is_refused() -> None:
    with pytest.raises(Refused, match="no day or instant"):
        instant("tomorrow", 180)


@pytest.mark.parametrize("words", [["show"], ["forward", "5d"], ["to", "2027-01-01"]])
def test_a_production_stack_has_no_clock_to_show_or_move(
    folder: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    establish(folder / "d", Mode.PRODUCTION, 29000)
    assert run(["clock", *words, "--data", str(folder / "d")]) == 1
    assert "production stack" in capsys.readouterr().err


def test_a_production_folder_is_not_started_for_training(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    establish(folder / "d", Mode.PRODUCTION, 29000)
    assert run(["up", "--training", "--data", str(folder / "d")]) == 1
    assert "holds a production stack" in capsys.readouterr().err
