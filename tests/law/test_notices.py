"""Notices fit a text message in every language, with placeholders as long as they may get."""

import pytest

from kernel.law.check_notices import sms_length
from kernel.law.editions import Edition
from kernel.law.schema import Channel


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("plain", (5, 160)),
        ("é è à ù Ç", (9, 160)),
        ("{|}", (6, 160)),
        ("ç", (1, 134)),
        ("الذهب", (5, 134)),
        ("\U0001f600", (2, 134)),
    ],
)
def test_length_is_counted_in_the_alphabet_the_network_uses(
    text: str, length: tuple[int, int]
) -> None:
    assert sms_length(text) == length


def test_every_notice_is_written_in_every_language(law: Edition) -> None:
    for name, notice in law.rules.notices.items():
        assert set(notice.texts) == {"en", "fr", "sw", "ar"}, name
        for text in notice.texts.values():
            filled = text.format(**notice.params)
            if notice.channel is Channel.SMS:
                length, limit = sms_length(filled)
                assert length <= limit, name


def test_latin_notices_stay_in_the_short_alphabet(law: Edition) -> None:
    for name, notice in law.rules.notices.items():
        for language in ("en", "fr", "sw"):
            if notice.channel is Channel.SMS:
                assert sms_length(notice.texts[language])[1] == 160, f"{name} {language}"
