"""What people are told of a case: which of the rulebook's notices, to whom, with which words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.command_args import SendNotice
from contracts.licensing.language import PaperState
from contracts.wording import text_param
from kernel.calendar import Calendar
from kernel.law.editions import Edition
from kernel.law.plan import PaperWhen
from kernel.law.quote import quote
from services.licensing.domain.application import Application
from services.licensing.domain.judging import conditional_step
from services.licensing.domain.papers import Paper


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice that has no id yet. `to`: `public:<sub>` or `office:<id>`."""

    kind: str
    to: str
    params: dict[str, str]

    def addressed(self, notice: UUID, case: UUID | None) -> SendNotice:
        return SendNotice(notice=notice, kind=self.kind, to=self.to, params=self.params, case=case)


def of_lodgement(
    application: Application, papers: Sequence[Paper], edition: Edition, calendar: Calendar
) -> list[Notice]:
    """To the applicant: received, or only conditionally, and each curable paper that is missing."""
    if application.applicant is None or application.code is None or application.office is None:
        return []
    seq, code = str(application.filing_seq), application.code
    office = said(edition, edition.office(application.office).title)
    told = [
        Notice(
            "application-lodged",
            application.applicant,
            {"code": code, "seq": seq, "office": office},
        )
    ]
    if application.conditional and application.pay_by is not None:
        params = {"code": code, "seq": seq, "amount": _amount(application, edition)}
        until = {"until": minute(application.pay_by, calendar)}
        told = [Notice("receipt-conditional", application.applicant, params | until)]
    for paper in papers:
        if paper.state is PaperState.MISSING and paper.when is PaperWhen.CURABLE and paper.due_at:
            title = said(edition, edition.paper(paper.kind).title)
            params = {"code": code, "paper": title, "until": day(paper.due_at, calendar)}
            told.append(Notice("paper-missing", application.applicant, params))
    return told


def to_applicant(application: Application, kind: str, **params: str) -> list[Notice]:
    """One notice to the applicant about the case; none where nobody can be told."""
    if application.applicant is None or application.code is None:
        return []
    return [Notice(kind, application.applicant, {"code": application.code, **params})]


def addressed(
    new_id: Callable[[], UUID], told: Sequence[Notice], case: UUID | None
) -> list[dict[str, object]]:
    """The notices as a fact's payload lists them, each with an id of its own."""
    return [one.addressed(new_id(), case).model_dump(mode="json") for one in told]


def said(edition: Edition, key: str) -> str:
    """A text of the law as a word of a notice: its reader's language decides how it reads.

    Raises NoSuchLaw.
    """
    edition.text(key)
    return text_param(key)


def minute(at: datetime, calendar: Calendar) -> str:
    """`2026-03-02 12:00`, on the local clock."""
    return calendar.local(at).strftime("%Y-%m-%d %H:%M")


def day(at: datetime, calendar: Calendar) -> str:
    """`2026-03-02`, on the local calendar."""
    return calendar.local(at).date().isoformat()


def _amount(application: Application, edition: Edition) -> str:
    """What the conditional place costs, with its currency: the fee of the step it waits for."""
    plan = application.law()
    step = conditional_step(plan)
    fees = quote(edition, plan.licence_type, plan.facts, plan.procedure)
    minor = sum(one.minor for one in fees if step is not None and one.step == step.id)
    currency = edition.rules.country.currency
    whole, rest = divmod(minor, 10**currency.exponent)
    cents = f".{rest:0{currency.exponent}d}" if currency.exponent else ""
    return f"{whole}{cents} {currency.code}"
