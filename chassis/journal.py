"""The journal: one numbered row for each fact of a case, written once and never changed."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from chassis.database import around
from chassis.tables import case_counter, journal
from kernel.events import MAX_PAYLOAD_BYTES, ActorKind, EditionRef, Event, Source
from kernel.log.canonical import canonical


class FactTooLong(ValueError):
    """A fact is a message, not a file: its payload is limited to 32 KB of canonical JSON."""


def next_seq(session: Session, case: UUID) -> int:
    """The next event_seq of a case, from 1 without gaps; locks the case's counter until commit."""
    first = upsert(case_counter).values(case_id=case, last_seq=1)
    step = first.on_conflict_do_update(
        index_elements=[case_counter.c.case_id],
        set_={"last_seq": case_counter.c.last_seq + 1},
    )
    seq: int = session.scalars(step.returning(case_counter.c.last_seq)).one()
    return seq


def write(session: Session, event: Event, person: str | None, log_index: int | None) -> None:
    """Write one row. `person` is a pseudonym and stays in this database; it is not in the event."""
    if len(canonical(event.payload)) > MAX_PAYLOAD_BYTES:
        raise FactTooLong(f"{event.name} carries more than {MAX_PAYLOAD_BYTES} bytes")
    session.execute(
        insert(journal).values(
            case_id=event.case,
            seq=event.seq,
            name=event.name,
            at=event.at,
            legal_at=event.legal_at,
            actor_kind=event.actor_kind.value,
            person=person,
            payload=event.payload,
            edition=None if event.edition is None else event.edition.model_dump(),
            trace=event.trace,
            log_index=log_index,
        )
    )


def events_between(
    session: Session, case: UUID, after: int = 0, upto: int | None = None
) -> list[Event]:
    """The case's facts with after < seq <= upto, in order (upto None: to the newest)."""
    wanted = select(journal).where(journal.c.case_id == case, journal.c.seq > after)
    if upto is not None:
        wanted = wanted.where(journal.c.seq <= upto)
    source = Source(around(session).service)
    return [_event(row, source) for row in session.execute(wanted.order_by(journal.c.seq))]


def persons(session: Session, case: UUID, names: Sequence[str]) -> set[str]:
    """Who did these kinds of things in the case: for rules that want two different people."""
    wanted = select(journal.c.person).where(
        journal.c.case_id == case, journal.c.name.in_(names), journal.c.person.is_not(None)
    )
    return {person for person in session.scalars(wanted) if person is not None}


def _event(row: Row[Any], source: Source) -> Event:
    return Event(
        source=source,
        case=row.case_id,
        seq=row.seq,
        name=row.name,
        at=row.at,
        legal_at=row.legal_at,
        actor_kind=ActorKind(row.actor_kind),
        payload=row.payload,
        edition=None if row.edition is None else EditionRef(**row.edition),
        trace=row.trace,
    )
