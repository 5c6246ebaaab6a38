"""Answers for zones that came after an application: each is kept, the newest one counts."""

from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from services.cadastre.domain.consent import ConsentAnswer
from services.cadastre.store.tables import zone_consent


def keep_answer(session: Session, application: UUID, answer: ConsentAnswer, by: str) -> None:
    session.execute(
        insert(zone_consent).values(
            application_id=application,
            zone_id=answer.zone,
            given=answer.given,
            office=answer.office,
            reference=answer.reference,
            answered_by=by,
            answered_at=answer.at,
        )
    )


def newest_answers(session: Session, application: UUID) -> dict[str, ConsentAnswer]:
    """By zone."""
    columns = zone_consent.c
    wanted = (
        select(columns.zone_id, columns.given, columns.office, columns.reference,
               columns.answered_at)
        .where(columns.application_id == application)
        .order_by(columns.id)
    )
    return {row[0]: ConsentAnswer(*row) for row in session.execute(wanted)}
