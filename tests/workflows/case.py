"""One case of the fake country: what its services know of it, and what they were asked."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from contracts import procedures as p
from kernel.events import ActorKind, Event, Source
from workflows.engine.desk_model import Told
from workflows.engine.model import Services


@dataclass
class Case:
    """One case as the services have it, each with a journal of its own."""

    id: UUID
    services: Services
    offset: timedelta
    journals: dict[Source, list[Event]] = field(default_factory=dict)
    recorded: dict[tuple[Source, int], Event] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    answers: dict[str, p.LapseAnswer] = field(default_factory=dict)

    @property
    def journal(self) -> list[Event]:
        return self.journals.setdefault(Source.LICENSING, [])

    @property
    def names(self) -> list[str]:
        return [event.name for event in self.journal]

    def write(self, source: Source, told: Told, now: datetime) -> Event:
        name, payload, legal_at = told
        journal = self.journals.setdefault(source, [])
        event = Event(
            source=source,
            case=self.id,
            seq=len(journal) + 1,
            name=name,
            at=now,
            legal_at=legal_at,
            actor_kind=ActorKind.CLOCKWORK,
            payload=payload,
        )
        journal.append(event)
        return event
