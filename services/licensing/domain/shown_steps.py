"""How steps, answers and requests look on the wire, with the words and rules of the plan."""

from contracts.licensing.wire_steps import StepView
from kernel.law.editions import Edition
from kernel.law.plan import StepPlan
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
