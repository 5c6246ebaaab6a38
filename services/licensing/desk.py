"""The desk: what every act of licensing has at hand beside its unit of work."""

from dataclasses import dataclass, field
from datetime import date, datetime

from chassis.settings import ServiceSettings
from chassis.signing import Keyring, Signer
from kernel.calendar import Calendar
from kernel.law.editions import Country, Edition
from kernel.law.load import load_country, office_calendar


@dataclass(frozen=True, slots=True)
class Law:
    """The country's law, by legal instant, with the calendars of its offices."""

    country: Country
    calendars: dict[tuple[str, str], Calendar] = field(default_factory=dict)

    def today(self, now: datetime) -> date:
        """The local date of a legal instant."""
        return self.calendar(self.country.newest, None).local(now).date()

    def edition_on(self, now: datetime) -> Edition:
        """The edition in force at a legal instant."""
        return self.country.edition_on(self.today(now))

    def calendar(self, edition: Edition, office: str | None) -> Calendar:
        """The calendar of one office; None: of the country's first one."""
        office = office or edition.rules.offices[0].id
        key = (edition.ref.hash, office)
        if key not in self.calendars:
            self.calendars[key] = office_calendar(edition, office)
        return self.calendars[key]


@dataclass(frozen=True, slots=True)
class Desk:
    """The law, the key receipts are signed with, the keys that are trusted, and the files."""

    law: Law
    receipts: Signer
    keyring: Keyring
    training: bool


def open_desk(settings: ServiceSettings) -> Desk:
    """Read law and keys once. Raises RulebookFaulty; FileNotFoundError where a key is missing."""
    return Desk(
        law=Law(load_country(settings.rulebooks, settings.country)),
        receipts=Signer.load(settings.keys, "licensing-receipts"),
        keyring=Keyring.load(settings.keys),
        training=settings.training,
    )
