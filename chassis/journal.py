"""The journal: one numbered row for each fact of a case, written once and never changed."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from chassis import outbox
from chassis.database import around, send
from chassis.log import GROWTH, Growth, Leaf
from chassis.tables import journal
from kernel.events import MAX_PAYLOAD_BYTES, ActorKind, EditionRef, Event, Source
from kernel.log.canonical import canonical

if TYPE_CHECKING:
    from contracts.procedures import Tell


NEXT: Final = """
insert into case_counter (case_id, last_seq) values (%(case)s, 1)
on conflict (case_id) do update set last_seq = case_counter.last_seq + 1
returning last_seq"""
FACT: Final = """
fact as (
  insert into journal (case_id, seq, name, at, legal_at, actor_kind, person, payload, edition,
                       trace, log_index)
  values (%(case)s, %(seq)s, %(name)s, %(recorded_at)s, %(legal_at)s, %(actor_kind)s, %(person)s,
          %(fact)s::jsonb, %(edition)s::jsonb, %(trace)s, %(log_index)s)
)"""


class FactTooLong(ValueError):
    """A fact is a message, not a file: its payload is limited to 32 KB of canonical JSON."""


def next_seq(session: Session, case: UUID) -> int:
    """The next event_seq of a case, from 1 without gaps; locks the case's counter until commit."""
    seq: int = send(session, NEXT, {"case": case}).scalar_one()
    return seq


def write(
    session: Session,
    event: Event,
    person: str | None,
    leaf: Leaf | None,
    growth: Growth | None,
    tell: "Sequence[Tell]",
) -> None:
    """Write a fact in one round trip: its row, its leaf if it is not written yet, its outbox rows.

    `person` is a pseudonym and stays in this database; it is not in the event. `growth` is what the
    log still lacks of `leaf`.
    """
    payload = canonical(event.payload)
    if len(payload) > MAX_PAYLOAD_BYTES:
        raise FactTooLong(f"{event.name} carries more than {MAX_PAYLOAD_BYTES} bytes")
    values = {
        "case": event.case,
        "seq": event.seq,
        "name": event.name,
        "recorded_at": event.at,
        "legal_at": event.legal_at,
        "actor_kind": event.actor_kind.value,
        "person": person,
        "fact": payload.decode(),
        "edition": event.edition and event.edition.model_dump_json(),
        "trace": event.trace,
        "log_index": leaf.index if leaf else None,
    }
    parts = [GROWTH] if growth else []
    if tell:
        values |= outbox.values_of(tell, event, event.at)
    statement = f"with {', '.join([*parts, FACT, *([outbox.TOLD] if tell else [])])}"
    told = outbox.HEARD if tell else "select 1"
    send(session, f"{statement} {told}", values | (dict(growth.values) if growth else {}))


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
