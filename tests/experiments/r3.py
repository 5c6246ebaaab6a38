"""R3: two approvals race for the same ground; the senior wins and nothing overlaps."""

import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from shapely import STRtree, from_wkb

from tests.experiments.r3_pairs import Pair, pairs
from tests.experiments.r3_registers import Case, Registers, registers
from tests.experiments.report import ACCEPTANCE, EVERY_RUN, Finding
from tests.experiments.scratch import scratch
from tests.own_database import as_owner

PAIRS: Final = {EVERY_RUN: 100, ACCEPTANCE: 5_000}
AT_ONCE: Final = 12
PATIENCE: Final = 90.0
PROMISE = "no two licences share ground by independent geometry, and the senior wins"
PAUSE: Final = 0.75


@dataclass
class Race:
    """One pair, its five parts each in a thread of its own."""

    registers: Registers
    pair: Pair
    senior: Case
    junior: Case
    settled: threading.Event = field(default_factory=threading.Event)
    start: threading.Barrier = field(default_factory=lambda: threading.Barrier(5))
    refusals: Counter[str] = field(default_factory=Counter)
    until: float = 0.0

    def run(self) -> "Race":
        self.until = time.monotonic() + PATIENCE
        parts = {
            "enter senior": lambda: self.enter(self.senior),
            "enter junior": lambda: self.enter(self.junior),
            "fate": self.fate,
            "approve senior": self.approve_senior,
            "approve junior": lambda: self.approve(self.junior),
        }

        def begin(task: str) -> None:
            self.start.wait(timeout=PATIENCE)
            time.sleep(self.pair.begins[task])
            parts[task]()

        with ThreadPoolExecutor(len(parts)) as pool:
            for done in [pool.submit(begin, task) for task in parts]:
                done.result()
        return self

    def enter(self, case: Case) -> None:
        """A case that ended before its ground was entered gives the ground back at once."""
        self.registers.enter(case)
        with case.ending:
            case.entered = True
            if case.closed:
                self.registers.release(case)
        self.carry()

    def fate(self) -> None:
        """The fee's callback comes at last; or its time is over, and the place is void."""
        if not self.pair.paid:
            with self.senior.ending:
                self.registers.close(self.senior)
                self.senior.closed = True
                if self.senior.entered:
                    self.registers.release(self.senior)
            self.carry()
        elif self.senior.ask.cells:
            self.registers.pay(self.senior, self.pair.callback_after)
        self.settled.set()

    def approve_senior(self) -> None:
        self.settled.wait(timeout=PATIENCE)
        if self.pair.paid:
            self.approve(self.senior)

    def approve(self, case: Case) -> None:
        """Approved, returned for a refusal that may pass, approved again; as offices do."""
        while time.monotonic() < self.until:
            refused = self.registers.issue(case)
            self.carry()
            if refused is None:
                return
            self.refusals[refused] += 1
            if refused == "ground-taken":
                return
            time.sleep(PAUSE)
        self.refusals["patience over"] += 1

    def carry(self) -> None:
        for case in (self.senior, self.junior):
            self.registers.carry(case)


def run(admin: str, size: str, seed: int, temporal: str | None = None) -> Finding:
    """So many pairs as the size says, twelve races at a time, on the server at `admin`.

    Every approval is the real issuance workflow on a real Temporal (`temporal`, or one of its own)
    with both services' activities; a place that stands on a fee is paid through payments and an
    operator's callback. The cases' own workflows do not run: their commands (entering, voiding,
    beginning the issuance) come from here, each pair's at instants of its own.
    """
    finding = Finding("R3", size, seed, PROMISE)
    wanted = pairs(random.Random(seed), PAIRS[size])
    with scratch(admin) as place, registers(place, temporal) as both:

        def race(n: int) -> Race:
            pair = wanted[n]
            senior, junior = (
                both.lodge(ask, f"{n}-{whose}")
                for whose, ask in (("senior", pair.senior), ("junior", pair.junior))
            )
            return Race(both, pair, senior, junior).run()

        with ThreadPoolExecutor(AT_ONCE) as pool:
            races = list(pool.map(race, range(len(wanted))))
        judge(finding, both, races)
    return finding


def judge(finding: Finding, both: Registers, races: list[Race]) -> None:
    held = {row[0] for row in as_owner(both.cadastre, HELD)}
    issued = {row[0] for row in as_owner(both.licensing, "select application_id from licence")}
    finding.must(held == issued, "the two registers disagree about who holds ground")
    for n, race in enumerate(races):
        told = race.senior.id in held, race.junior.id in held
        if told not in race.pair.outcomes():
            kind = f"pair {n} ({race.pair.kind}, paid {race.pair.paid})"
            finding.broken.append(f"{kind}: {told} instead of {race.pair.outcomes()}")
        if race.pair.asks_holder and told == (True, True):
            early = came_first(both, race.junior.id, race.senior.id)
            finding.must(early, f"pair {n}: granted beside a holder who had not consented")
        if race.junior.id in held and race.pair.rivals and not race.pair.paid:
            early = came_first(both, race.junior.id, race.senior.id)
            finding.must(not early, f"pair {n}: granted before the senior's place was void")
    shared = overlaps(both)
    finding.must(not shared, f"{len(shared)} overlaps: {shared[:3]}")
    refusals = sum((race.refusals for race in races), Counter[str]())
    kinds = Counter(race.pair.kind for race in races)
    fees = [race.pair for race in races if race.pair.paid and race.senior.ask.cells]
    told = sum(call["answer"] == "202" for call in both.till.callbacks())
    finding.must(told >= len(fees), f"{told} callbacks were taken for {len(fees)} payments")
    issuances = as_owner(both.licensing, "select count(*) from issuance")[0][0]
    finding.tried = {
        "pairs": len(races),
        **kinds,
        "unpaid": sum(not race.pair.paid for race in races),
        "issuance workflows": issuances,
        "paid through callbacks": len(fees),
        "of them delayed": sum(pair.callback_after > 0 for pair in fees),
    }
    finding.found = {"licences": len(held), "overlaps": len(shared), **refusals}


HELD = "select application_id from licence_area where status = 'confirmed'"


def came_first(both: Registers, granted: UUID, senior: UUID) -> bool:
    """Whether the junior's grant was recorded before the senior's place was void.

    The place is void from the end of the senior's case on, which licensing records. Its ground may
    reach the cadastre, and leave it, later than that; both services read one machine's clock.
    """
    query = "select min(at) from journal where case_id = %s and name = %s"
    grant = as_owner(both.cadastre, query, granted, "area.granted")[0][0]
    void = as_owner(both.licensing, query, senior, "case.closed")[0][0]
    return void is None or grant < void


def overlaps(both: Registers) -> list[tuple[str, str, float]]:
    """Pairs of licences on the same layer that share more than a square centimetre."""
    query = "select licence_code, minerals, st_asbinary(geom) from audit_v1.licence_areas"
    rows = as_owner(both.cadastre, query)
    shapes = [from_wkb(bytes(row[2])) for row in rows]
    tree, found = STRtree(shapes), []
    for n, shape in enumerate(shapes):
        for m in (int(one) for one in tree.query(shape) if one > n):
            area = shape.intersection(shapes[m]).area
            if area > 1e-4 and ("sand" in rows[n][1]) == ("sand" in rows[m][1]):
                found.append((rows[n][0], rows[m][0], area))
    return found
