"""Wording a notice: from the edition its case stands on, in its reader's language."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from contracts.wording import TEXT
from kernel.law.editions import Edition, NoSuchLaw
from kernel.law.schema import Channel, Notice

PLACE: Final = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class Worded:
    channel: Channel
    subject: str
    text: str


def template(edition: Edition, kind: str) -> Notice | None:
    return edition.rules.notices.get(kind)


def official(edition: Edition) -> str:
    """The country's official language: the first one listed."""
    return edition.rules.country.languages[0]


def word(edition: Edition, kind: str, params: Mapping[str, str], language: str) -> Worded | None:
    """What is said; in the official language where this one is not spoken here.

    None when the law has no such notice, or when a word that its text needs was not given or
    names a text that this edition has not.
    """
    notice = template(edition, kind)
    if notice is None or not set(notice.params) <= set(params):
        return None
    spoken = language if language in notice.texts else official(edition)
    try:
        words = {name: _said(edition, word, spoken) for name, word in params.items()}
    except NoSuchLaw:
        return None
    subject = _fill(notice.subject.get(spoken, ""), words)
    return Worded(notice.channel, " ".join(subject.split()), _fill(notice.texts[spoken], words))


def _said(edition: Edition, word: str, language: str) -> str:
    """A word as it is, or the text of the law that it names."""
    return edition.text(word.removeprefix(TEXT), language) if word.startswith(TEXT) else word


def _fill(text: str, params: Mapping[str, str]) -> str:
    return PLACE.sub(lambda found: params.get(found[1], ""), text)
