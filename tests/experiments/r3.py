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
from temporalio.exceptions import ApplicationError

from contracts import procedures as p
from tests.experiments.r3_pairs import Pair, pairs
from tests.experiments.r3_registers import Case, Registers, registers
from tests.experiments.report import ACCEPTANCE, EVERY_RUN, Finding
from tests.experiments.scratch import as_owner, scratch

PAIRS: Final = {EVERY_RUN: 100, ACCEPTANCE: 5_000}
AT_ONCE: Final = 4
PATIENCE: Final = 60.0
PROMISE = "no two licences share ground by independent geometry, and the senior wins"
PAUSE: Final = 0.02


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
        self.settled.set()

    def approve_senior(self) -> None:
        self.settled.wait(timeout=PATIENCE)
        if self.pair.paid:
            self.approve(self.senior)

    def approve(self, case: Case) -> None:
        """Approved, returned for a refusal that may pass, approved again; as offices do."""
        while time.monotonic() < self.until:
            loaded = self.registers.begin_issuance(case)
            refused = self.issue(case, loaded)
            self.carry()
            if refused in (None, "ground-taken"):
                return
            time.sleep(PAUSE)
        self.refusals["patience over"] += 1

    def issue(self, case: Case, loaded: p.LoadedIssuance) -> str | None:
        """The saga: code, ground, licence, confirmation; gives the refusal that ended it."""
        do, subject = self.registers, self.registers.issuance(case)
        told = {"subject": subject, "application_id": case.id, "edition": case.edition}
        key, code = f"{case.id}:{case.round}", self.reserve(case, told)
        try:
            do.areas.grant_area(
                p.GrantArea(
                    key=f"{key}:grant",
                    licence_code=code.licence_code or "",
                    licence_type=loaded.licence_type,
                    minerals=loaded.minerals,
                    valid_from=code.valid_from,
                    valid_to=code.valid_to,
                    **told,
                )
            )
        except ApplicationError as no:
            slug = no.type or "?"
            self.refusals[slug] += 1
            back = p.ReturnFromIssuance(key=f"{key}:return", problem=slug, detail="", **told)
            do.issuing.return_from_issuance(back)
            return slug
        do.issuing.issue_licence(
            p.IssueLicence(key=f"{key}:issue", licence_code=code.licence_code or "", **told)
        )
        do.areas.confirm_area(p.Keyed(key=f"{key}:confirm", **told))
        return None

    def reserve(self, case: Case, told: dict[str, object]) -> p.ReservedCode:
        attempt = 0
        while True:
            attempt += 1
            keyed = p.Keyed(key=f"{case.id}:{case.round}:reserve:{attempt}", **told)
            code = self.registers.issuing.reserve_licence_code(keyed)
            if not code.wait_for:
                return code
            self.refusals["waited for the senior's ground"] += 1
            time.sleep(PAUSE)

    def carry(self) -> None:
        for case in (self.senior, self.junior):
            self.registers.carry(case)


def run(admin: str, size: str, seed: int) -> Finding:
    """So many pairs as the size says, four races at a time, on the server at `admin`."""
    finding = Finding("R3", size, seed, PROMISE)
    wanted = pairs(random.Random(seed), PAIRS[size])
    with scratch(admin) as place, registers(place) as both:

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
        if told != race.pair.outcome():
            kind = f"pair {n} ({race.pair.kind}, paid {race.pair.paid})"
            finding.broken.append(f"{kind}: {told} instead of {race.pair.outcome()}")
        if race.junior.id in held and race.pair.rivals and not race.pair.paid:
            early = came_first(both, race.junior.id, race.senior.id)
            finding.must(not early, f"pair {n}: granted before the senior's place was void")
    shared = overlaps(both)
    finding.must(not shared, f"{len(shared)} overlaps: {shared[:3]}")
    refusals = sum((race.refusals for race in races), Counter[str]())
    kinds = Counter(race.pair.kind for race in races)
    finding.tried = {"pairs": len(races), **kinds, "unpaid": sum(not r.pair.paid for r in races)}
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
