"""The whole ring for journeys: one stack, people who sign in, ground that nobody has taken yet."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.demo_ring.ground import Place, take_place
from cli.demo_ring.ring import Ring
from cli.demo_story.story import Story
from cli.demo_story.telling import Teller
from deploy.stack.layout import Stack


@pytest.fixture(scope="session")
def ring(stack: Stack) -> Iterator[Ring]:
    """Officers stay signed in from one journey to the next, each in one browser."""
    with Ring(stack) as opened:
        yield opened


@pytest.fixture
def place(ring: Ring) -> Place:
    return take_place(ring.stack)


@pytest.fixture
def told() -> list[str]:
    """The lines of the story, as they are told."""
    return []


@pytest.fixture
def story(ring: Ring, place: Place, told: list[str], tmp_path: Path) -> Story:
    return Story(ring, place, Teller(told.append, tmp_path))
