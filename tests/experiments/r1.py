"""R1: filings while everything they need is killed: none lost, none doubled, every one proven."""

import importlib.util
import itertools
import json
import random
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import httpx
import psycopg

from chassis.signing import Signer
from deploy.stack.databases import owner_url
from kernel.law.load import load_country
from tests.experiments.r1_clients import Client, GaveUp
from tests.experiments.r1_stack import KILLED, Killer, Small, small_stack
from tests.experiments.report import ACCEPTANCE, EVERY_RUN, Finding
from tests.experiments.scratch import ROOT

FILINGS: Final = {EVERY_RUN: 300, ACCEPTANCE: 10_000}
CLIENTS: Final = 16
IMPATIENT: Final = 6
PROMISE = "0 lost, 0 doubled, 0 gaps in the sequences, every receipt verifies with verify.py"
DRAINED: Final = 120.0


def run(_: str, size: str, seed: int, temporal: str | None = None) -> Finding:
    """On a small stack of its own; `temporal` names a server to be used instead of its own."""
    finding, chance = Finding("R1", size, seed, PROMISE), random.Random(seed)
    wanted = FILINGS[size]
    with small_stack(temporal) as small:
        clients = [client(small, n, random.Random(chance.getrandbits(64))) for n in range(CLIENTS)]
        shares = [wanted // CLIENTS + (n < wanted % CLIENTS) for n in range(CLIENTS)]
        killer = Killer(small, random.Random(chance.getrandbits(64)))
        began = time.monotonic()
        with killer.at_work(), ThreadPoolExecutor(CLIENTS) as pool:
            tries = [
                pool.submit(one.file, n) for one, n in zip(clients, shares, strict=True)
            ]
            for one in tries:
                gave_up = one.exception()
                finding.must(gave_up is None, f"a client ended early: {gave_up!r}")
                if gave_up and not isinstance(gave_up, GaveUp):
                    raise gave_up
        took = time.monotonic() - began
        small.wait("postgres", *KILLED)
        seen = sum((one.seen for one in clients), Counter[str]())
        finding.tried = {"filings": wanted, "clients": CLIENTS, **killed(killer), **dict(seen)}
        finding.found = {"seconds": round(took, 1)}
        Judge(finding, small, clients).all()
    return finding


def killed(killer: Killer) -> dict[str, int]:
    return {f"kill -9 {name}": n for name, n in sorted(killer.kills.items())}


def client(small: Small, n: int, chance: random.Random) -> Client:
    return Client(
        url=small.stack.address("licensing"),
        who=small.issuer.headers("public", f"client-{n}"),
        signer=Signer.load(small.stack.keys, "cadastre-statements"),
        edition=load_country(ROOT / "rulebooks", "example").newest.ref.edition,
        chance=chance,
        impatient=n < IMPATIENT,
    )


@dataclass(frozen=True, slots=True)
class Judge:
    """Compares what clients were told with what the register holds when all is quiet."""

    finding: Finding
    small: Small
    clients: list[Client]

    def all(self) -> None:
        self.acknowledged_is_there()
        self.nothing_twice()
        self.no_gaps()
        self.receipts_verify()
        self.outbox_empties()

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(owner_url(self.small.stack, "licensing")) as door:
            return door.execute(statement).fetchall()

    @property
    def lodged(self) -> list[dict[str, Any]]:
        """The answers to lodgements."""
        answers = [one for client in self.clients for one in client.done]
        return [json.loads(one.answer) for one in answers if one.path.endswith("/lodgement")]

    def acknowledged_is_there(self) -> None:
        query = (
            "select a.code, a.filing_seq, r.signature from application a"
            " join receipt r on r.application_id = a.id"
        )
        held = {code: (seq, signature) for code, seq, signature in self.sql(query)}
        lost = [
            one["code"]
            for one in self.lodged
            if held.get(one["code"]) != (one["filing_seq"], one["receipt"]["signature"])
        ]
        self.finding.must(not lost, f"lost or changed after the answer: {lost[:5]}")
        self.finding.found |= {"acknowledged": len(self.lodged), "lost": len(lost)}

    def nothing_twice(self) -> None:
        differing = [path for one in self.clients for path in one.differing]
        self.finding.must(not differing, f"repeats answered differently: {differing[:5]}")
        keys = [one.key for client in self.clients for one in client.done]
        kept = {row[0] for row in self.sql("select key from idempotency where scope = 'request'")}
        counts = self.sql(
            "select (select count(*) from party), (select count(*) from application),"
            " (select count(*) from application where filing_seq is not null),"
            " (select count(*) from journal where name = 'application.lodged')"
        )[0]
        ends = ("/parties", "/applications", "/lodgement")
        said = [path_count(self.clients, end) for end in ends]
        self.finding.must(list(counts) == [*said, said[-1]], f"{counts} where {said} were told")
        self.finding.must(kept == set(keys), f"{len(kept)} keys kept of {len(keys)}")
        self.finding.found["doubled"] = sum(counts) - sum(said) - said[-1]

    def no_gaps(self) -> None:
        filed = self.sql(
            "select filing_seq, lodged_at from application where filing_seq is not null order by 1"
        )
        gaps = [n for n, row in enumerate(filed, 1) if row[0] != n]
        late = [row[0] for row, after in itertools.pairwise(filed) if row[1] > after[1]]
        leaves = [row[0] for row in self.sql('select "index" from log_leaf order by 1')]
        self.finding.must(not gaps, f"filing numbers are missing from {gaps[:3]}")
        self.finding.must(not late, f"numbers against the order of time: {late[:3]}")
        self.finding.must(leaves == list(range(len(leaves))), "the log has gaps")
        size = self.sql("select size from log_head")[0][0]
        self.finding.must(size == len(leaves), f"the head says {size}, there are {len(leaves)}")
        self.finding.found |= {"gaps": len(gaps), "leaves": len(leaves)}

    def receipts_verify(self) -> None:
        verify = verify_py()
        public = self.small.stack.keys / "public"
        names = ("licensing-receipts", "licensing-checkpoints")
        keys = [json.loads((public / f"{name}.json").read_text()) for name in names]
        wrong = []
        for one in self.lodged:
            receipt = {name: one["receipt"][name] for name in ("body", "key", "signature")}
            try:
                verify.judge("receipt", json.dumps(receipt), keys[:1])
                verify.inclusion(self.proof(one["receipt"]["body"]["log"]["index"]), keys[1:])
            except verify.NotGenuine as no:
                wrong.append(f"{one['code']}: {no}")
        self.finding.must(not wrong, f"receipts that do not verify: {wrong[:3]}")
        self.finding.must(self.command_agrees(), "verify.py as a command says otherwise")
        self.finding.found["receipts that verify"] = len(self.lodged) - len(wrong)

    def proof(self, index: int) -> Any:
        url = f"{self.small.stack.address('licensing')}/v1/log/proof/inclusion"
        return httpx.get(url, params={"index": index}, timeout=30).raise_for_status().json()

    def command_agrees(self) -> bool:
        """One receipt as a stranger would check it."""
        receipt = {n: self.lodged[0]["receipt"][n] for n in ("body", "key", "signature")}
        key = self.small.stack.keys / "public" / "licensing-receipts.json"
        asked = [sys.executable, str(ROOT / "verify.py"), "receipt", "-", "--key", str(key)]
        told = {"input": json.dumps(receipt), "text": True, "capture_output": True}
        return subprocess.run(asked, check=False, timeout=60, **told).returncode == 0

    def outbox_empties(self) -> None:
        """What was told to workflows goes out once the killing is over."""
        until = time.monotonic() + DRAINED
        waiting = partial(self.sql, "select count(*) from audit_v1.outbox where sent_at is null")
        while waiting()[0][0] and time.monotonic() < until:
            time.sleep(0.5)
        left = waiting()[0][0]
        self.finding.must(not left, f"{left} facts still wait in the outbox")
        self.finding.found["left in the outbox"] = left


def path_count(clients: list[Client], end: str) -> int:
    return sum(one.path.endswith(end) for client in clients for one in client.done)


def verify_py() -> Any:
    """The one file that strangers verify with."""
    spec = importlib.util.spec_from_file_location("verify", ROOT / "verify.py")
    if spec is None or spec.loader is None:
        raise ImportError("verify.py is not there")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
