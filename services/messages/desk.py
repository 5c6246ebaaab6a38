"""The desk: what every act of messages has at hand beside its unit of work."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from chassis.signing import TokenSigner
from kernel.law.editions import Country, Edition, NoSuchLaw
from kernel.law.load import load_country
from services.messages.domain.one_time_code import pepper_of
from services.messages.settings import Settings


@dataclass(frozen=True, slots=True)
class Desk:
    """The law in all its editions, and what sign-ins by phone are signed and hashed with."""

    country: Country
    signer: TokenSigner
    pepper: bytes
    settings: Settings

    def edition_of(self, content: str, now: datetime) -> Edition:
        """The edition of a content hash; the one in force where a notice stands on none."""
        try:
            return self.country.by_hash(content)
        except NoSuchLaw:
            return self.edition_on(now)

    def edition_on(self, now: datetime) -> Edition:
        """The edition in force at a legal instant."""
        offset = timedelta(minutes=self.country.newest.rules.country.utc_offset_minutes)
        return self.country.edition_on((now + offset).date())

    @property
    def languages(self) -> tuple[str, ...]:
        """What is spoken here, the official language first."""
        return self.country.newest.rules.country.languages


def open_desk(settings: Settings) -> Desk:
    """Read law and keys once. Raises RulebookFaulty; FileNotFoundError where a key is missing."""
    return Desk(
        country=load_country(settings.rulebooks, settings.country),
        signer=TokenSigner.load(settings.keys, "messages-phone"),
        pepper=pepper_of(settings.phone_client_secret.get_secret_value()),
        settings=settings,
    )
