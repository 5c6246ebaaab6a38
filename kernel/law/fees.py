"""The law of money: tariffs, their split at source among beneficiaries, and who these are."""

from enum import StrEnum

from pydantic import Field, model_validator

from kernel.law.procedure import HolderKind
from kernel.law.words import (
    AgencyId,
    ArticleId,
    BeneficiaryId,
    Condition,
    Id,
    Number,
    Rule,
    TextKey,
)
from kernel.money import Rounding

WHOLE = 10_000  # basis points


class Basis(StrEnum):
    """What an amount is counted by."""

    FIXED = "fixed"
    PER_HECTARE = "per-hectare"
    PER_UNIT = "per-unit"
    PER_MEMBER = "per-member"


class RoundingRule(Rule):
    """To what step an amount is rounded."""

    to: Number = Field(description="The step, in the currency's unit: 1 or 0.05.")
    mode: Rounding = Field(description="Which way.")


class FeeLine(Rule):
    """One line of a fee."""

    id: Id = Field(description="The line's id, unique in its fee.")
    title: TextKey = Field(description="Text: what is charged.")
    basis: Basis = Field(description="What the amount is counted by.")
    amount: Number = Field(description="The rate, in the currency's unit.")
    by_holder: dict[HolderKind, Number] = Field(
        default_factory=dict, description="The rate for one class of holder."
    )
    whole_hectares: bool = Field(default=False, description="Count hectares begun as whole ones.")
    when: Condition | None = Field(default=None, description="CEL condition over the case's facts.")


class SplitMode(StrEnum):
    """How the split is carried out."""

    SETTLED = "settled"  # the provider pays each beneficiary
    INSTRUCTED = "instructed"  # a signed schedule to the treasury
    ACCOUNTED = "accounted"  # a statement only


class Share(Rule):
    """One beneficiary's part."""

    beneficiary: BeneficiaryId = Field(description="Who receives it.")
    basis_points: int = Field(gt=0, le=WHOLE, description="Hundredths of a per cent.")


class Split(Rule):
    """Who receives a fee, to the last minor unit."""

    mode: SplitMode = Field(description="How it is carried out.")
    shares: tuple[Share, ...] = Field(min_length=1, description="10,000 basis points in all.")
    article: ArticleId = Field(description="Source of the law.")

    @model_validator(mode="after")
    def _is_whole(self) -> "Split":
        total = sum(share.basis_points for share in self.shares)
        if total != WHOLE:
            raise ValueError(f"the shares add up to {total:,} basis points, not to {WHOLE:,}")
        if len({share.beneficiary for share in self.shares}) != len(self.shares):
            raise ValueError("a beneficiary stands twice in one split")
        return self


class Fee(Rule):
    """What is due for an act."""

    id: Id = Field(description="The fee's id.")
    title: TextKey = Field(description="Text: its name.")
    lines: tuple[FeeLine, ...] = Field(min_length=1, description="What it is made of.")
    least: Number | None = Field(default=None, description="Never less than this in all.")
    most: Number | None = Field(default=None, description="Never more than this in all.")
    rounding: RoundingRule = Field(description="How each line and the total are rounded.")
    split: Split = Field(description="Who receives it.")
    article: ArticleId = Field(description="Source of the law.")


class Beneficiary(Rule):
    """Who receives a share."""

    id: Id = Field(description="The beneficiary's id: the name of its ledger account.")
    title: TextKey = Field(description="Text: its name.")
    agency: AgencyId | None = Field(
        default=None,
        description="Where each office of an agency has an account of its own: the agency; the "
        "share then goes to the office in whose jurisdiction the ground lies.",
    )
    pays_into: str = Field(description="Account or wallet as the provider or treasury knows it.")
