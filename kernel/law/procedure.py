"""The law of procedure: papers, steps with their times and silence rules, and licence types."""

from enum import StrEnum

from pydantic import Field, model_validator

from kernel.law.ground import TypeGround
from kernel.law.plan import (
    Disclosure,
    FeeBefore,
    GroundRule,
    OnRefusal,
    Overdue,
    PaperWhen,
    SilenceRule,
    StepKind,
)
from kernel.law.words import (
    AgencyId,
    ArticleId,
    Condition,
    EvidenceId,
    FeeId,
    Id,
    MineralId,
    Number,
    OfficeId,
    PaperId,
    Rule,
    SignatoryId,
    Span,
    TextKey,
)


class HolderKind(StrEnum):
    """Who may hold a right."""

    PERSON = "person"
    COMPANY = "company"
    COOPERATIVE = "cooperative"
    FEDERATION = "federation"


class Evidence(Rule):
    """A way to prove who somebody is."""

    id: Id = Field(description="The evidence's id.")
    title: TextKey = Field(description="Text: its name.")
    names_one: bool = Field(
        default=False,
        description="Its number is of one holder only: who shows the same one is the same holder.",
    )


class IdentityRule(Rule):
    """Which evidence is enough for one kind of party."""

    party: HolderKind = Field(description="The kind of party.")
    any_of: tuple[tuple[EvidenceId, ...], ...] = Field(
        min_length=1, description="Each list is enough by itself; all of a list are needed."
    )
    article: ArticleId = Field(description="Source of the law.")


class Paper(Rule):
    """A paper that an application may need."""

    id: Id = Field(description="The paper's id; also the kind under which it is uploaded.")
    title: TextKey = Field(description="Text: its name.")
    issued_by: TextKey = Field(description="Text: who issues it.")
    formats: tuple[str, ...] = Field(
        default=("application/pdf", "image/jpeg", "image/png"), description="Media types accepted."
    )


class PaperRule(Rule):
    """When a licence type needs a paper, and what its absence means."""

    paper: PaperId = Field(description="Which paper.")
    need: PaperWhen = Field(description="Needed for receipt, curable, or due later.")
    within: Span | None = Field(default=None, description="For curable and later: by when.")
    overdue: Overdue | None = Field(
        default=None, description="For curable: what follows when it does not come in time."
    )
    warn_before: Span | None = Field(
        default=None, description="For curable: how long before the end the applicant is warned."
    )
    when: Condition | None = Field(default=None, description="CEL condition over the case's facts.")
    article: ArticleId = Field(description="Source of the law.")

    @model_validator(mode="after")
    def _has_a_time(self) -> "PaperRule":
        if (self.need is PaperWhen.NEEDED) != (self.within is None):
            raise ValueError("a paper that may come after receipt says within what time")
        curable = self.need is PaperWhen.CURABLE
        if curable != (self.overdue is not None):
            raise ValueError("a curable paper says what follows when it is overdue, no other does")
        if self.warn_before is not None and not curable:
            raise ValueError("who hands in a curable paper is warned, and nobody else")
        return self


class CompletenessRule(Rule):
    """A fact without which an application is not received (the only gate beside needed papers)."""

    id: Id = Field(description="The rule's id.")
    holds: Condition = Field(description="CEL condition that must be true.")
    message: TextKey = Field(description="Text: what the applicant is told when it is not.")
    article: ArticleId = Field(description="Source of the law.")


class SilenceLaw(Rule):
    """What follows when a step's time runs out."""

    rule: SilenceRule = Field(description="What follows.")
    extension: Span | None = Field(
        default=None, description="For escalate and extend: the time that runs then."
    )
    to_office: OfficeId | None = Field(
        default=None, description="For escalate: who takes over; left out: the office's own rule."
    )
    then: SilenceRule | None = Field(
        default=None, description="What follows when the further time has run out too."
    )
    article: ArticleId = Field(description="Source of the law; for deemed answers the very one.")

    @model_validator(mode="after")
    def _has_its_time(self) -> "SilenceLaw":
        more = self.rule in (SilenceRule.ESCALATE, SilenceRule.EXTEND)
        if more != (self.extension is not None):
            raise ValueError("escalate and extend give an extension, and nothing else does")
        if self.then is not None and not more:
            raise ValueError("`then` follows an extension only")
        return self


class StepRule(Rule):
    """One question to one agency, or one fee, with its time."""

    id: Id = Field(description="The step's id, unique in its procedure.")
    kind: StepKind = Field(description="Question, decision or fee.")
    title: TextKey = Field(description="Text: the step's name.")
    agency: AgencyId = Field(description="Who answers; for a fee: who collects.")
    office: OfficeId | None = Field(
        default=None, description="A fixed office; left out: by the ground."
    )
    after: tuple[Id, ...] = Field(default=(), description="Steps that must be done before.")
    when: Condition | None = Field(
        default=None, description="CEL condition over the case's facts; false leaves the step out."
    )
    allowed: Span = Field(description="The statutory time.")
    warn_before: Span | None = Field(default=None, description="How long before the end to warn.")
    silence: SilenceLaw = Field(description="What follows when the time runs out.")
    on_refusal: OnRefusal = Field(
        default=OnRefusal.REFUSE_APPLICATION, description="What a refusal at this step means."
    )
    fee: FeeId | None = Field(default=None, description="For a fee step: which fee.")
    needs_visit: bool = Field(default=False, description="No approval before a recorded visit.")
    needs_occupants_notice: bool = Field(
        default=False, description="No approval before occupants were notified."
    )
    second_factor: bool = Field(
        default=False, description="Answering needs step-up sign-in; a decision always does."
    )
    from_paper: bool = Field(
        default=False, description="May be recorded from a signed paper by two people."
    )
    signatories: tuple[SignatoryId, ...] = Field(
        default=(), description="Who may have signed such a paper."
    )
    incompatible_with: tuple[Id, ...] = Field(
        default=(), description="Who answered one of these steps may not answer this one."
    )
    checklist: tuple[TextKey, ...] = Field(default=(), description="Texts: what is looked at.")
    article: ArticleId = Field(description="Source of the law.")

    @model_validator(mode="after")
    def _fee_steps_name_a_fee(self) -> "StepRule":
        if (self.kind is StepKind.FEE) != (self.fee is not None):
            raise ValueError("a fee step names its fee, and nothing else does")
        ends = {SilenceRule.VOID, SilenceRule.LAPSE}
        if (self.kind is StepKind.FEE) != (self.silence.rule in ends):
            raise ValueError("a fee unpaid makes the application void or lapse, nothing else does")
        if self.from_paper != bool(self.signatories):
            raise ValueError("a decision from paper names its signatories, and nothing else does")
        return self


class Procedure(Rule):
    """The way from lodgement to an answer: steps in a graph without circles."""

    steps: tuple[StepRule, ...] = Field(min_length=1, description="The steps.")
    article: ArticleId = Field(description="Source of the law.")


class Holdings(Rule):
    """How much one holder may hold of a licence type."""

    licences: int | None = Field(default=None, ge=1, description="Most licences in force.")
    hectares: Number | None = Field(default=None, description="Most hectares in all.")
    article: ArticleId = Field(description="Source of the law.")


class Priority(StrEnum):
    """What earlier applications on the same ground mean for later ones."""

    BLOCK = "block"
    QUEUE = "queue"
    IGNORE = "ignore"


class RightKind(StrEnum):
    """Whether a licence type lets its holder mine."""

    MINING = "mining"
    NON_MINING = "non-mining"


class LicenceType(Rule):
    """A class of right, and everything an application for it must meet."""

    id: Id = Field(description="The licence type's id: the name of its file.")
    title: TextKey = Field(description="Text: its name.")
    right: RightKind = Field(description="Mining or non-mining.")
    prefix: str = Field(pattern="^[A-Z]{2,4}$", description="First letters of its licence codes.")
    ground: TypeGround = Field(description="What ground it takes.")
    minerals: tuple[MineralId, ...] = Field(min_length=1, description="Minerals it may name.")
    holders: tuple[HolderKind, ...] = Field(min_length=1, description="Who may hold it.")
    holdings: Holdings | None = Field(default=None, description="How much one may hold.")
    fee_before: FeeBefore = Field(description="Which act waits for the application fee.")
    conditional_fee: Id | None = Field(
        default=None, description="The fee step that the conditional place waits for."
    )
    disclosure: Disclosure = Field(description="What of a pending application is public.")
    priority: Priority = Field(description="What an earlier application means for a later one.")
    valid_for: Span = Field(description="For how long it is granted.")
    may_sell: bool = Field(description="Whether its holder may sell minerals.")
    quantity_per_period: str | None = Field(
        default=None, description="Most that may be sold in a period, as the certificate says it."
    )
    completeness: tuple[CompletenessRule, ...] = Field(
        default=(), description="Facts without which an application is not received."
    )
    papers: tuple[PaperRule, ...] = Field(default=(), description="Papers it needs.")
    procedures: dict[Id, Procedure] = Field(
        min_length=1, description="By what is asked: new, renewal, transfer and so on."
    )
    article: ArticleId = Field(description="Source of the law.")

    @model_validator(mode="after")
    def _conditional_needs_a_fee(self) -> "LicenceType":
        if (self.fee_before is FeeBefore.NOTHING) != (self.conditional_fee is None):
            raise ValueError("fee_before receipt or recording names its conditional_fee step")
        return self

    @model_validator(mode="after")
    def _a_place_is_on_ground(self) -> "LicenceType":
        loses = any(one.overdue is Overdue.LOSE_PLACE for one in self.papers)
        if loses and self.ground.rule is not GroundRule.EXCLUSIVE_AREA:
            raise ValueError("a place can be lost where ground is exclusive, nowhere else")
        return self
