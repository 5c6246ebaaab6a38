"""Answers for newer zones and of holders: each is kept, the newest one counts."""

from collections.abc import Iterator
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
            licence_code=answer.licence,
            given=answer.given,
            office=answer.office,
            reference=answer.reference,
            answered_by=by,
            answered_at=answer.at,
        )
    )


def newest_answers(session: Session, application: UUID) -> dict[str, ConsentAnswer]:
    """By zone."""
    return {one.zone: one for one in _answers(session, application) if one.zone is not None}


def newest_of_holders(session: Session, application: UUID) -> dict[str, ConsentAnswer]:
    """By the code of the licence."""
    answers = _answers(session, application)
    return {one.licence: one for one in answers if one.licence is not None}


def _answers(session: Session, application: UUID) -> Iterator[ConsentAnswer]:
    """In the order in which they were recorded."""
    columns = zone_consent.c
    wanted = (
        select(columns.zone_id, columns.given, columns.office, columns.reference,
               columns.answered_at, columns.licence_code)
        .where(columns.application_id == application)
        .order_by(columns.id)
    )
    return (ConsentAnswer(*row) for row in session.execute(wanted))
