"""Whom an addressee stands for, and where offices are reached: the rulebook says it."""

from uuid import UUID

from contracts.messages.language import Channel
from kernel.ids import as_uuid
from kernel.law.editions import Edition
from kernel.law.places import Office


def subscriber_of(addressee: str) -> UUID | None:
    """The subscriber behind `public:<id>`; None for offices and for what is no subscriber's id."""
    realm, _, subject = addressee.partition(":")
    return as_uuid(subject) if realm == "public" else None


def offices_of(addressee: str, edition: Edition) -> list[Office]:
    """The office, or all offices of the agency; none where the law knows neither."""
    kind, _, name = addressee.partition(":")
    if kind == "office":
        return [office for office in edition.rules.offices if office.id == name]
    if kind == "agency":
        return [office for office in edition.rules.offices if office.agency == name]
    return []


def addresses_of(addressee: str, channel: Channel, edition: Edition) -> tuple[str, ...]:
    """Where offices take mail or texts."""
    found = offices_of(addressee, edition)
    return tuple(one.email if channel is Channel.EMAIL else one.phone for one in found)
