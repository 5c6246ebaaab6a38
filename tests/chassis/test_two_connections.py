"""One person's unfinished upload, and two connections that both want to go on with it."""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from starlette.responses import JSONResponse
from starlette.types import Message, Receive, Scope, Send
from tiny.service import Settings

from chassis.files import DiskFiles
from chassis.intake import Intake
from chassis.spool import SPOOL, DigestDiffers, Spool, UploadUnderWay
from kernel.authority import Actor, Realm
from kernel.events import ActorKind

FIRST = b"\xff\xd8\xff" + b"A" * 9997
MINER = Actor(kind=ActorKind.APPLICANT, person="public:miner", realm=Realm.PUBLIC)


class Sender:
    """One connection: says what it was given, and waits with the rest until it may go on."""

    def __init__(self, *pieces: bytes, waits: bool = False) -> None:
        self.pieces, self.answer = list(pieces), list[Message]()
        self.stands, self.may_go_on = asyncio.Event(), asyncio.Event()
        if not waits:
            self.may_go_on.set()

    async def receive(self) -> Message:
        if len(self.pieces) == 1:
            self.stands.set()
            await self.may_go_on.wait()
        body = self.pieces.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(self.pieces)}

    async def send(self, message: Message) -> None:
        self.answer.append(message)

    @property
    def status(self) -> int:
        return int(self.answer[0]["status"])


class Door:
    """The intake of a service that keeps each file it is handed."""

    def __init__(self, files: Path) -> None:
        self.store = DiskFiles(files / "messages")
        settings = Settings.model_construct(files=files, max_file=10**6, max_body=10**6)
        self.intake = Intake(self._keep, settings, lambda token: MINER, lambda *_: True)

    async def _keep(self, scope: Scope, receive: Receive, send: Send) -> None:
        kept = self.store.keep(scope[SPOOL])
        await JSONResponse({"sha256": kept.sha256})(scope, receive, send)

    def put(self, sender: Sender, offset: int, last: bool) -> Awaitable[None]:
        headers = {
            b"authorization": b"Bearer t",
            b"content-type": b"image/jpeg",
            b"upload-offset": str(offset).encode(),
            b"upload-complete": b"?1" if last else b"?0",
        }
        scope = {
            "type": "http", "method": "PUT", "path": "/v1/photo", "raw_path": b"/v1/photo",
            "query_string": b"", "headers": list(headers.items()),
        }
        return self.intake(scope, sender.receive, sender.send)

    def kept(self) -> list[Path]:
        found = (one for one in self.store.root.rglob("*") if one.is_file())
        return [one for one in found if "parts" not in one.parts]


def in_a_loop(test: Callable[[Door], Awaitable[None]], files: Path) -> None:
    async def run() -> None:
        await test(Door(files))

    asyncio.run(run())


def test_no_connection_writes_into_a_file_that_was_kept(tmp_path: Path) -> None:
    async def test(door: Door) -> None:
        slow, quick = Sender(FIRST, b"ANYTHING ELSE", waits=True), Sender(b"end")
        first = asyncio.ensure_future(door.put(slow, 0, last=False))
        await slow.stands.wait()
        with pytest.raises(UploadUnderWay) as refusal:
            await door.put(quick, len(FIRST), last=True)
        assert refusal.value.facts == {"retry_after": 5}
        slow.may_go_on.set()
        await first
        assert slow.status == 202
        assert door.kept() == []
        again = Sender(b"end")
        await door.put(again, len(FIRST) + len(b"ANYTHING ELSE"), last=True)
        sha256 = hashlib.sha256(FIRST + b"ANYTHING ELSE" + b"end").hexdigest()
        assert json.loads(again.answer[1]["body"]) == {"sha256": sha256}
        assert [hashlib.sha256(one.read_bytes()).hexdigest() for one in door.kept()] == [sha256]

    in_a_loop(test, tmp_path)


def test_two_parts_at_one_offset_do_not_mix(tmp_path: Path) -> None:
    async def test(door: Door) -> None:
        slow, quick = Sender(b"abc", b"def", waits=True), Sender(b"xyz")
        first = asyncio.ensure_future(door.put(slow, 0, last=True))
        await slow.stands.wait()
        with pytest.raises(UploadUnderWay):
            await door.put(quick, 0, last=True)
        slow.may_go_on.set()
        await first
        sha256 = hashlib.sha256(b"abcdef").hexdigest()
        assert json.loads(slow.answer[1]["body"]) == {"sha256": sha256}

    in_a_loop(test, tmp_path)


def test_what_is_kept_is_a_copy_that_is_still_what_was_received(tmp_path: Path) -> None:
    files, upload = DiskFiles(tmp_path / "files"), tmp_path / "part"
    upload.write_bytes(FIRST)
    sha256 = hashlib.sha256(FIRST).hexdigest()
    with upload.open("ab") as late:
        files.keep(Spool(upload, len(FIRST), sha256, "image/jpeg"))
        late.write(b"more")
    with files.open(sha256) as kept:
        assert kept.read() == FIRST
    other = Spool(upload, len(FIRST), hashlib.sha256(b"other").hexdigest(), "image/jpeg")
    with pytest.raises(DigestDiffers):
        files.keep(other)
    assert [one.name for one in (tmp_path / "files").rglob("*") if one.is_file()] == [sha256]
