"""How steps, answers and requests look on the wire, with the words and rules of the plan."""

from contracts.licensing.wire_steps import DecisionView, PaperDecisionView, StepView
from kernel.authority import Actor, Realm
from kernel.law.editions import Edition
from kernel.law.plan import StepPlan
from services.licensing.domain.decision import Decision, PaperDecision
from services.licensing.domain.step import Step


def show_step(step: Step, law: StepPlan, edition: Edition) -> StepView:
    told = {name: getattr(step, name) for name in StepView.model_fields if hasattr(step, name)}
    words = edition.rules.texts.get(law.title, {})
    return StepView(
        **told
        | {
            "titles": {str(language): text for language, text in words.items()},
            "needs_visit": law.needs_visit,
            "needs_occupants_notice": law.needs_occupants_notice,
            "second_factor": law.second_factor,
            "from_paper": law.from_paper,
            "article": law.article,
        }
    )


def show_decision(made: Decision, asker: Actor) -> DecisionView:
    """The offices see who answered; everybody else sees which office did."""
    shown = DecisionView.model_validate(made)
    if asker.realm is Realm.STAFF:
        return shown
    return shown.model_copy(update={"person": None, "recorded_by": None})


def show_paper(made: PaperDecision, asker: Actor) -> PaperDecisionView:
    """As with decisions: persons are shown to the offices only."""
    shown = PaperDecisionView.model_validate(made)
    if asker.realm is Realm.STAFF:
        return shown
    return shown.model_copy(update={"recorded_by": None, "confirmed_by": None})
