"""Which entity lives in which table."""

from sqlalchemy.orm import registry

from services.messages.domain.notice import Notice
from services.messages.domain.one_time_code import OneTimeCode
from services.messages.domain.sign_in import AuthorizationCode, SignIn
from services.messages.domain.subscriber import Subscriber
from services.messages.store import tables

mapper_registry = registry(metadata=tables.metadata)


def map_entities() -> None:
    """Map each entity once; a second call changes nothing."""
    if list(mapper_registry.mappers):
        return
    to = mapper_registry.map_imperatively
    to(Subscriber, tables.subscriber)
    to(Notice, tables.notice)
    to(OneTimeCode, tables.one_time_code)
    to(SignIn, tables.sign_in)
    to(AuthorizationCode, tables.authorization_code)


map_entities()
