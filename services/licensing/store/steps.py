"""Steps in the database, with their requests, answers and papers."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contracts.licensing.language import PaperState, Status, StepStatus
from contracts.licensing.language_cases import RequestStatus
from kernel.problems import NotFound
from services.licensing.domain.decision import Decision, PaperDecision
from services.licensing.domain.request import InformationRequest
from services.licensing.domain.step import Step
from services.licensing.store import case_tables, mapping, tables

mapping.map_entities()
columns = tables.step.c
PENDING = (StepStatus.OPEN, StepStatus.STOPPED)


@dataclass(frozen=True, slots=True)
class Steps:
    session: Session

    def take(self, case: UUID, step: str, round: int | None = None) -> Step:
        """A step in its newest round, or in the round named, locked. Raises NotFound."""
        found = self.find(case, step, round)
        if found is None:
            raise NotFound("This step of the case has not opened")
        return found

    def find(self, case: UUID, step: str, round: int | None = None) -> Step | None:
        """The same; None where it never opened."""
        wanted = select(Step).where(columns.application_id == case, columns.step == step)
        if round is not None:
            wanted = wanted.where(columns.round == round)
        newest = wanted.order_by(columns.round.desc()).limit(1).with_for_update()
        return self.session.scalars(newest.execution_options(populate_existing=True)).first()

    def of_case(self, case: UUID) -> Sequence[Step]:
        """All rounds of all steps, in the order in which they opened."""
        wanted = select(Step).where(columns.application_id == case)
        order = (columns.opened_at, columns.step, columns.round)
        return self.session.scalars(wanted.order_by(*order)).all()

    def pending(self, case: UUID) -> Sequence[Step]:
        """Steps that still await an answer, locked."""
        wanted = select(Step).where(columns.application_id == case, columns.status.in_(PENDING))
        return self.session.scalars(wanted.order_by(columns.step).with_for_update()).all()

    def pending_cases(self) -> Sequence[UUID]:
        """The cases in which time runs, in order: for an answer to a step, or for a paper."""
        paper, case = tables.paper.c, tables.application.c
        answer = select(columns.application_id).where(columns.status.in_(PENDING))
        handed = select(paper.application_id).join(
            tables.application, case.id == paper.application_id
        )
        awaited = handed.where(
            paper.state == PaperState.MISSING,
            paper.lapsed_at.is_(None),
            case.status == Status.LODGED,
        )
        found = self.session.scalars(answer.union(awaited)).all()
        return sorted(found)

    def newest_round(self, case: UUID, step: str) -> int:
        """0 where it never opened."""
        wanted = select(func.max(columns.round))
        found = wanted.where(columns.application_id == case, columns.step == step)
        return self.session.scalars(found).one() or 0

    def decisions(self, case: UUID) -> Sequence[Decision]:
        """The answers of the case, in the order in which they were recorded."""
        decision = case_tables.decision.c
        wanted = select(Decision).where(decision.application_id == case)
        return self.session.scalars(wanted.order_by(decision.recorded_at, decision.step)).all()

    def papers(self, step: Step) -> Sequence[PaperDecision]:
        """Paper decisions typed in for this round, the newest last."""
        paper = case_tables.paper_decision.c
        here = (
            paper.application_id == step.application_id,
            paper.step == step.step,
            paper.round == step.round,
        )
        wanted = select(PaperDecision).where(*here).order_by(paper.recorded_at)
        return self.session.scalars(wanted.with_for_update()).all()

    def all_papers(self, case: UUID) -> Sequence[PaperDecision]:
        """Every paper decision typed in for the case."""
        paper = case_tables.paper_decision.c
        wanted = select(PaperDecision).where(paper.application_id == case)
        return self.session.scalars(wanted.order_by(paper.recorded_at)).all()

    def requests(self, case: UUID) -> Sequence[InformationRequest]:
        """Everything that was asked of the applicant in this case, in order."""
        request = case_tables.information_request.c
        wanted = select(InformationRequest).where(request.application_id == case)
        return self.session.scalars(wanted.order_by(request.asked_at)).all()

    def open_request(self, step: Step) -> InformationRequest | None:
        """The request that this round waits for."""
        request = case_tables.information_request.c
        here = (
            request.application_id == step.application_id,
            request.step == step.step,
            request.round == step.round,
            request.status == RequestStatus.OPEN,
        )
        return self.session.scalars(select(InformationRequest).where(*here)).first()
