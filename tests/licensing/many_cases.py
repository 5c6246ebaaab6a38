"""Many cases of every kind, copied from one that was played: for figures, which count by hundreds.

Only what figures read is varied; the rows stand as acts would leave them.
"""

import json
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
from licensing_office import OfficeOfTests
from played_case import PlayedCase

STEPS = ("screening", "environment-opinion", "council-opinion", "decision")
OFFICES = {"mines-north": "mines", "mines-south": "mines", "environment-north": "environment"}
TYPES = ("artisanal-permit", "small-scale-licence", "buyers-licence")
PARTIES = ("applicant", "outage", *(f"office:{office}" for office in OFFICES))
COUNCILS = ("council-hillside", "council-riverside", None)
DISTRICTS = ("hillside", "riverside", None)
NAMES = ("Green Hill", "Amara Tolu", "Mto wa Dhahabu", "Société du Nord", "تعاونية النهر")
ROLES = ("member", "member", "member", "chair", "treasurer")


@dataclass
class ManyCases:
    """Copies of `model`, an issued case, with chance from `chance`."""

    office: OfficeOfTests
    model: PlayedCase
    chance: random.Random
    door: psycopg.Connection[Any]
    now: datetime = field(init=False)
    number: int = 5_000

    def __post_init__(self) -> None:
        self.now = self.office.now()

    def sql(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        done = self.door.execute(statement.encode(), values)
        return done.fetchall() if done.description else []

    def copy(self, table: str, where: str, key: object, **other: Any) -> None:
        """One more row like another, with these columns changed."""
        self.sql(
            f"insert into {table} select (jsonb_populate_record(one, %s::jsonb)).*"
            f" from {table} one where {where} = %s limit 1",
            json.dumps(other, default=str),
            key,
        )

    def past(self, days: int) -> datetime:
        return self.now - timedelta(seconds=self.chance.randrange(60, days * 86_400))

    def application(self, **other: Any) -> UUID:
        case, self.number = uuid4(), self.number + 1
        facts = {"offices": {}, "district": self.chance.choice(DISTRICTS)}
        if council := self.chance.choice(COUNCILS):
            facts["offices"] = {"councils": council}
        rule = self.chance.choice(("sequence-only", "shape", "all"))
        told = {
            "id": case,
            "code": f"AP-2026-{self.number}",
            "filing_seq": self.number,
            "licence_type": self.chance.choice(TYPES),
            "office": self.chance.choice(("mines-north", "mines-south")),
            "lodged_at": self.past(200),
            "district": facts["district"],
            "plan": {"disclosure": rule, "facts": facts},
            "licence_code": None,
        }
        self.copy("application", "id", self.model.id, **(told | other))
        return case

    def steps(self, case: UUID) -> None:
        for name in self.chance.sample(STEPS, self.chance.randrange(1, len(STEPS) + 1)):
            opened = self.past(150)
            office = self.chance.choice(list(OFFICES))
            status = self.chance.choice(("decided", "decided", "lapsed", "open", "stopped"))
            ended = opened + (self.now - opened) * self.chance.random()
            due = self.chance.choice((self.now, ended, None))
            self.copy(
                "step", "application_id", self.model.id,
                application_id=case, step=name, round=1, kind="question", office=office,
                agency=OFFICES[office], status=status, opened_at=opened,
                decided_at=ended if status in ("decided", "lapsed") else None,
                due_at=None if status == "stopped" else due,
                silence_stage=self.chance.choice((0, 0, 1)),
                stopped_seconds=self.chance.choice((0, 86_400, 100_000)),
            )  # fmt: skip

    def days(self, case: UUID) -> None:
        for party in self.chance.sample(PARTIES, 3):
            for n in range(self.chance.randrange(1, 4)):
                self.sql(
                    "insert into day_share values (%s, %s, %s, true, %s)",
                    case, (self.now - timedelta(days=n)).date(), party,
                    self.chance.randrange(1, 86_400_000_001),
                )  # fmt: skip

    def party(self) -> UUID:
        """A person or a cooperative with members."""
        kind = self.chance.choice(("person", "cooperative"))
        made = self._party(kind)
        for _ in range(self.chance.randrange(6) if kind == "cooperative" else 0):
            since = self.now.date() - timedelta(days=self.chance.randrange(1, 99))
            until = self.chance.choice((None, None, since + timedelta(days=5), self.now.date()))
            self.sql(
                "insert into member values (%s, %s, %s, %s, %s, %s, 1, %s)",
                uuid4(), made, self._party("person"), self.chance.choice(ROLES), since, until,
                self.now,
            )  # fmt: skip
        return made

    def _party(self, kind: str) -> UUID:
        made = uuid4()
        sex = self.chance.choice(("female", "male", "unknown", None)) if kind == "person" else None
        self.sql(
            "insert into party (id, kind, name, sex, evidence, created_at, updated_at, version)"
            " values (%s, %s, %s, %s, '[]', %s, %s, 1)",
            made, kind, self.chance.choice(NAMES), sex, self.now, self.now,
        )  # fmt: skip
        return made

    def licence(self, case: UUID, party: UUID) -> None:
        issuance, began = uuid4(), self.past(300)
        code = f"AMP-2026-{self.number}"
        self.copy(
            "issuance", "application_id", self.model.id,
            id=issuance, application_id=case, licence_code=code,
        )  # fmt: skip
        later, just_now = self.now + timedelta(days=400), self.now - timedelta(seconds=9)
        ends = self.chance.choice((later, later, later, just_now))
        starts = self.chance.choice((began, began, began, self.now + timedelta(days=3)))
        name = self.sql("select name from party where id = %s", party)[0][0]
        self.copy(
            "licence", "application_id", self.model.id,
            id=uuid4(), application_id=case, issuance_id=issuance, party_id=party, code=code,
            status=self.chance.choice(("in-force", "in-force", "in-force", "suspended")),
            licence_type=self.chance.choice(TYPES),
            minerals=self.chance.sample(("gold", "sand", "copper"), 2),
            office=self.chance.choice(("mines-north", "mines-south")),
            district=self.chance.choice(DISTRICTS),
            hectares=self.chance.choice((None, "6.4", "10.25", "0.0001")),
            valid_from=starts if starts < ends else began, valid_to=ends,
            logged={"holder": name},
        )  # fmt: skip

    def make(self, cases: int) -> None:
        for n in range(cases):
            party = self.party()
            status = self.chance.choice(("lodged", "issuing", "granted", "refused"))
            case = self.application(party_id=party, status=status)
            self.steps(case)
            self.days(case)
            if status == "granted" or n % 2 == 0:
                self.licence(case, party)
