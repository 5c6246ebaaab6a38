"""The desk: what every act of licensing has at hand beside its unit of work."""

from dataclasses import dataclass, field
from datetime import date, datetime

from chassis.settings import ServiceSettings
from chassis.signing import Keyring, Signer, TokenSigner
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
    """The law, the keys that are signed with and trusted, and the portal's address."""

    law: Law
    receipts: Signer
    keyring: Keyring
    training: bool
    verifications: Signer
    checkpoints: Signer
    qr: TokenSigner
    public_url: str


def open_desk(settings: ServiceSettings) -> Desk:
    """Read law and keys once. Raises RulebookFaulty; FileNotFoundError where a key is missing."""
    return Desk(
        law=Law(load_country(settings.rulebooks, settings.country)),
        receipts=Signer.load(settings.keys, "licensing-receipts"),
        keyring=Keyring.load(settings.keys),
        training=settings.training,
        verifications=Signer.load(settings.keys, "licensing-verifications"),
        checkpoints=Signer.load(settings.keys, "licensing-checkpoints"),
        qr=TokenSigner.load(settings.keys, "licensing-qr"),
        public_url=settings.public_url.rstrip("/"),
    )
