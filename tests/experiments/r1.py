"""R1: filings while everything they need is killed: none lost, none doubled, every one proven."""

import importlib.util
import itertools
import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import httpx
import psycopg

from chassis.sealing import Sealing
from chassis.signing import Signer
from deploy.stack.databases import owner_url
from kernel.law.load import load_country
from tests.experiments.r1_clients import Client, GaveUp
from tests.experiments.r1_stack import OF_CASES, OF_FILINGS, Killer, Small, small_stack
from tests.experiments.report import ACCEPTANCE, EVERY_RUN, Finding
from tests.experiments.scratch import ROOT

FILINGS: Final = {EVERY_RUN: 300, ACCEPTANCE: 10_000}
MORTAL: Final = {EVERY_RUN: OF_FILINGS, ACCEPTANCE: OF_CASES}
CLIENTS: Final = 16
IMPATIENT: Final = 6
PROMISE = (
    "0 lost, 0 doubled, 0 gaps in the sequences, every receipt verifies with verify.py, no answer"
    " 500, every ground entered once at its place, no case stuck"
)
DRAINED: Final = 300.0
AREA_HEARD: Final = "select case_id from journal where name = 'area.entered'"
INVOICED: Final = "select application_id from invoice where step = 'application-fee'"


def run(_: str, size: str, seed: int, temporal: str | None = None) -> Finding:
    """On a small stack of its own; `temporal` names a server to be used instead of its own.

    At the size of every run licensing's processes die, and PostgreSQL; at acceptance size all that
    a case passes through dies, and ground and cases are judged too.
    """
    finding, chance = Finding("R1", size, seed, PROMISE), random.Random(seed)
    wanted = FILINGS[size]
    with small_stack(temporal, MORTAL[size]) as small:
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
        small.wait("postgres", *small.mortal)
        seen = sum((one.seen for one in clients), Counter[str]())
        finding.tried = {"filings": wanted, "clients": CLIENTS, **killed(killer), **dict(seen)}
        finding.found = {"seconds": round(took, 1)}
        spared = [name for name in ("postgres", *small.mortal) if not killer.kills[name]]
        finding.must(not spared, f"never killed: {spared}")
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
        self.nothing_was_our_mistake()
        self.acknowledged_is_there()
        self.nothing_twice()
        self.no_gaps()
        self.receipts_verify()
        self.outboxes_empty()
        if "cadastre" in self.small.mortal:
            self.ground_is_entered()
            self.no_case_is_stuck()

    def sql(self, statement: str, service: str = "licensing") -> list[tuple[Any, ...]]:
        with psycopg.connect(owner_url(self.small.stack, service)) as door:
            return door.execute(statement).fetchall()

    def count(self, statement: str, service: str) -> int:
        return len(self.sql(statement, service))

    def missing(self, wanted: int, statement: str, service: str) -> int:
        return max(0, wanted - self.count(statement, service))

    def nothing_was_our_mistake(self) -> None:
        told = [one for client in self.clients for one in client.mistakes]
        self.finding.must(not told, f"answered 500: {told[:3]}")

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
        names = {
            Sealing(f"public:client-{n}", one.key).name
            for n, client in enumerate(self.clients)
            for one in client.done
        }
        kept = {row[0] for row in self.sql("select key from idempotency where scope = 'request'")}
        counts = self.sql(
            "select (select count(*) from party), (select count(*) from application),"
            " (select count(*) from application where filing_seq is not null),"
            " (select count(*) from journal where name = 'application.lodged')"
        )[0]
        ends = ("/parties", "/applications", "/lodgement")
        said = [path_count(self.clients, end) for end in ends]
        self.finding.must(list(counts) == [*said, said[-1]], f"{counts} where {said} were told")
        self.finding.must(kept == names, f"{len(kept)} keys kept of {len(names)}")
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

    def in_time(self, left: Callable[[], int]) -> int:
        """What is left once the killing is over and the rest had its time."""
        until = time.monotonic() + DRAINED
        while (still := left()) and time.monotonic() < until:
            time.sleep(0.5)
        return still

    def outboxes_empty(self) -> None:
        """What was told to workflows goes out."""
        for service in self.small.services:
            query = "select 1 from audit_v1.outbox where sent_at is null"
            left = self.in_time(partial(self.count, query, service))
            self.finding.must(not left, f"{left} facts still wait in the outbox of {service}")
            self.finding.found[f"left in the outbox of {service}"] = left

    def ground_is_entered(self) -> None:
        """Every filing's ground stands in the cadastre once, at the filing's place."""
        query = "select id, filing_seq from application where filing_seq is not null"
        filed = sorted(self.sql(query))
        entered = "select application_id, filing_seq from application_area"
        self.in_time(partial(self.missing, len(filed), entered, "cadastre"))
        held = sorted(self.sql(entered, "cadastre"))
        wrong = set(filed) ^ set(held)
        self.finding.must(held == filed, f"ground and places differ for {len(wrong)} filings")
        self.finding.found["ground entered"] = len(held)

    def no_case_is_stuck(self) -> None:
        """Each case heard of its ground once, and has one invoice of its fee."""
        filed = {row[0] for row in self.sql("select id from application where filing_seq > 0")}
        for name, query, service in (
            ("ground", AREA_HEARD, "licensing"), ("its invoice", INVOICED, "payments"),
        ):
            self.in_time(partial(self.missing, len(filed), query, service))
            heard = [row[0] for row in self.sql(query, service)]
            stuck = filed - set(heard)
            self.finding.must(not stuck, f"{len(stuck)} cases wait for {name}")
            self.finding.must(len(heard) <= len(filed), f"{name} was told twice")
            self.finding.found[f"cases with {name}"] = len(set(heard))


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
