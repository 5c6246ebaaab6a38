"""Editions: a country's law by date and by hash, and looking up what one edition says."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Protocol, TypeVar

from kernel.events import EditionRef
from kernel.law.fees import Beneficiary, Fee
from kernel.law.ground import Mineral, ZoneKind
from kernel.law.places import Agency, District, Office
from kernel.law.procedure import LicenceType, Paper, Procedure
from kernel.law.schema import Article, Notice, Rules
from kernel.problems import NotFound


class NoSuchLaw(NotFound):
    """The edition, or the thing asked of it, does not exist in this country's law."""

    title = "The law knows no such thing"


class _Named(Protocol):
    @property
    def id(self) -> str: ...


T = TypeVar("T", bound=_Named)


@dataclass(frozen=True, eq=False)
class Edition:
    """One edition of a country's law: in force from `effective` until the next one."""

    ref: EditionRef
    effective: date
    rules: Rules

    @cached_property
    def _index(self) -> dict[str, dict[str, object]]:
        listed = ("agencies", "offices", "districts", "minerals", "papers", "fees", "zone_kinds")
        return {
            name: {thing.id: thing for thing in getattr(self.rules, name)}
            for name in (*listed, "licence_types", "beneficiaries")
        }

    def _find(self, kind: str, of: type[T], name: str) -> T:
        found = self._index[kind].get(name)
        if not isinstance(found, of):
            raise NoSuchLaw(f"The law of {self.ref.edition} has no such entry in {kind}", kind=kind)
        return found

    def agency(self, name: str) -> Agency:
        return self._find("agencies", Agency, name)

    def office(self, name: str) -> Office:
        return self._find("offices", Office, name)

    def offices_of(self, agency: str) -> tuple[Office, ...]:
        """The agency's offices, in the rulebook's order."""
        return tuple(office for office in self.rules.offices if office.agency == agency)

    def district(self, name: str) -> District:
        return self._find("districts", District, name)

    def mineral(self, name: str) -> Mineral:
        return self._find("minerals", Mineral, name)

    def paper(self, name: str) -> Paper:
        return self._find("papers", Paper, name)

    def fee(self, name: str) -> Fee:
        return self._find("fees", Fee, name)

    def zone_kind(self, name: str) -> ZoneKind:
        return self._find("zone_kinds", ZoneKind, name)

    def beneficiary(self, name: str) -> Beneficiary:
        return self._find("beneficiaries", Beneficiary, name)

    def licence_type(self, name: str) -> LicenceType:
        return self._find("licence_types", LicenceType, name)

    def procedure(self, licence_type: str, name: str) -> Procedure:
        """The procedure of a licence type; NoSuchLaw where the law knows no such act."""
        found = self.licence_type(licence_type).procedures.get(name)
        if found is None:
            raise NoSuchLaw("This licence type has no such procedure", kind="procedures")
        return found

    def article(self, name: str) -> Article:
        found = self.rules.articles.get(name)
        if found is None:
            raise NoSuchLaw("The law has no such article", kind="articles")
        return found

    def notice(self, name: str) -> Notice:
        found = self.rules.notices.get(name)
        if found is None:
            raise NoSuchLaw("The law has no such notice", kind="notices")
        return found

    def text(self, key: str, language: str | None = None) -> str:
        """Words for people; the official language's where that language is not spoken here."""
        words = self.rules.texts.get(key)
        if words is None:
            raise NoSuchLaw("The law has no such text", kind="texts")
        official = words[self.rules.country.languages[0]]
        return words.get(language, official) if language else official


class Country:
    """All editions of one country's law, oldest first."""

    def __init__(self, name: str, editions: Iterable[Edition]) -> None:
        self.name = name
        self.editions = tuple(sorted(editions, key=lambda edition: edition.effective))
        self._by_hash = {edition.ref.hash: edition for edition in self.editions}

    def edition_on(self, day: date) -> Edition:
        """The edition in force on a local date; NoSuchLaw before the first one."""
        for edition in reversed(self.editions):
            if edition.effective <= day:
                return edition
        raise NoSuchLaw(f"No edition of the law was in force on {day.isoformat()}", kind="editions")

    def by_hash(self, content: str) -> Edition:
        """The edition of that content hash; NoSuchLaw for one that this country never had."""
        found = self._by_hash.get(content)
        if found is None:
            raise NoSuchLaw("No edition of the law has this hash", kind="editions")
        return found

    @property
    def newest(self) -> Edition:
        return self.editions[-1]
