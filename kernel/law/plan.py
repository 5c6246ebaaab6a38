"""The plan: one case's law, compiled from a rulebook edition when it is lodged, and pinned to it.

A plan is immutable data without conditions: every condition of the rulebook was evaluated when it
was compiled, with the facts of the case, and its answer stands here. Its hash names its content.
"""

import hashlib
from enum import StrEnum
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

from kernel.calendar import Duration
from kernel.events import EditionRef
from kernel.log.canonical import canonical

ENGINE_VERSION = 1


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StepKind(StrEnum):
    QUESTION = "question"  # an agency's office answers
    DECISION = "decision"  # the office that grants or refuses; its refusal refuses the application
    FEE = "fee"  # an invoice is to be paid


class SilenceRule(StrEnum):
    """What happens when a step's time runs out (domain.md, glossary: silence rule)."""

    ESCALATE = "escalate"
    EXTEND = "extend"
    DEEMED_APPROVED = "deemed-approved"
    DEEMED_REFUSED = "deemed-refused"
    RETURN = "return"
    VOID = "void"  # a fee step: the application never counted (conditional place)
    LAPSE = "lapse"  # a fee step: the application lapses


class OnRefusal(StrEnum):
    REFUSE_APPLICATION = "refuse-application"
    NOTE = "note"  # an opinion the deciding office reads


class GroundRule(StrEnum):
    """What ground a licence type needs (domain.md, licence type)."""

    EXCLUSIVE_AREA = "exclusive-area"
    INSIDE_ZONE = "inside-zone"  # non-exclusive, tied to a zone, no ground of its own
    POINT = "point"
    NONE = "none"


class FeeBefore(StrEnum):
    """Which act waits for the application fee (domain.md §2)."""

    NOTHING = "nothing"
    RECEIPT = "receipt"
    RECORDING = "recording"


class PaperWhen(StrEnum):
    NEEDED = "needed"  # without it the application is not received
    CURABLE = "curable"  # within a time, else the rulebook's consequence
    LATER = "later"  # due later, listed on the receipt


class Overdue(StrEnum):
    """What follows when a curable paper does not come in time."""

    LAPSE = "lapse"  # the application ends
    LOSE_PLACE = "lose-place"  # it goes on, with the last place in the sequence
    WAIT = "wait"  # nothing by itself; nothing is granted until the paper is there


class Silence(Frozen):
    rule: SilenceRule
    to_office: str | None = None  # escalate: the office that takes over
    extension: Duration | None = None  # escalate and extend: the time that then runs
    then: SilenceRule | None = None  # after an extension or escalation has run out too
    article: str


class StepPlan(Frozen):
    id: str
    kind: StepKind
    title: str  # message key of the rulebook's texts
    agency: str
    office: str
    after: tuple[str, ...] = ()
    allowed: Duration
    warn_before: Duration | None = None
    silence: Silence
    on_refusal: OnRefusal = OnRefusal.REFUSE_APPLICATION
    fee: str | None = None  # FEE: the tariff's id
    conditional: bool = False  # FEE: until it is paid, the place in the sequence is conditional
    needs_visit: bool = False  # no approval before a visit was recorded
    needs_occupants_notice: bool = False  # no approval before occupants were notified
    second_factor: bool = False  # deciding needs step-up
    from_paper: bool = False  # may be recorded from a signed paper and confirmed by a second person
    signatories: tuple[str, ...] = ()  # whose signature on such a paper counts
    incompatible_with: tuple[str, ...] = ()  # who answered one of these may not answer this
    checklist: tuple[str, ...] = ()
    article: str


class PaperPlan(Frozen):
    kind: str
    title: str
    when: PaperWhen
    within: Duration | None = None
    overdue: Overdue | None = None  # CURABLE: what follows when it does not come in time
    warn_before: Duration | None = None  # how long before the end the applicant is warned
    issued_by: str
    article: str


class LicencePlan(Frozen):
    prefix: str  # of the licence code
    valid_for: Duration
    may_sell: bool
    quantity_per_period: str | None = None
    article: str


class Disclosure(StrEnum):
    """What a rival and the public see of a pending application (domain.md §2, who sees what)."""

    SEQUENCE_ONLY = "sequence-only"  # number, time and the hectares it takes
    SHAPE = "shape"
    ALL = "all"


class Plan(Frozen):
    """One case's law. `facts` is what conditions were evaluated with (no personal data)."""

    engine_version: int = Field(default=ENGINE_VERSION, ge=1)
    edition: EditionRef
    procedure: str  # new, renewal, …
    licence_type: str
    ground: GroundRule
    fee_before: FeeBefore
    disclosure: Disclosure = Disclosure.SEQUENCE_ONLY
    priority: str = "block"  # pending seniors: block | queue | ignore
    steps: tuple[StepPlan, ...]
    papers: tuple[PaperPlan, ...] = ()
    licence: LicencePlan
    facts: dict[str, Any] = Field(default_factory=dict)

    def step(self, step_id: str) -> StepPlan:
        """The step of that id; KeyError if the plan has none."""
        for step in self.steps:
            if step.id == step_id:
                return step
        raise KeyError(step_id)

    def digest(self) -> str:
        """Lower-case hex SHA-256 of the plan's canonical bytes: its name in journals."""
        return hashlib.sha256(canonical(self.model_dump(mode="json"))).hexdigest()

    @classmethod
    def load(cls, stored: dict[str, Any]) -> Self:
        """Read a stored plan; older engine versions stay readable for the life of their cases."""
        return cls.model_validate(stored)
