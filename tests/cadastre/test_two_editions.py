"""Between two editions of the law the ground of licences is kept apart as within one."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cadastre_ground import WORK, Register, asked, plot
from sqlalchemy import text
from test_race import together

from kernel.law.load import load_country
from services.cadastre.acts.grant_area import GroundTaken, SeniorApplicationPending
from services.cadastre.desk import Desk
from services.cadastre.store.application_areas import ApplicationAreas

RULEBOOKS = Path(__file__).parents[2] / "rulebooks"
FIRST, SECOND = "2026-01-01", "2026-01-02"
BY_CONSENT = """    other: {groups: [precious-metals, base-metals, gemstones]}
    consequence: consent
    article: act.18-2
"""
FORBIDDEN = """    other: {groups: [precious-metals, base-metals, gemstones]}
    consequence: forbidden
    layer: surface
    article: act.18-2
  - asked: {groups: [precious-metals, base-metals, gemstones]}
    other: {groups: [construction]}
    consequence: forbidden
    layer: surface
    article: act.18-2
"""
Amended = Callable[[str, str], Register]


@pytest.fixture
def amended(register: Register, desk: Desk, tmp_path: Path) -> Amended:
    """The same register under a second edition, which says one thing of ground otherwise."""

    def made(old: str, new: str) -> Register:
        folder = tmp_path / "rulebooks"
        shutil.copytree(RULEBOOKS, folder)
        later = folder / "example" / SECOND
        shutil.copytree(folder / "example" / FIRST, later)
        ground = later / "ground.yaml"
        said = ground.read_text("utf-8")
        assert old in said
        ground.write_text(said.replace(old, new), "utf-8")
        law = replace(desk, country=load_country(folder, "example"), laws={})
        return Register(register.database, law, register.places)

    return made


def test_a_pair_that_a_newer_edition_forbids_is_not_granted(
    register: Register, amended: Amended
) -> None:
    newer = amended(BY_CONSENT, FORBIDDEN)
    gold, sand = asked(plot(95_000)), asked(plot(95_100), minerals=["sand"])
    held = register.grant(register.enter(gold), gold)
    register.confirm(held)
    application = newer.enter(sand)
    with pytest.raises(GroundTaken) as taken:
        newer.grant(application, sand)
    (hit,) = taken.value.facts["hits"]  # type: ignore[misc]
    assert (hit["kind"], hit["ref"], hit["hectares"]) == ("licence", held.licence_code, "3.0000")


def test_hectares_are_told_of_kinds_that_tell_them_alone(
    register: Register, amended: Amended
) -> None:
    newer = amended("licence: [ref, since, hectares]", "licence: [ref]")
    what = asked(plot(93_000))
    register.confirm(register.grant(register.enter(what), what))
    (hit,) = newer.check(what).statement.body["hits"]
    assert (hit["hectares"], hit["per_cent"], hit["since"]) == ("0", "0", None)
    with pytest.raises(GroundTaken) as taken:
        newer.grant(newer.enter(what), what)
    (told,) = taken.value.facts["hits"]  # type: ignore[misc]
    assert set(told) == {"kind", "ref"}


def test_what_the_edition_in_force_forbids_stops_a_case_of_the_edition_before(
    register: Register, amended: Amended
) -> None:
    newer = amended(BY_CONSENT, FORBIDDEN)
    sand, gold = asked(plot(96_000), minerals=["sand"]), asked(plot(96_000))
    quarry = newer.enter(sand)
    newer.grant(quarry, sand)
    lodged_before = register.enter(gold)
    older = replace_edition(newer, register)
    with pytest.raises(GroundTaken):
        older.grant(lodged_before, gold)


def test_a_renamed_layer_lets_nobody_in(register: Register, amended: Amended) -> None:
    newer = amended("layer: rock", "layer: hard-rock")
    first, second = asked(plot(97_000)), asked(plot(97_050))
    register.confirm(register.grant(register.enter(first), first))
    application = newer.enter(second)
    with pytest.raises(GroundTaken):
        newer.grant(application, second)


def test_an_edition_that_allows_what_was_forbidden_before_is_strict_for_older_cases_only(
    register: Register, amended: Amended
) -> None:
    """A pair of the quarry layer, which the newer edition lets lie over one another."""
    newer = amended(
        "    other: {groups: [construction]}\n    consequence: forbidden\n    layer: quarry\n",
        "    other: {groups: [construction]}\n    consequence: respects-prior-rights\n",
    )
    sand, stone = asked(plot(98_000), minerals=["sand"]), asked(plot(98_000), minerals=["sand"])
    register.confirm(register.grant(register.enter(sand), sand))
    application = newer.enter(stone)
    with pytest.raises(GroundTaken):
        replace_edition(newer, register).grant(application, stone)
    newer.grant(application, stone)


def test_of_two_grants_of_two_editions_at_the_same_instant_one_wins(
    register: Register, amended: Amended
) -> None:
    newer = amended("layer: rock", "layer: hard-rock")
    for n in range(10):
        east = 60_000 + 700 * n
        pair = [
            (one, what, one.enter(what))
            for one, what in ((register, asked(plot(east))), (newer, asked(plot(east + 90))))
        ]
        forget_seniors(register)
        grants = [one.grant_of(application, what) for one, what, application in pair]
        assert sorted(together(newer, grants)) == ["granted", "ground-taken"]


def test_seniors_of_another_edition_go_first(register: Register, amended: Amended) -> None:
    newer = amended("layer: rock", "layer: hard-rock")
    first, second = asked(plot(99_000)), asked(plot(99_050))
    senior = register.enter(first)
    junior = newer.enter(second)
    with pytest.raises(SeniorApplicationPending):
        newer.grant(junior, second)
    with register.database.sessions() as session:
        (taken,) = ApplicationAreas(session).seniors(junior)
    assert taken.senior == senior


def test_pairs_that_every_edition_lets_lie_together_do_not_queue(
    register: Register, amended: Amended
) -> None:
    newer = amended("layer: rock", "layer: hard-rock")
    gold, sand = asked(plot(94_000)), asked(plot(94_050), minerals=["sand"])
    register.enter(sand)
    application = newer.enter(gold)
    with register.database.sessions() as session:
        assert ApplicationAreas(session).seniors(application) == []


def replace_edition(newer: Register, older: Register) -> Register:
    """The law of today, and cases of the edition before."""

    class Before(Register):
        edition = older.edition

    return Before(newer.database, newer.desk, newer.places)


def forget_seniors(register: Register) -> None:
    with register.works.open(WORK) as work:
        work.session.execute(text("delete from displacement"))
