"""A stack on servers that somebody else runs: its own databases and namespace, no server."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from cli.demo_ring.ring import Ring
from cli.demo_story.others import BUYER, lodge_right
from cli.demo_story.story import Story
from contracts.payments.language import InvoiceStatus
from deploy.stack.environment import keycloak_address
from deploy.stack.layout import Stack
from deploy.stack.processes import FAKES, MIGRATED, OURS, SERVICES
from deploy.stack.status import standings
from tests.journeys.given_servers import on_servers, own_places

BASE = 23600


@pytest.fixture
def given(stack: Stack) -> Iterator[dict[str, str]]:
    """Empty databases on the stack's PostgreSQL, its Temporal and its Keycloak, as addresses."""
    with own_places(stack, MIGRATED) as told:
        yield told | {"CORNERPOST_KEYCLOAK": keycloak_address(stack)}


@dataclass(slots=True)
class Elsewhere(Ring):
    """Signs people in where they always did; what they do then happens on the other stack."""

    other: Stack | None = None

    def _addresses(self) -> dict[str, str]:
        assert self.other is not None
        return {one: self.other.address(one) for one in SERVICES}


@pytest.mark.timeout(280)
def test_a_stack_on_given_servers_starts_none_and_takes_a_case_on(
    story: Story, given: dict[str, str], folder: Path
) -> None:
    with on_servers(given, folder / "d", BASE) as stack:
        assert [one.name for one in standings(stack)] == [one.name for one in (*FAKES, *OURS)]
        assert all(one.ready for one in standings(stack))
        with Elsewhere(story.ring.stack, other=stack) as ring:
            elsewhere = Story(ring, story.place, story.tell)
            case = lodge_right(elsewhere, BUYER, person=91)
            case.pay(BUYER.fee)
            assert case.paid(BUYER.fee).status is InvoiceStatus.PAID
            assert case.open_step("screening").due_at is not None
