"""Maps licensing's plain entities to its tables; importing this module is enough.

A half that adds tables adds a module with the same shape and names it in `map_entities`.
"""

from sqlalchemy.orm import registry, relationship

from services.licensing.domain.application import Application
from services.licensing.domain.papers import Document, Paper
from services.licensing.domain.party import Interest, Member, Party
from services.licensing.domain.receipt import Receipt
from services.licensing.domain.step import Step
from services.licensing.store import tables
from services.licensing.store.case_mapping import map_case_entities

mapper_registry = registry(metadata=tables.metadata)


def map_entities() -> None:
    """Map each entity once; a second call changes nothing."""
    if list(mapper_registry.mappers):
        return
    to = mapper_registry.map_imperatively
    to(
        Party,
        tables.party,
        properties={
            "members": relationship(
                Member,
                foreign_keys=[tables.member.c.group_id],
                order_by=(tables.member.c.since, tables.member.c.id),
            )
        },
    )
    to(
        Member,
        tables.member,
        properties={
            "party": relationship(Party, foreign_keys=[tables.member.c.member_id], viewonly=True)
        },
    )
    to(Interest, tables.interest)
    to(Application, tables.application)
    to(Document, tables.document)
    to(Paper, tables.paper)
    to(Receipt, tables.receipt)
    to(Step, tables.step)
    map_case_entities(mapper_registry)


map_entities()
