"""Uploads that nobody goes on with are swept away, and nobody parks files where none are taken."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tiny.service import Settings, create_app

from chassis.clock import machine_now
from chassis.spool import FORGOTTEN, PARTS_AT_ONCE, held, part_path
from chassis.sweeping import sweep

Headers = Callable[..., dict[str, str]]
BEGIN = {"Content-Type": "image/jpeg", "Upload-Offset": "0", "Upload-Complete": "?0"}
YOUNG, OLD = FORGOTTEN - timedelta(minutes=5), FORGOTTEN + timedelta(minutes=5)


def left(path: Path, age: timedelta) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"half a photo")
    at = (machine_now() - age).timestamp()
    os.utime(path, (at, at))
    return path


def test_what_is_forgotten_goes_and_what_is_young_stays(tmp_path: Path) -> None:
    old = [left(tmp_path / name, OLD) for name in ("parts/a/1", "parts/b/1", "spool/1")]
    young = [left(tmp_path / name, YOUNG) for name in ("parts/b/2", "spool/2")]
    kept = left(tmp_path / "ab" / ("ab" * 32), 100 * OLD)
    assert sweep(tmp_path, machine_now()) == len(old)
    assert {one for one in tmp_path.rglob("*") if one.is_file()} == {*young, kept}
    assert not (tmp_path / "parts" / "a").exists()


def test_an_upload_that_a_connection_is_at_is_not_swept(tmp_path: Path) -> None:
    begun = left(tmp_path / "parts/a/1", OLD)
    with held(begun):
        assert sweep(tmp_path, machine_now()) == 0
    assert begun.exists()


def test_a_service_sweeps_when_it_begins(settings: Settings) -> None:
    forgotten = left(settings.files / "messages" / "spool" / "of-a-killed-process", OLD)
    with TestClient(create_app(settings)):
        pass
    assert not forgotten.exists()


def test_an_upload_that_vanishes_while_others_are_counted_is_no_error(
    settings: Settings, token: Headers
) -> None:
    address = "/v1/things/photo"
    mine = part_path(settings.files / "messages" / "parts", "public:counted", address)
    mine.parent.mkdir(parents=True)
    (mine.parent / "gone").symlink_to(mine.parent / "nowhere")
    with TestClient(create_app(settings)) as client:
        answer = client.put(address, content=b"a", headers=token("public", "counted") | BEGIN)
    assert answer.status_code == 202


def test_nobody_parks_more_than_so_many_uploads(settings: Settings, token: Headers) -> None:
    address = "/v1/things/photo"
    mine = part_path(settings.files / "messages" / "parts", "public:parker", address)
    for n in range(PARTS_AT_ONCE):
        left(mine.with_name(f"other-{n}"), YOUNG)
    who = token("public", "parker")
    with TestClient(create_app(settings)) as client:
        answer = client.put(address, content=b"a", headers=who | BEGIN)
        assert (answer.status_code, mine.exists()) == (429, False)
        left(mine.with_name("other-0"), OLD)
        assert client.put(address, content=b"a", headers=who | BEGIN).status_code == 202
        left(mine.with_name("other-0"), YOUNG)
        last = client.put(address, content=b"b", headers=who | BEGIN | {"Upload-Offset": "1"})
        assert last.status_code == 202  # what is begun may always be finished


@pytest.mark.parametrize(
    ("address", "realm", "status"),
    [
        ("/v1/nowhere", "public", 404),
        ("/v1/things/photo/of/something/else", "public", 404),
        ("/v1/things", "public", 405),
        ("/v1/things/scan", "public", 403),
        ("/v1/things/scan", "staff", 202),
        ("/v1/things/photo", "public", 202),
    ],
)
def test_no_byte_is_kept_for_an_address_that_takes_no_file_of_this_person(
    settings: Settings, token: Headers, address: str, realm: str, status: int
) -> None:
    parts = settings.files / "messages" / "parts"
    before = set(parts.rglob("*"))
    with TestClient(create_app(settings)) as client:
        headers = token(realm, f"{realm}-{len(address)}") | BEGIN
        assert client.put(address, content=b"a", headers=headers).status_code == status
        whole = {"Content-Type": "image/jpeg"} | token(realm, "whole")
        told = client.put(address, content=b"a", headers=whole).status_code
        assert told == (200 if status == 202 else status)
    assert any(one.is_file() for one in set(parts.rglob("*")) - before) == (status == 202)
