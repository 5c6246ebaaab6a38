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


def test_samples_are_as_long_as_the_words_that_fill_them(law: Edition) -> None:
    steps = {
        step.title
        for kind in law.rules.licence_types
        for way in kind.procedures.values()
        for step in way.steps
    }
    filled_from = {
        "step": steps,
        "office": {office.title for office in law.rules.offices},
        "paper": {paper.title for paper in law.rules.papers},
    }
    for name, notice in law.rules.notices.items():
        for placeholder in filled_from.keys() & notice.params.keys():
            words = [w for key in filled_from[placeholder] for w in law.rules.texts[key].values()]
            longest = max(words, key=len)
            assert len(longest) <= len(notice.params[placeholder]), f"{name}: {longest}"


def test_words_that_fill_short_messages_stay_in_the_short_alphabet(law: Edition) -> None:
    offices = [office.title for office in law.rules.offices]
    papers = [paper.title for paper in law.rules.papers]
    steps = [key for key in law.rules.texts if key.startswith("step.")]
    for key in (*offices, *papers, *steps):
        for language in ("en", "fr", "sw"):
            assert sms_length(law.text(key, language))[1] == 160, f"{key} {language}"
