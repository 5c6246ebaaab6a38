"""A country's law is found by date and by the hash of what it says."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from kernel.law.editions import Country, Edition, NoSuchLaw
from kernel.law.load import load_country
from kernel.law.said import texts_of_notices
from kernel.law.walk import marked
from kernel.law.words import Refers
from tests.law.conftest import NAME, Change


def test_the_same_words_have_the_same_hash(country: Country, folder: Path) -> None:
    assert load_country(folder, "example").newest.ref == country.newest.ref
    assert len(country.newest.ref.hash) == 64


def test_comments_and_order_of_members_count_for_nothing(
    country: Country, folder: Path, change: Change
) -> None:
    change("calendar.yaml", "calendar:\n", "# kept by the ministry\ncalendar:\n")
    change(
        "country.yaml",
        "  time_zone: Africa/Nairobi\n  utc_offset_minutes: 180\n",
        "  utc_offset_minutes: 180\n  time_zone: Africa/Nairobi\n",
    )
    assert load_country(folder, "example").newest.ref == country.newest.ref


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("fees.yaml", '"24.00"', '"24.05"'),
        ("texts.yaml", "en: Gold", "en: Gold ore"),
        ("licence-types/artisanal-permit.yaml", "allowed: 14 days", "allowed: 15 days"),
        ("calendar.yaml", 'day: "07-09"', 'day: "07-10"'),
    ],
)
def test_another_word_is_another_hash(
    country: Country, folder: Path, change: Change, file: str, old: str, new: str
) -> None:
    change(file, old, new)
    assert load_country(folder, "example").newest.ref.hash != country.newest.ref.hash


def test_a_day_has_the_law_that_was_in_force_on_it(folder: Path, change: Change) -> None:
    shutil.copytree(folder / "example" / NAME, folder / "example" / "2027-07-01")
    change("licence-types/artisanal-permit.yaml", "allowed: 14 days", "allowed: 20 days")
    both = load_country(folder, "example")
    assert [edition.ref.edition for edition in both.editions] == [NAME, "2027-07-01"]
    assert both.edition_on(date(2026, 1, 1)).ref.edition == NAME
    assert both.edition_on(date(2027, 6, 30)).ref.edition == NAME
    assert both.edition_on(date(2027, 7, 1)).ref.edition == "2027-07-01"
    for edition in both.editions:
        assert both.by_hash(edition.ref.hash) is edition


def test_no_law_is_made_up(country: Country, law: Edition) -> None:
    with pytest.raises(NoSuchLaw, match="2025-12-31"):
        country.edition_on(date(2025, 12, 31))
    with pytest.raises(NoSuchLaw):
        country.by_hash("0" * 64)
    for ask in (law.office, law.licence_type, law.fee, law.paper, law.article, law.text):
        with pytest.raises(NoSuchLaw):
            ask("nothing-like-this")
    with pytest.raises(NoSuchLaw):
        law.procedure("artisanal-permit", "merger")


def test_words_are_there_in_every_language(law: Edition) -> None:
    assert law.text("mineral.gold") == "Gold"
    assert law.text("mineral.gold", "sw") == "Dhahabu"
    assert law.text("mineral.gold", "ar") == "الذهب"
    assert law.text("mineral.gold", "de") == "Gold"


def test_no_text_and_no_citation_is_left_over(law: Edition) -> None:
    used: dict[str, set[str]] = {"texts": set(), "articles": set()}
    for path, value, mark in marked(law.rules):
        if isinstance(mark, Refers) and mark.to in used and path[0] != mark.to:
            used[mark.to].add(value)
    assert set(law.rules.texts) == used["texts"] | texts_of_notices(law.rules.licence_types)
    assert set(law.rules.articles) - used["articles"] == {"act.9"}  # stands in a comment
