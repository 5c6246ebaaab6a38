from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from cli.main import run
from deploy.backup import backup
from deploy.stack import jumps
from deploy.stack.databases import owner_url
from deploy.stack.down import erase
from deploy.stack.layout import Mode, Refused, Stack, establish
from deploy.stack.processes import SERVICES
from deploy.stack.training_clock import TrainingClock
from deploy.stack.up import alone


@pytest.fixture
def still(folder: Path) -> Stack:
    """A stack that was never started."""
    return establish(folder / "d", Mode.TRAINING, 29000)


def test_a_jump_is_known_from_its_beginning_to_its_end(still: Stack) -> None:
    assert jumps.unfinished(still) is None
    begun = jumps.begin(still, 100, 60)
    found = jumps.unfinished(Stack.recorded(still.data))
    assert found == begun
    assert (begun.to_offset, begun.seconds) == (160, 60)
    assert (still.data / "jump.json").stat().st_mode & 0o077 == 0
    jumps.end(still)
    assert jumps.unfinished(still) is None


def test_a_jump_that_nobody_here_wrote_down_is_refused(still: Stack) -> None:
    (still.data / "jump.json").write_text("{}")
    with pytest.raises(Refused, match=r"jump\.json"):
        jumps.unfinished(still)


def test_a_stack_takes_its_jump_with_it_when_it_is_erased(still: Stack) -> None:
    jumps.begin(still, 0, 60)
    assert erase(still) == []
    assert not still.data.exists()


def test_no_backup_is_taken_of_a_stack_that_is_at_two_instants(
    still: Stack, folder: Path
) -> None:
    jumps.begin(still, 0, 60)
    with pytest.raises(Refused, match=r"cut off.*cornerpost up --training"):
        backup(still, folder / "a.tar")
    assert not (folder / "a.tar").exists()


def test_the_next_move_finishes_a_jump_of_which_nothing_was_done(stack: Stack) -> None:
    clock = TrainingClock(stack, print)
    jump = jumps.begin(stack, clock.offset(), 7200)
    clock.forward(clock.now() + timedelta(hours=2, minutes=1))
    assert clock.unfinished() is None
    assert all(offset >= jump.to_offset for offset in offsets(stack))


def test_a_jump_that_was_cut_off_is_shown_and_one_under_way_is_told_from_it(
    stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = TrainingClock(stack)
    show = ["clock", "show", "--data", str(stack.data)]
    jumps.begin(stack, clock.offset(), 7200)
    assert run(show) == 0
    assert "A jump of 2:00:00 was cut off" in capsys.readouterr().out
    with alone(stack):
        assert run(show) == 0
    assert "A jump of 2:00:00 is under way" in capsys.readouterr().out
    assert clock.finish()
    assert run(show) == 0
    assert "jump" not in capsys.readouterr().out


def test_the_command_that_was_killed_in_its_last_jump_may_be_given_again(
    stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = TrainingClock(stack)
    jumps.begin(stack, clock.offset(), 7200)
    to = (clock.now() + timedelta(hours=2)).isoformat()
    assert run(["clock", "to", to, "--data", str(stack.data)]) == 0
    assert "Finishing a jump of 2:00:00" in capsys.readouterr().out
    assert len(offsets(stack)) == 1


def offsets(stack: Stack) -> set[int]:
    found = set()
    for service in SERVICES:
        with psycopg.connect(owner_url(stack, service)) as database:
            found |= set(database.execute("select offset_seconds from clock").fetchall())
    return {offset for (offset,) in found}
