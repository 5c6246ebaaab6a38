"""Wording a notice: from the edition its case stands on, in its reader's language."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from kernel.law.editions import Edition
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

    None when the law has no such notice, or when a word that its text needs was not given.
    """
    notice = template(edition, kind)
    if notice is None or not set(notice.params) <= set(params):
        return None
    spoken = language if language in notice.texts else official(edition)
    subject = _fill(notice.subject.get(spoken, ""), params)
    return Worded(notice.channel, " ".join(subject.split()), _fill(notice.texts[spoken], params))


def _fill(text: str, params: Mapping[str, str]) -> str:
    return PLACE.sub(lambda found: params.get(found[1], ""), text)
