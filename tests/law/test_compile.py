"""An edition and the facts of a case become a plan in which no condition is open."""

import json

import pytest
from pydantic import ValidationError

from kernel.calendar import Duration, Unit
from kernel.law.compile import (
    OfficeUnknown,
    compile_plan,
    unmet_for_receipt,
)
from kernel.law.editions import Edition, NoSuchLaw
from kernel.law.plan import (
    FeeBefore,
    GroundRule,
    OnRefusal,
    PaperWhen,
    Plan,
    SilenceRule,
    StepKind,
)
from kernel.law.procedure import HolderKind

GROUND = {
    "hectares": "6.4012",
    "minerals": ["gold"],
    "office": "mines-north",
    "offices": {
        "mines": "mines-north",
        "environment": "environment-north",
        "councils": "council-hillside",
        "lands": "lands-registry",
    },
}
COOPERATIVE = {"party_kind": "cooperative", "members": 12, "women": 7}
BY_TYPE: dict[str, dict[str, object]] = {
    "artisanal-permit": GROUND | COOPERATIVE,
    "small-scale-licence": GROUND | {"party_kind": "company", "units": 4, "hectares": "25"},
    "miners-card": GROUND | {"party_kind": "person", "zone": "kisanga-asm", "hectares": "0"},
    "buyers-licence": {"party_kind": "company", "district": "plains", "minerals": ["gold"]},
}


@pytest.mark.parametrize("licence_type", BY_TYPE)
def test_every_licence_type_compiles_to_a_plan_that_can_be_stored(
    law: Edition, licence_type: str
) -> None:
    plan = compile_plan(law, licence_type, "new", BY_TYPE[licence_type])
    stored = json.loads(json.dumps(plan.model_dump(mode="json")))
    assert Plan.load(stored) == plan
    assert Plan.load(stored).digest() == plan.digest()
    assert plan.edition == law.ref
    again = compile_plan(law, licence_type, "new", plan.facts)
    assert again.digest() == plan.digest()


@pytest.mark.parametrize("licence_type", ["artisanal-permit", "small-scale-licence"])
def test_consent_is_asked_for_where_the_ground_needs_it_and_never_given_by_silence(
    law: Edition, licence_type: str
) -> None:
    facts = BY_TYPE[licence_type]
    without = compile_plan(law, licence_type, "new", facts)
    assert "consent" not in [step.id for step in without.steps]
    plan = compile_plan(law, licence_type, "new", {**facts, "consequences": ["consent"]})
    step = plan.step("consent")
    assert step.on_refusal is OnRefusal.REFUSE_APPLICATION
    assert (step.silence.rule, step.silence.then) == (SilenceRule.EXTEND, None)
    assert "consent" in plan.step("decision").after


def test_each_licence_type_takes_another_kind_of_ground_and_time_of_payment(law: Edition) -> None:
    plans = {name: compile_plan(law, name, "new", facts) for name, facts in BY_TYPE.items()}
    assert {name: (plan.ground, plan.fee_before) for name, plan in plans.items()} == {
        "artisanal-permit": (GroundRule.EXCLUSIVE_AREA, FeeBefore.NOTHING),
        "small-scale-licence": (GroundRule.EXCLUSIVE_AREA, FeeBefore.RECORDING),
        "miners-card": (GroundRule.INSIDE_ZONE, FeeBefore.NOTHING),
        "buyers-licence": (GroundRule.NONE, FeeBefore.RECEIPT),
    }


def test_a_known_working_forces_a_visit_and_a_notice(law: Edition) -> None:
    facts = BY_TYPE["artisanal-permit"] | {"known_workings": 1}
    visit = compile_plan(law, "artisanal-permit", "new", facts).step("site-visit")
    assert visit.needs_visit
    assert visit.needs_occupants_notice
    assert visit.office == "mines-north"
    assert visit.after == ("screening",)


def test_what_came_after_a_step_left_out_comes_after_what_stood_before_it(law: Edition) -> None:
    plan = compile_plan(law, "artisanal-permit", "new", BY_TYPE["artisanal-permit"])
    with pytest.raises(KeyError):
        plan.step("site-visit")
    assert plan.step("decision").after == (
        "screening", "environment-opinion", "council-opinion", "lands-check",
    )  # fmt: skip


def test_agencies_are_asked_side_by_side_each_with_its_own_time_and_silence(law: Edition) -> None:
    plan = compile_plan(law, "artisanal-permit", "new", BY_TYPE["artisanal-permit"])
    environment, council = plan.step("environment-opinion"), plan.step("council-opinion")
    assert environment.after == council.after == ("screening",)
    assert environment.allowed == Duration(n=14, unit=Unit.CALENDAR_DAYS)
    assert environment.silence.rule is SilenceRule.ESCALATE
    assert environment.silence.to_office == "environment-south"
    assert environment.silence.extension == Duration(n=5, unit=Unit.WORKING_DAYS)
    assert council.allowed == Duration(n=10, unit=Unit.WORKING_DAYS)
    assert council.silence.rule is SilenceRule.DEEMED_APPROVED
    assert council.silence.to_office is None
    assert law.article(council.silence.article).cites.endswith("s. 15(2)")
    assert council.on_refusal is OnRefusal.NOTE


def test_the_decision_is_made_by_another_than_the_screener_with_a_second_factor(
    law: Edition,
) -> None:
    decision = compile_plan(law, "artisanal-permit", "new", BY_TYPE["artisanal-permit"]).step(
        "decision"
    )
    assert decision.kind is StepKind.DECISION
    assert decision.incompatible_with == ("screening",)
    assert decision.second_factor
    assert decision.from_paper
    assert decision.signatories == ("regional-director",)
    assert (decision.silence.rule, decision.silence.then) == (
        SilenceRule.EXTEND,
        SilenceRule.ESCALATE,
    )
    assert decision.silence.to_office == "mines-south"


@pytest.mark.parametrize("licence_type", ["small-scale-licence", "buyers-licence"])
def test_where_payment_comes_first_the_fee_is_due_within_the_hour_or_the_place_is_void(
    law: Edition, licence_type: str
) -> None:
    fee = compile_plan(law, licence_type, "new", BY_TYPE[licence_type]).steps[0]
    assert (fee.id, fee.conditional, fee.after) == ("application-fee", True, ())
    assert fee.allowed == Duration(n=1, unit=Unit.HOURS)
    assert fee.silence.rule is SilenceRule.VOID


def test_the_offices_follow_from_the_ground(law: Edition) -> None:
    plan = compile_plan(law, "artisanal-permit", "new", BY_TYPE["artisanal-permit"])
    assert {step.agency: step.office for step in plan.steps} == GROUND["offices"]


def test_without_ground_the_offices_follow_from_the_district(law: Edition) -> None:
    plan = compile_plan(law, "buyers-licence", "new", BY_TYPE["buyers-licence"])
    assert {step.agency: step.office for step in plan.steps} == {
        "mines": "mines-east",
        "councils": "council-hillside",
    }


def test_an_office_is_never_guessed(law: Edition) -> None:
    facts = {"party_kind": "company", "minerals": ["gold"]}
    with pytest.raises(OfficeUnknown) as refusal:
        compile_plan(law, "buyers-licence", "new", facts)
    assert refusal.value.facts == {"agency": "mines"}
    with pytest.raises(NoSuchLaw):
        compile_plan(law, "buyers-licence", "new", facts | {"district": "atlantis"})


def test_papers_are_sorted_into_needed_curable_and_later(law: Edition) -> None:
    plan = compile_plan(law, "artisanal-permit", "new", BY_TYPE["artisanal-permit"])
    assert {paper.kind: paper.when.value for paper in plan.papers} == {
        "identity": "needed",
        "members-list": "needed",
        "site-photograph": "curable",
        "landholder-consent": "curable",
        "environment-pledge": "later",
    }
    person = {**BY_TYPE["artisanal-permit"], "party_kind": "person"}
    alone = compile_plan(law, "artisanal-permit", "new", person)
    needed = [paper.kind for paper in alone.papers if paper.when is PaperWhen.NEEDED]
    assert needed == ["identity"]


def test_what_is_missing_for_receipt_is_told_with_its_words_and_its_law(law: Edition) -> None:
    few = BY_TYPE["artisanal-permit"] | {"members": 4}
    (unmet,) = unmet_for_receipt(law, "artisanal-permit", few)
    assert law.text(unmet.message, "fr") == "Une coopérative compte au moins cinq membres."
    assert unmet.article == "reg.8"
    assert unmet_for_receipt(law, "artisanal-permit", BY_TYPE["artisanal-permit"]) == ()
    assert unmet_for_receipt(law, "miners-card", {"party_kind": "person"})[0].rule == "in-a-zone"


def test_a_plan_s_name_changes_with_the_facts_that_change_it(law: Edition) -> None:
    facts = BY_TYPE["artisanal-permit"]
    first = compile_plan(law, "artisanal-permit", "new", facts)
    other = compile_plan(law, "artisanal-permit", "new", facts | {"known_workings": 2})
    assert first.digest() != other.digest()


def test_facts_are_typed(law: Edition) -> None:
    with pytest.raises(ValidationError):
        compile_plan(law, "miners-card", "new", {"party_kind": HolderKind.PERSON, "name": "A. B."})
    with pytest.raises(ValidationError):
        compile_plan(law, "miners-card", "new", {"party_kind": "person", "hectares": 6.4})
    with pytest.raises(NoSuchLaw):
        compile_plan(law, "miners-card", "renewal", {"party_kind": "person"})
