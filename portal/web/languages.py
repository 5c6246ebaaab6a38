"""Languages: packs of words that a country adds or replaces, and which one this request speaks."""

import io
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from babel import Locale, UnknownLocaleError
from babel.dates import format_datetime
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import Translations

OWN: Final = Path(__file__).parents[1] / "languages"
WORDS: Final = "portal.po"
SOURCE: Final = "en"  # what stands in templates and code, where a pack says nothing else
FORMATS: Final = {"en": "en_001"}  # day before month, as everywhere but in one country
DAY: Final = "d MMMM y"
MOMENT: Final = "d MMMM y, HH:mm:ss"


class NoPack(RuntimeError):
    """The law names a language in which the portal has no words."""


@dataclass(frozen=True, slots=True)
class Language:
    """One language: its tag, its own name for itself, which way it runs, its words."""

    tag: str
    name: str
    direction: str
    locale: Locale
    words: Translations

    @property
    def right_to_left(self) -> bool:
        return self.direction == "rtl"


_spoken: ContextVar[Language] = ContextVar("language")


def spoken() -> Language:
    """The language of the request at hand."""
    return _spoken.get()


def speak(language: Language) -> None:
    """Whatever is said from here on in this request is said in this language."""
    _spoken.set(language)


def say(text: str, **values: object) -> str:
    """The text in the language of the request, `%(name)s` filled in. Not for markup."""
    said: str = spoken().words.gettext(text)
    return said % values if values else said


def to_say(text: str) -> str:
    """Mark a text that is said later, by `say`, so that it is found for translation."""
    return text


def day(at: datetime) -> str:
    return str(format_datetime(at, DAY, locale=spoken().locale))


def moment(at: datetime) -> str:
    return str(format_datetime(at, MOMENT, locale=spoken().locale))


def number(value: Any) -> str:  # noqa: ANN401 - whatever Babel can format
    """With all its digits, parted as the language does it."""
    return str(format_decimal(value, locale=spoken().locale, decimal_quantization=False))


def apart(text: str) -> str:
    """Words of another language within a sentence keep their own direction (Unicode isolates)."""
    return f"\u2068{text}\u2069"


def gettext_callables() -> dict[str, Any]:
    """What Jinja's `trans` and `_()` call: each asks for the language of the request."""
    return {
        "gettext": lambda text: spoken().words.gettext(text),
        "ngettext": lambda one, many, n: spoken().words.ngettext(one, many, n),
        "pgettext": lambda context, text: spoken().words.pgettext(context, text),
        "npgettext": lambda c, one, many, n: spoken().words.npgettext(c, one, many, n),
    }


class Languages:
    """The languages offered, in the law's order; the first one is spoken where nothing is asked."""

    def __init__(self, tags: Iterable[str], folders: Iterable[Path] = (OWN,)) -> None:
        places = list(folders)
        self.offered: dict[str, Language] = {tag: read_pack(tag, places) for tag in tags}

    def choose(self, asked: str | None, kept: str | None, accepted: str) -> Language:
        """What the address asks for, else what was chosen before, else what the browser prefers."""
        for tag in (asked, kept, *_preferred(accepted)):
            if tag in self.offered:
                return self.offered[tag]
        return next(iter(self.offered.values()))


def read_pack(tag: str, folders: Iterable[Path]) -> Language:
    """The pack of a language, put together from the folders; later ones replace texts of earlier.

    Raises NoPack where no folder has one, or where nobody knows the language.
    """
    found = [path for folder in folders if (path := folder / tag / WORDS).is_file()]
    if not found:
        raise NoPack(f"The law names the language {tag!r}, for which there is no {tag}/{WORDS}")
    try:
        itself = Locale.parse(tag)
    except (UnknownLocaleError, ValueError) as unknown:
        raise NoPack(f"{tag!r} is no language whose dates and numbers are known") from unknown
    whole = Catalog(locale=itself)
    for path in found:
        for message in read_catalog(path):
            if message.id and message.string:
                whole.delete(message.id, message.context)
                whole[message.id] = message
    compiled = io.BytesIO()
    write_mo(compiled, whole)
    compiled.seek(0)
    name = itself.get_display_name(itself) or tag
    return Language(
        tag=tag,
        name=name[0].upper() + name[1:],
        direction=itself.text_direction,
        locale=Locale.parse(FORMATS.get(tag, tag)),
        words=Translations(compiled),
    )


def read_catalog(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.name, abort_invalid=True)


def of(words: Mapping[str, str], otherwise: str) -> str:
    """A text that a service gives in several languages, in the request's or in another's."""
    return words.get(spoken().tag) or words.get(SOURCE) or otherwise


def _preferred(header: str) -> list[str]:
    """The tags of an Accept-Language header, the dearest first, regions left away."""
    ranked: list[tuple[float, str]] = []
    for part in header[:400].split(","):
        tag, _, weight = part.strip().partition(";q=")
        try:
            dearness = float(weight) if weight else 1.0
        except ValueError:
            continue
        ranked.append((-dearness, tag.split("-")[0].lower()))
    return [tag for _, tag in sorted(ranked, key=lambda one: one[0])]
