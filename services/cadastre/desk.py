"""The desk: what every act of the cadastre has at hand beside its unit of work."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from chassis.settings import ServiceSettings
from chassis.signing import Keyring, Signer
from kernel.events import EditionRef
from kernel.law.editions import Country, Edition
from kernel.law.load import load_country
from kernel.law.training import FILE, Training, load_training
from services.cadastre.domain.apart import kept_apart
from services.cadastre.domain.application_area import ApplicationArea
from services.cadastre.domain.law import GroundLaw, Opened
from services.cadastre.store.mapping import map_entities

STATEMENTS = "cadastre-statements"


@dataclass(frozen=True, slots=True)
class Desk:
    """The country's law in all its editions, and the key that ground statements are signed with.

    `is_training` stands in every statement; `training` is what such a stack begins with, if its
    rulebook says anything about it.
    """

    country: Country
    signer: Signer
    keyring: Keyring
    is_training: bool = False
    training: Training | None = None
    laws: dict[str, GroundLaw] = field(default_factory=dict)

    @classmethod
    def open(cls, settings: ServiceSettings) -> "Desk":
        map_entities()
        country = load_country(settings.rulebooks, settings.country)
        return cls(
            country=country,
            signer=Signer.load(settings.keys, STATEMENTS),
            keyring=Keyring.load(settings.keys),
            is_training=settings.training,
            training=_training(settings, country),
        )

    @property
    def utc_offset(self) -> timedelta:
        return timedelta(minutes=self.country.newest.rules.country.utc_offset_minutes)

    def today(self, now: datetime) -> date:
        """The local date of a legal instant."""
        return (now + self.utc_offset).date()

    def law_on(self, now: datetime) -> GroundLaw:
        """The edition in force at a legal instant."""
        return self._law(self.country.edition_on(self.today(now)))

    def law_of(self, edition: EditionRef) -> GroundLaw:
        """The edition a case stands on. Raises NoSuchLaw for a hash that this country never had."""
        return self._law(self.country.by_hash(edition.hash))

    def apart_from(self, area: ApplicationArea) -> Callable[[ApplicationArea], bool]:
        """Whether the edition of either area forbids the two on one ground, whichever came first.

        An edition that this country does not have any more says nothing.
        """
        known = {one.ref.hash for one in self.country.editions}

        def apart(other: ApplicationArea) -> bool:
            refs = (area.edition_ref, other.edition_ref)
            laws = [self.law_of(ref) for ref in refs if ref.hash in known]
            return kept_apart(laws, area.right, other.right)

        return apart

    def opened(self) -> list[Opened]:
        """Whose pending applications the public's map shows, by edition and licence type."""
        return [one for edition in self.country.editions for one in self._law(edition).opened()]

    def shows(self, area: ApplicationArea) -> bool:
        """Whether the public's map shows an application area while it is live."""
        mine = (area.edition_ref.hash, area.licence_type)
        return mine in {(one.edition, one.licence_type) for one in self.opened()}

    def _law(self, edition: Edition) -> GroundLaw:
        return self.laws.setdefault(edition.ref.hash, GroundLaw(edition))


def _training(settings: ServiceSettings, country: Country) -> Training | None:
    told = settings.rulebooks / settings.country / FILE
    if not settings.training or not told.is_file():
        return None
    return load_training(settings.rulebooks, country.newest)
