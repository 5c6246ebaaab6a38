"""R15: every creating POST repeated in parallel has one effect and one answer, for its sender."""

import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from tests.experiments.r15_call import Call
from tests.experiments.r15_calls import CALLS
from tests.experiments.r15_doors import Door, Doors, doors
from tests.experiments.report import Finding

PROMISE = "one effect, answers equal to the byte, 422 for another body, no leak to another user"
TIMES: Final = (1, 2, 50)
TOLD: Final = ("ETag", "Location", "Content-Type")
SECRETS: Final = ("id", "pin", "code", "signature", "short_code")


@dataclass(frozen=True, slots=True)
class Post:
    """One operation's call at its door, always under the same key."""

    door: Door
    call: Call
    key: str

    def send(self, body: Any = None, who: dict[str, str] | None = None) -> Any:
        call = self.call
        told = {**(who or call.who), **call.headers, "Idempotency-Key": self.key}
        sent = call.body if body is None else body
        more = {} if sent is None else {"json": sent}
        return self.door.client.post(f"/v1{call.path}", headers=told, **more)

    def together(self, times: int) -> list[Any]:
        start = threading.Barrier(times)

        def one(_: int) -> Any:
            start.wait(timeout=60)
            return self.send()

        with ThreadPoolExecutor(times) as pool:
            return list(pool.map(one, range(times)))


def run(admin: str, size: str, seed: int) -> Finding:
    """Every operation there is, whatever the size."""
    finding = Finding("R15", size, seed, PROMISE)
    with doors(admin, seed) as opened:
        there = set().union(*(door.operations() for door in opened.by_name.values()))
        for missing in sorted(there ^ set(CALLS)):
            finding.broken.append(f"{missing}: no call is known, or no such operation")
        names = sorted(there & set(CALLS))
        random.Random(seed).shuffle(names)
        for name in names:
            repeat(finding, opened, name)
    finding.tried = {"operations": len(names), "times": "1, 2 and 50 at once"}
    finding.found = {"breaches": len(finding.broken)}
    return finding


def repeat(finding: Finding, opened: Doors, name: str) -> None:
    """The operation once, twice and fifty times: each of them leaves behind what once does."""
    door = opened.by_name[name.split()[0]]
    left = []
    for times in TIMES:
        key = str(UUID(int=opened.chance.getrandbits(128)))
        post = Post(door, CALLS[name](opened), key)
        before = Counter(door.rows())
        answers = post.together(times)
        after = Counter(door.rows())
        left.append({table: n - before[table] for table, n in after.items() if n != before[table]})
        judge(finding, f"{name} x{times}", answers, left)
        others(finding, f"{name} x{times}", post, answers[0])


def judge(
    finding: Finding, what: str, answers: list[Any], left: list[dict[str, int]]
) -> None:
    told = {
        (one.status_code, one.content, *(one.headers.get(name) for name in TOLD))
        for one in answers
    }
    first = answers[0]
    good = first.status_code in (200, 201, 202)
    finding.must(good, f"{what}: {first.status_code} {first.text[:200]}")
    finding.must(len(told) == 1, f"{what}: {len(told)} different answers")
    replays = sum("Idempotent-Replay" in one.headers for one in answers)
    finding.must(replays == len(answers) - 1, f"{what}: {replays} of {len(answers)} were replays")
    finding.must(left[-1] == left[0], f"{what}: left {left[-1]}, once leaves {left[0]}")
    finding.must(left[-1].get("idempotency") == 1, f"{what}: left {left[-1]}")


def others(finding: Finding, what: str, post: Post, first: Any) -> None:
    """The key with another body, then the same request by somebody else."""
    before = post.door.rows()
    other = post.send(body=post.call.other)
    slug = other.json().get("type", "").rsplit(":", 1)[-1]
    refused = (other.status_code, slug) == (422, "key-used-before")
    finding.must(refused, f"{what}: another body gets {other.status_code} {slug}")
    finding.must(post.door.rows() == before, f"{what}: another body had an effect")
    stranger = post.send(who=post.call.stranger)
    finding.must("Idempotent-Replay" not in stranger.headers, f"{what}: replayed to a stranger")
    leaked = [
        name
        for name, value in first.json().items()
        if name in SECRETS and isinstance(value, str) and value not in post.call.path
        and value in stranger.text
    ]
    finding.must(not leaked, f"{what}: a stranger is told {leaked}")
    server = stranger.status_code >= 500 or other.status_code >= 500
    finding.must(not server, f"{what}: answered {other.status_code} and {stranger.status_code}")
