from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import APIRouter, Depends
from starlette.testclient import TestClient
from tiny.service import Settings

from chassis.app import create_service
from chassis.database import Database
from chassis.pages import (
    NotAPage,
    PageWanted,
    after_id,
    after_instant,
    after_number,
    after_text,
    next_page,
    page_wanted,
)
from chassis.rate_limits import RateLimit, Tries
from chassis.versions import VersionNotReadable, etag, seen_version
from chassis.who import PUBLIC, asks
from kernel.problems import TooMany

HOUR = timedelta(hours=1)


def test_five_tries_an_hour_are_counted_although_the_request_is_refused(
    database: Database, hand: Any
) -> None:
    tries, key = Tries(database, hand), str(uuid4())
    assert [tries.spend(key, 5, HOUR) for _ in range(5)] == [4, 3, 2, 1, 0]
    with pytest.raises(TooMany) as refused:
        tries.spend(key, 5, HOUR)
    assert refused.value.facts == {"retry_after": 3600}
    assert tries.spend(str(uuid4()), 5, HOUR) == 4
    hand.at += HOUR
    assert tries.spend(key, 5, HOUR) == 4
    tries.forgive(key)
    assert tries.spend(key, 5, HOUR) == 4


def test_a_bucket_empties_and_fills_again(hand: Any) -> None:
    limit = RateLimit(3, timedelta(minutes=1))
    for _ in range(3):
        limit.spend("a", hand())
    with pytest.raises(TooMany) as refused:
        limit.spend("a", hand())
    assert refused.value.facts == {"retry_after": 20}
    limit.spend("b", hand())
    hand.at += timedelta(seconds=20)
    limit.spend("a", hand())
    with pytest.raises(TooMany):
        limit.spend("a", hand())


def test_callers_behind_the_portal_are_told_apart_and_others_cannot_pretend(
    settings: Settings,
) -> None:
    router = APIRouter(dependencies=[Depends(asks(PUBLIC)), Depends(RateLimit(1, HOUR))])
    router.add_api_route("/limited", lambda: {}, methods=["GET"])

    def send(portal: str, forwarded: str) -> Callable[[], int]:
        told = settings.model_copy(update={"portal_address": portal})
        client = TestClient(create_service(told, [router], "Limited"), client=("10.0.0.9", 5))
        return lambda: client.get("/v1/limited", headers={"X-Forwarded-For": forwarded}).status_code

    trusted = "10.0.0.9"
    assert send(trusted, "1.1.1.1")() == 200
    assert send(trusted, "1.1.1.1")() == 429
    assert send(trusted, "9.9.9.9, 2.2.2.2")() == 200
    assert send(trusted, "8.8.8.8, 2.2.2.2")() == 429
    assert send("127.0.0.1", "3.3.3.3")() == 200
    assert send("127.0.0.1", "4.4.4.4")() == 429


def test_a_page_goes_on_after_the_last_row_seen() -> None:
    key = ("2026-03-02T08:00:00Z", 7, "Ngũgĩ", None)
    assert page_wanted(next_page(key), 10).after == key
    page = page_wanted(None, 2)
    assert page.following([(1,), (2,)]) is None
    assert page.following([(1,), (2,), (3,)]) == next_page((2,))


@pytest.mark.parametrize(
    "after", ["x", "!!!", "e30", next_page(("a\x00",)), "W1tbXV1d", "OTk5", "A" * 900]
)
def test_a_made_up_page_is_refused(after: str) -> None:
    with pytest.raises(NotAPage):
        page_wanted(after, 10)


NUMBER = "0190f1c0-0000-7000-8000-000000000001"
PLACES: list[tuple[Callable[[PageWanted], object], tuple[object, ...], object]] = [
    (after_number, (7,), 7),
    (after_text, ("north",), "north"),
    (after_id, (NUMBER,), UUID(NUMBER)),
    (
        after_instant,
        ("2026-03-02T11:00:00+03:00", NUMBER),
        (datetime(2026, 3, 2, 8, tzinfo=UTC), UUID(NUMBER)),
    ),
]


@pytest.mark.parametrize(("read", "key", "place"), PLACES)
def test_a_list_reads_its_own_pages(
    read: Callable[[PageWanted], object], key: tuple[object, ...], place: object
) -> None:
    assert read(page_wanted(next_page(key), 10)) == place
    assert not read(page_wanted(None, 10))


STRANGE: list[tuple[Callable[[PageWanted], object], tuple[object, ...]]] = [
    (after_number, ("7",)),
    (after_number, (7, 8)),
    (after_text, (7,)),
    (after_text, ()),
    (after_id, ("north",)),
    (after_id, (7,)),
    (after_instant, (NUMBER, NUMBER)),
    (after_instant, (7, NUMBER)),
    (after_instant, ("2026-03-02T11:00:00+03:00",)),
    (after_instant, ("2026-03-02T11:00:00", NUMBER)),
    (after_instant, ("0001-01-01T00:00:00+03:00", NUMBER)),
]


@pytest.mark.parametrize(("read", "key"), STRANGE)
def test_the_page_of_another_list_is_refused(
    read: Callable[[PageWanted], object], key: tuple[object, ...]
) -> None:
    with pytest.raises(NotAPage):
        read(page_wanted(next_page(key), 10))


def test_a_version_is_read_as_it_was_given() -> None:
    assert seen_version(etag(7)) == 7
    assert seen_version(None) is None
    for strange in ("7", 'W/"7"', '"a"', "*", '"' + "9" * 40 + '"'):
        with pytest.raises(VersionNotReadable):
            seen_version(strange)
