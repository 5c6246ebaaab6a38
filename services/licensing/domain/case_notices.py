"""What applicants and offices are told while a case goes on; the words are the rulebook's."""

from datetime import datetime

from contracts.licensing.language import Outcome
from kernel.calendar import Calendar
from kernel.law.editions import Edition
from kernel.law.plan import SilenceRule, StepPlan
from kernel.law.said import outcome_text, silence_text
from services.licensing.domain.application import Application
from services.licensing.domain.notices import Notice, day, minute, said, to_applicant


def to_office(application: Application, kind: str, to: str, /, **params: str) -> list[Notice]:
    """One notice to an office about the case."""
    return [Notice(kind, f"office:{to}", {"code": application.code or "", **params})]


def step_opened(
    application: Application,
    law: StepPlan,
    edition: Edition,
    office: str,
    due_at: datetime,
    calendar: Calendar,
    public_url: str,
) -> list[Notice]:
    return to_office(
        application,
        "office-step-opened",
        office,
        step=said(edition, law.title),
        due=minute(due_at, calendar),
        link=f"{public_url}/cases/{application.code}",
    )


def step_warned(
    application: Application,
    law: StepPlan,
    edition: Edition,
    office: str,
    rule: SilenceRule,
    due_at: datetime,
    calendar: Calendar,
) -> list[Notice]:
    return to_office(
        application,
        "office-step-warned",
        office,
        step=said(edition, law.title),
        due=minute(due_at, calendar),
        rule=said(edition, silence_text(rule)),
    )


def step_moved(
    application: Application,
    law: StepPlan,
    edition: Edition,
    offices: tuple[str, str],
    due_at: datetime,
    calendar: Calendar,
) -> list[Notice]:
    """Escalated from the first office to the second: both are told, and the applicant."""
    title, over = said(edition, law.title), said(edition, edition.office(offices[1]).title)
    told = to_applicant(
        application, "step-escalated", step=title, office=over, until=day(due_at, calendar)
    )
    for office in dict.fromkeys(offices):
        due = minute(due_at, calendar)
        told += to_office(
            application, "office-step-escalated", office, step=title, office=over, due=due
        )
    return told


def step_lapsed(
    application: Application, law: StepPlan, edition: Edition, office: str, rule: SilenceRule
) -> list[Notice]:
    """Answered by silence: the office and the applicant are told, with the source of the law."""
    title, meant = said(edition, law.title), said(edition, silence_text(rule))
    cites = edition.article(law.silence.article).cites
    told = to_office(
        application, "office-step-lapsed", office, step=title, effect=meant, article=cites
    )
    return told + to_applicant(application, "step-answered", step=title, outcome=meant)


def step_answered(
    application: Application, law: StepPlan, edition: Edition, outcome: Outcome
) -> list[Notice]:
    return to_applicant(
        application,
        "step-answered",
        step=said(edition, law.title),
        outcome=said(edition, outcome_text(outcome)),
    )


def information_requested(
    application: Application,
    edition: Edition,
    office: str,
    until: datetime | None,
    calendar: Calendar,
) -> list[Notice]:
    """While all clocks stand still there is no day to name: the notice follows when they run."""
    if until is None:
        return []
    name = said(edition, edition.office(office).title)
    return to_applicant(
        application, "information-requested", office=name, until=day(until, calendar)
    )


def information_given(
    application: Application,
    law: StepPlan,
    edition: Edition,
    office: str,
    due_at: datetime | None,
    calendar: Calendar,
) -> list[Notice]:
    """While all clocks stand still nothing runs: the office is told once its time does."""
    if due_at is None:
        return []
    return to_office(
        application,
        "office-information-given",
        office,
        step=said(edition, law.title),
        due=minute(due_at, calendar),
    )


def words(value: str) -> str:
    """`second-person-needed` as an office reads why something was refused."""
    return value.replace("-", " ")
