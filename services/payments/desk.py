"""The desk: what every act of payments has at hand beside its unit of work."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from chassis.signing import Keyring, Signer
from kernel.calendar import Calendar
from kernel.events import EditionRef
from kernel.law.editions import Country, Edition
from kernel.law.load import load_country, office_calendar
from kernel.money import Money, NotAnAmount
from services.payments.domain.payment import LIMITS, REVERSIBLE, Limits
from services.payments.settings import Settings


@dataclass(frozen=True, slots=True)
class Desk:
    """The law in all its editions, the key receipts are signed with, and the keys trusted.

    `reversible`: how long an operator may take a payment back.
    """

    country: Country
    receipts: Signer
    keyring: Keyring
    training: bool
    limits: Limits = LIMITS
    reversible: timedelta = REVERSIBLE
    calendars: dict[tuple[str, str], Calendar] = field(default_factory=dict)

    def edition_of(self, ref: EditionRef) -> Edition:
        """The edition a case stands on. Raises NoSuchLaw for a hash the country never had."""
        return self.country.by_hash(ref.hash)

    def edition_on(self, now: datetime) -> Edition:
        """The edition in force at a legal instant."""
        return self.country.edition_on(self.today(now))

    def today(self, now: datetime) -> date:
        """The local date of a legal instant."""
        return self.calendar(self.country.newest).local(now).date()

    def calendar(self, edition: Edition, office: str | None = None) -> Calendar:
        """The calendar of one office; None: of the country's first one."""
        office = office or edition.rules.offices[0].id
        key = (edition.ref.hash, office)
        if key not in self.calendars:
            self.calendars[key] = office_calendar(edition, office)
        return self.calendars[key]

    def minute(self, at: datetime) -> str:
        """`2026-03-02 12:00`, on the local clock: for notices."""
        return self.calendar(self.country.newest).local(at).strftime("%Y-%m-%d %H:%M")

    def spell(self, money: Money) -> str:
        """`40.00 EXD`, as people write it."""
        return money.format(self._exponent(money.currency))

    def decimals(self, money: Money) -> str:
        """`40.00`, as providers want it."""
        return money.decimals(self._exponent(money.currency))

    def money(self, amount: str | None, currency: str | None) -> Money | None:
        """What a provider says that it moved; None where that is no amount."""
        if amount is None or currency is None:
            return None
        try:
            return Money.parse(amount, currency, self._exponent(currency))
        except NotAnAmount:
            return None

    def _exponent(self, currency: str) -> int:
        """The decimals of our own currency; 2 for foreign ones that a provider names."""
        ours = self.country.newest.rules.country.currency
        return ours.exponent if ours.code == currency else 2


def open_desk(settings: Settings) -> Desk:
    """Read law and keys once. Raises RulebookFaulty; FileNotFoundError where a key is missing."""
    return Desk(
        country=load_country(settings.rulebooks, settings.country),
        receipts=Signer.load(settings.keys, "payments-receipts"),
        keyring=Keyring.load(settings.keys),
        training=settings.training,
        reversible=timedelta(days=settings.reversal_days),
        limits=Limits(
            by_person=settings.payments_an_hour,
            of_phone=settings.prompts_an_hour_of_a_phone,
            invoices_of_others=settings.invoices_of_others_an_hour,
        ),
    )
