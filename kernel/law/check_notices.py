"""Do notices fit a text message and say what they promise, in every language?"""

import re
from collections.abc import Iterator
from typing import Final

from kernel.law.check import Finding, spoken
from kernel.law.schema import Channel, Notice, Rules
from kernel.law.source import Where

GSM_7: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_7_ESCAPED: Final = frozenset("\f^{}\\[~]|€")
ONE_GSM_7: Final = 160
TWO_UCS_2: Final = 134  # two linked segments of 67
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def check_notices(rules: Rules) -> Iterator[Finding]:
    """Findings in all notices."""
    languages = set(rules.country.languages)
    for name, notice in rules.notices.items():
        path: Where = ("notices", name)
        yield from spoken(languages, set(notice.texts), (*path, "texts"))
        if notice.channel is Channel.EMAIL:
            yield from spoken(languages, set(notice.subject), (*path, "subject"))
        for language, text in (*notice.texts.items(), *notice.subject.items()):
            member = "texts" if notice.texts.get(language) == text else "subject"
            yield from _check_text(notice, text, (*path, member, language))


def _check_text(notice: Notice, text: str, path: Where) -> Iterator[Finding]:
    for name in sorted(set(_PLACEHOLDER.findall(text)) - set(notice.params)):
        yield Finding(path, f"the placeholder {{{name}}} is not among the params")
    missing = sorted(set(notice.params) - set(_PLACEHOLDER.findall(text)))
    if path[2] == "texts" and missing:
        yield Finding(path, f"the text does not say {', '.join(missing)}")
    if notice.channel is Channel.SMS:
        yield from _check_length(notice, text, path)


def _check_length(notice: Notice, text: str, path: Where) -> Iterator[Finding]:
    longest = _PLACEHOLDER.sub(lambda found: notice.params.get(found[1], ""), text)
    length, limit = sms_length(longest)
    if length > limit:
        what = "GSM-7 characters" if limit == ONE_GSM_7 else "UCS-2 units in two segments"
        yield Finding(path, f"{length} {what}, at most {limit} fit")


def sms_length(text: str) -> tuple[int, int]:
    """Length and limit: one GSM-7 message where the alphabet allows, otherwise two of UCS-2."""
    if all(c in GSM_7 or c in GSM_7_ESCAPED for c in text):
        return sum(2 if c in GSM_7_ESCAPED else 1 for c in text), ONE_GSM_7
    return len(text.encode("utf-16-le")) // 2, TWO_UCS_2
