"""Plans for the tests of the engine: the shapes that the example rulebook has, in small."""

from kernel.calendar import Duration, Unit
from kernel.events import EditionRef
from kernel.law.plan import (
    FeeBefore,
    GroundRule,
    LicencePlan,
    OnRefusal,
    Overdue,
    PaperPlan,
    PaperWhen,
    Plan,
    Silence,
    SilenceRule,
    StepKind,
    StepPlan,
)

EDITION = EditionRef(country="example", edition="2026-01-01", hash="ab" * 32)


def days(n: int) -> Duration:
    return Duration(n=n, unit=Unit.WORKING_DAYS)


def hours(n: int) -> Duration:
    return Duration(n=n, unit=Unit.HOURS)


def silence(
    rule: SilenceRule,
    to_office: str | None = None,
    extension: Duration | None = None,
    then: SilenceRule | None = None,
) -> Silence:
    return Silence(
        rule=rule, to_office=to_office, extension=extension, then=then, article="reg. 12"
    )


def question(
    step_id: str,
    after: tuple[str, ...] = (),
    allowed: Duration | None = None,
    quiet: Silence | None = None,
    on_refusal: OnRefusal = OnRefusal.REFUSE_APPLICATION,
    kind: StepKind = StepKind.QUESTION,
    warn: Duration | None = None,
) -> StepPlan:
    return StepPlan(
        id=step_id,
        kind=kind,
        title=f"step.{step_id}",
        agency="mines",
        office=f"{step_id}-office",
        after=after,
        allowed=allowed or days(10),
        warn_before=warn,
        silence=quiet or silence(SilenceRule.ESCALATE, f"{step_id}-head", days(5)),
        on_refusal=on_refusal,
        article="s. 20",
    )


def fee(
    step_id: str,
    after: tuple[str, ...] = (),
    allowed: Duration | None = None,
    rule: SilenceRule = SilenceRule.LAPSE,
    conditional: bool = False,
) -> StepPlan:
    return StepPlan(
        id=step_id,
        kind=StepKind.FEE,
        title=f"step.{step_id}",
        agency="mines",
        office="mines-north",
        after=after,
        allowed=allowed or days(20),
        silence=silence(rule),
        fee=step_id,
        conditional=conditional,
        article="s. 31",
    )


def paper(kind: str, within: Duration, overdue: Overdue, warn: Duration | None) -> PaperPlan:
    """One that may be handed in later."""
    return PaperPlan(
        kind=kind,
        title=f"paper.{kind}",
        when=PaperWhen.CURABLE,
        within=within,
        overdue=overdue,
        warn_before=warn,
        issued_by="tax-office",
        article="s. 12",
    )


def plan(
    *steps: StepPlan,
    fee_before: FeeBefore = FeeBefore.NOTHING,
    ground: GroundRule = GroundRule.EXCLUSIVE_AREA,
    papers: tuple[PaperPlan, ...] = (),
) -> Plan:
    return Plan(
        edition=EDITION,
        procedure="new",
        licence_type="artisanal-permit",
        ground=ground,
        fee_before=fee_before,
        steps=steps,
        papers=papers,
        licence=LicencePlan(
            prefix="AP",
            valid_for=Duration(n=3, unit=Unit.YEARS),
            may_sell=True,
            article="s. 40",
        ),
        facts={"minerals": ["gold"], "hectares": "6.4"},
    )


USUAL = plan(
    question("screening", allowed=days(5)),
    question("environment", after=("screening",), allowed=days(10), warn=days(2)),
    question(
        "council",
        after=("screening",),
        allowed=days(15),
        quiet=silence(SilenceRule.DEEMED_APPROVED),
        on_refusal=OnRefusal.NOTE,
    ),
    question("decision", after=("environment", "council"), kind=StepKind.DECISION),
    fee("grant-fee", after=("decision",)),
)
"""Screening, two agencies side by side, a decision, the fee for the grant."""

PAID_FIRST = plan(
    fee("filing-fee", allowed=hours(1), rule=SilenceRule.VOID, conditional=True),
    question("screening", after=("filing-fee",)),
    question("decision", after=("screening",), kind=StepKind.DECISION),
    fee_before=FeeBefore.RECEIPT,
)
"""The place in the sequence counts only when the fee is paid within the hour."""

PAPERS_LATER = plan(
    question("screening", allowed=days(15)),
    papers=(
        paper("tax-clearance", days(5), Overdue.LOSE_PLACE, days(2)),
        paper("constitution", days(10), Overdue.LAPSE, days(3)),
        paper("photograph", days(3), Overdue.WAIT, None),
    ),
)
"""Received before its papers are there; each paper has its own time and consequence."""
