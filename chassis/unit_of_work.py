"""The unit of work: one act, one transaction, one instant; the only place that commits."""

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from operator import attrgetter
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar, overload
from uuid import UUID

from fastapi import Depends
from pydantic import BaseModel
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from chassis import answers, journal, log
from chassis.clock import new_uuid
from chassis.database import around
from chassis.log import Growth, Leaf
from chassis.trace import current_trace
from chassis.who import AtActor, AtSession, opened_at
from kernel.authority import Actor
from kernel.events import EditionRef, Event, Source
from kernel.log.leaf import instant

if TYPE_CHECKING:
    from contracts.procedures import Tell

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)

ATTEMPTS: Final = 5
WORTH_A_REPEAT: Final = frozenset({"40001", "40P01"})  # serialization failure, deadlock


@dataclass(frozen=True, slots=True)
class UnitOfWork:
    """One act. `now` is the legal instant, read once when the work opened."""

    session: Session
    actor: Actor
    now: datetime

    def new_id(self) -> UUID:
        """A new identifier; those made later sort later."""
        return new_uuid(around(self.session).clock.real_now())

    def append(self, kind: str, subject: UUID | str, payload: Mapping[str, Any]) -> Leaf:
        """Append to the public log; locks its head until commit, so call it late in the act.

        `payload` may hold personal data: only a salted commitment to it enters the leaf. The
        leaf's `at` is read after the lock and is the recorded instant of what it tells.
        """
        return log.append(self.session, kind, subject, payload)

    def record(
        self,
        case: UUID,
        name: str,
        payload: Mapping[str, Any],
        *,
        legal_at: datetime | None = None,
        tell: "Sequence[Tell]" = (),
        leaf: bool | Leaf | Growth = True,
        edition: EditionRef | None = None,
    ) -> Event:
        """Write a fact: a journal row, a leaf (or one already appended), an outbox row per Tell.

        A growth reckoned before is written with it. The event's `at` is the leaf's; without one it
        is `work.now`. `legal_at` is the instant from which the fact counts, by default `work.now`;
        it may be earlier, never later than `at` unless the law says so (a decision with a later
        effect). `payload` is canonical JSON of at most 32 KB without personal data.
        """
        legal_at = legal_at or self.now
        if leaf is True:
            head = log.lock_head(self.session, case)
            leaf = log.grow(head, name, case, _told(head.seq, legal_at, payload))
        growth = leaf if isinstance(leaf, Growth) else None
        place = growth.leaf if growth else leaf if isinstance(leaf, Leaf) else None
        known = growth.head.seq if growth and growth.head.case == case else None
        seq = known or journal.next_seq(self.session, case)
        event = Event(
            source=Source(around(self.session).service),
            case=case,
            seq=seq,
            name=name,
            at=place.at if place else self.now,
            legal_at=legal_at,
            actor_kind=self.actor.kind,
            payload=dict(payload),
            edition=edition,
            trace=current_trace(),
        )
        journal.write(self.session, event, self.actor.person, place, growth, tell)
        return event


def _told(seq: int, legal_at: datetime, payload: Mapping[str, Any]) -> dict[str, Any]:
    return {"seq": seq, "legal_at": instant(legal_at), "payload": dict(payload)}


def begin(session: Session, actor: Actor) -> UnitOfWork:
    """Open a unit of work on a session; whoever opened the session commits it."""
    return UnitOfWork(session, actor, opened_at(session))


def open_work(session: AtSession, actor: AtActor) -> Iterator[UnitOfWork]:
    """A request's unit of work: committed after the route, before its answer leaves."""
    yield begin(session, actor)
    session.commit()


def open_read(session: AtSession, actor: AtActor) -> UnitOfWork:
    """For routes that only read: nothing is committed."""
    return begin(session, actor)


AtUnitOfWork = Annotated[UnitOfWork, Depends(open_work, scope="function")]
ReadWork = Annotated[UnitOfWork, Depends(open_read, scope="function")]


def is_worth_a_repeat(error: BaseException) -> bool:
    """Deadlocks and serialization failures: everything was undone, the act may be tried again."""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", "") in WORTH_A_REPEAT


@dataclass(frozen=True, slots=True)
class Works:
    """Units of work outside HTTP: for activities, relays and commands."""

    sessions: sessionmaker[Session]

    @contextmanager
    def open(self, actor: Actor) -> Iterator[UnitOfWork]:
        """One transaction, committed at the end of the block and undone by an exception."""
        with self.sessions.begin() as session:
            yield begin(session, actor)

    def run(self, actor: Actor, act: Callable[[UnitOfWork], T]) -> T:
        """Carry an act out; after a deadlock or serialization failure again, up to five times."""
        for attempt in range(1, ATTEMPTS):
            try:
                with self.open(actor) as work:
                    return act(work)
            except DBAPIError as error:
                if not is_worth_a_repeat(error):
                    raise
                time.sleep(random.uniform(0.0, 0.02 * 2**attempt))
        with self.open(actor) as work:
            return act(work)

    @overload
    def run_once(
        self, key: str, actor: Actor, act: Callable[[UnitOfWork], M], shape: type[M] | None = None
    ) -> M: ...
    @overload
    def run_once(
        self, key: str, actor: Actor, act: Callable[[UnitOfWork], None], shape: None = None
    ) -> None: ...
    def run_once(
        self,
        key: str,
        actor: Actor,
        act: Callable[[UnitOfWork], M | None],
        shape: type[M] | None = None,
    ) -> M | None:
        """Carry an activity's act out at most once for its business key; a repeat gets its answer.

        The answer (a pydantic model or None) is stored in the act's transaction; `shape` is its
        class, needed only where that class may have moved since. A refusal is not stored: the same
        command may be sent again when its ground is gone. Twins that run at the same time wait for
        each other and get equal answers.
        """
        return self.run(actor, lambda work: _first_effect(work, key, act, shape))


def _first_effect(
    work: UnitOfWork, key: str, act: Callable[[UnitOfWork], M | None], shape: type[M] | None
) -> M | None:
    whose = answers.Key(answers.ACTIVITY, "", key)
    if found := answers.claim(work.session, whose, answers.ACTIVITY, b"", work.now):
        return _read_back(found, shape)
    made = act(work)
    text = b"" if made is None else made.model_dump_json().encode()
    named = {} if made is None else {"shape": f"{type(made).__module__}:{type(made).__qualname__}"}
    answers.keep(work.session, whose, 200, text, named)
    return made


def _read_back(found: answers.StoredAnswer, shape: type[M] | None) -> M | None:
    if not found.answer:
        return None
    if shape is not None:
        return shape.model_validate_json(found.answer)
    module, name = found.headers["shape"].split(":")
    stored_shape: type[M] = attrgetter(name)(import_module(module))
    return stored_shape.model_validate_json(found.answer)
