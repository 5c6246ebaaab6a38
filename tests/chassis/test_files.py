import base64
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tiny.service import Settings, create_app

from chassis.files import DiskFiles, FileMissing, as_attachment
from chassis.spool import Spool

Headers = Callable[..., dict[str, str]]
PHOTO = {"Content-Type": "image/jpeg"}
BYTES = bytes(range(256)) * 1000


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(settings)) as made:
        yield made


def spools(settings: Settings) -> list[Path]:
    root = settings.files / "messages"
    return [
        path for part in ("spool", "parts") for path in (root / part).rglob("*") if path.is_file()
    ]


def digest(data: bytes) -> str:
    return f"sha-256=:{base64.b64encode(hashlib.sha256(data).digest()).decode()}:"


def test_a_file_arrives_as_it_was_sent_and_nothing_is_left_over(
    client: TestClient, settings: Settings, token: Headers
) -> None:
    headers = token() | PHOTO | {"Repr-Digest": digest(BYTES)}
    answer = client.put("/v1/things/photo", content=BYTES, headers=headers)
    assert answer.json() == {"size": len(BYTES), "sha256": hashlib.sha256(BYTES).hexdigest()}
    assert spools(settings) == []


def test_a_file_damaged_on_its_way_is_refused(
    client: TestClient, settings: Settings, token: Headers
) -> None:
    headers = token() | PHOTO | {"Repr-Digest": digest(b"another")}
    answer = client.put("/v1/things/photo", content=BYTES, headers=headers)
    assert (answer.status_code, answer.json()["title"]) == (422, "The file was damaged on its way")
    assert spools(settings) == []


def test_nothing_is_kept_for_a_stranger(client: TestClient, settings: Settings) -> None:
    assert client.put("/v1/things/photo", content=BYTES, headers=PHOTO).status_code == 401
    forged = PHOTO | {"Authorization": "Bearer a.b.c"}
    assert client.put("/v1/things/photo", content=BYTES, headers=forged).status_code == 401
    assert spools(settings) == []


def test_a_file_too_large_is_refused_and_leaves_nothing(settings: Settings, token: Headers) -> None:
    small = settings.model_copy(update={"max_file": 2048})
    with TestClient(create_app(small)) as client:
        headers = token() | PHOTO
        told = client.put("/v1/things/photo", content=BYTES, headers=headers)
        streamed = client.put("/v1/things/photo", content=iter([BYTES]), headers=headers)
    assert (told.status_code, streamed.status_code) == (413, 413)
    assert spools(settings) == []


def test_a_broken_upload_goes_on_where_it_stood(
    client: TestClient, settings: Settings, token: Headers
) -> None:
    def part(offset: int, data: bytes, more: bool) -> dict[str, str]:
        return (
            token()
            | PHOTO
            | {"Upload-Offset": str(offset), "Upload-Complete": "?0" if more else "?1"}
        )

    address, third = "/v1/things/photo", len(BYTES) // 3
    first = client.put(address, content=BYTES[:third], headers=part(0, b"", True))
    assert (first.status_code, first.headers["upload-offset"]) == (202, str(third))
    wrong = client.put(address, content=BYTES, headers=part(0, b"", True))
    assert (wrong.status_code, wrong.headers["upload-offset"]) == (409, str(third))
    last = client.put(
        address,
        content=BYTES[third:],
        headers=part(third, b"", False) | {"Repr-Digest": digest(BYTES)},
    )
    assert last.json()["sha256"] == hashlib.sha256(BYTES).hexdigest()
    assert spools(settings) == []


def test_uploads_of_two_people_to_one_address_do_not_mix(
    client: TestClient, token: Headers
) -> None:
    begin = PHOTO | {"Upload-Offset": "0", "Upload-Complete": "?0"}
    for sub in ("m1", "m2"):
        headers = token("public", sub) | begin
        assert client.put("/v1/things/photo", content=b"abc", headers=headers).status_code == 202
    for sub in ("m1", "m2"):
        headers = token("public", sub) | PHOTO | {"Upload-Offset": "3"}
        done = client.put("/v1/things/photo", content=sub.encode(), headers=headers)
        assert done.json()["sha256"] == hashlib.sha256(b"abc" + sub.encode()).hexdigest()


def test_a_route_for_files_wants_a_file(client: TestClient, token: Headers) -> None:
    answer = client.put("/v1/things/photo", json={"a": 1}, headers=token())
    assert (answer.status_code, answer.json()["title"]) == (422, "Send the file itself as the body")


def test_equal_files_are_kept_once_under_their_hash(tmp_path: Path) -> None:
    files = DiskFiles(tmp_path / "files")
    upload = tmp_path / "files" / "up"
    upload.parent.mkdir()
    upload.write_bytes(BYTES)
    sha256 = hashlib.sha256(BYTES).hexdigest()
    one = files.keep(Spool(upload, len(BYTES), sha256, "image/jpeg"))
    two = files.keep_bytes(BYTES, "image/jpeg")
    assert one == two
    upload.unlink()
    with files.open(sha256) as kept:
        assert kept.read() == BYTES
    found = [path for path in (tmp_path / "files").rglob("*") if path.is_file()]
    assert found == [tmp_path / "files" / sha256[:2] / sha256]


def test_a_missing_file_is_said_to_be_missing_and_paths_are_no_names(tmp_path: Path) -> None:
    files = DiskFiles(tmp_path)
    with pytest.raises(FileMissing):
        files.open("0" * 64)
    with pytest.raises(ValueError, match="SHA-256"):
        files.open("../../etc/passwd")


def test_downloads_are_attachments_that_no_browser_runs(tmp_path: Path) -> None:
    files = DiskFiles(tmp_path)
    stored = files.keep_bytes(b"<script>", "text/html")
    answer = as_attachment(files, stored, 'Ngũgĩ"\r\n.html')
    assert answer.headers["x-content-type-options"] == "nosniff"
    told = answer.headers["content-disposition"]
    assert told.startswith("attachment; filename=Ng_g____.html;")
    assert "\r" not in told
