"""Every mistake in a rulebook is told with its file, line and column."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from kernel.law.load import load_country
from kernel.law.source import RulebookFaulty
from tests.law.conftest import NAME, Change

ARTISANAL = "licence-types/artisanal-permit.yaml"
SMALL = "licence-types/small-scale-licence.yaml"


@dataclass(frozen=True)
class Mistake:
    """A change to one file; `at` is the text at which the fault must be told."""

    what: str
    file: str
    old: str
    new: str
    at: str
    told: str


MISTAKES = [
    Mistake("no YAML", "fees.yaml", "fees:\n", "fees: [\n", "", "expected"),
    Mistake(
        "a key given twice",
        "country.yaml",
        "  time_zone: Africa/Nairobi\n",
        "  time_zone: Africa/Nairobi\n  time_zone: Africa/Kampala\n",
        "time_zone: Africa/Kampala",
        'found duplicate key "time_zone"',
    ),
    Mistake(
        "a member nobody knows",
        ARTISANAL,
        "may_sell: true",
        "may_sel: true\nmay_sell: true",
        "may_sel: true",
        "there is no such member here",
    ),
    Mistake(
        "a member that is missing",
        ARTISANAL,
        "        agency: lands\n",
        "",
        "id: lands-check",
        "this member is missing",
    ),
    Mistake(
        "a time nobody can reckon",
        ARTISANAL,
        "allowed: 14 days",
        "allowed: two weeks",
        "two weeks",
        "a time is written like",
    ),
    Mistake(
        "minutes that are no whole hours",
        SMALL,
        "allowed: 60 minutes",
        "allowed: 45 minutes",
        "45 minutes",
        "minutes are whole hours",
    ),
    Mistake(
        "an inexact amount",
        "fees.yaml",
        'amount: "24.00"',
        "amount: 24.05",
        "24.05",
        "stand in quotes",
    ),
    Mistake(
        "more decimals than the currency has",
        "fees.yaml",
        'amount: "24.00"',
        'amount: "24.005"',
        '"24.005"',
        "the currency has 2 decimals",
    ),
    Mistake(
        "a split that does not add up",
        "fees.yaml",
        "basis_points: 3500",
        "basis_points: 3499",
        "split:",
        "add up to 9,999 basis points",
    ),
    Mistake(
        "a beneficiary twice in a split",
        "fees.yaml",
        "{beneficiary: council, basis_points: 3500}",
        "{beneficiary: treasury, basis_points: 3500}",
        "split:",
        "a beneficiary stands twice",
    ),
    Mistake(
        "a beneficiary nobody defined",
        "fees.yaml",
        "{beneficiary: council, basis_points: 3500}",
        "{beneficiary: chief, basis_points: 3500}",
        "chief",
        "chief is not defined in beneficiaries",
    ),
    Mistake(
        "a step after one that does not exist",
        ARTISANAL,
        "after: [decision]",
        "after: [verdict]",
        "verdict",
        "verdict is no step of this procedure",
    ),
    Mistake(
        "a step that comes after itself",
        ARTISANAL,
        "after: [decision]",
        "after: [grant-fee]",
        "grant-fee]",
        "grant-fee names itself",
    ),
    Mistake(
        "steps in a circle",
        ARTISANAL,
        "after: [application-fee]",
        "after: [lands-check]",
        "after: [screening]\n        allowed: 5 working",
        "the steps run in a circle: lands-check < screening < lands-check",
    ),
    Mistake(
        "an office nobody defined",
        "offices.yaml",
        "mines: mines-east",
        "mines: mines-west",
        "mines-west",
        "mines-west is not defined in offices",
    ),
    Mistake(
        "a district served by another agency's office",
        "offices.yaml",
        "councils: council-riverside",
        "councils: lands-registry",
        "lands-registry\n      lands:",
        "lands-registry is no office of councils",
    ),
    Mistake(
        "an office that escalates to another agency",
        "offices.yaml",
        "escalates_to: mines-south",
        "escalates_to: lands-registry",
        "lands-registry\n    jurisdiction",
        "another office of its own agency",
    ),
    Mistake(
        "a paper nobody defined",
        ARTISANAL,
        "paper: site-photograph",
        "paper: site-drawing",
        "site-drawing",
        "site-drawing is not defined in papers",
    ),
    Mistake(
        "a citation of nothing",
        ARTISANAL,
        "article: act.19",
        "article: act.199",
        "act.199",
        "act.199 is not defined in articles",
    ),
    Mistake(
        "a text nobody wrote",
        ARTISANAL,
        "title: step.lands-check",
        "title: step.land-check",
        "step.land-check",
        "step.land-check is not defined in texts",
    ),
    Mistake(
        "a licence type nobody defined",
        "ground.yaml",
        "by_type: {artisanal-permit: consent}",
        "by_type: {artisanal: consent}",
        "consent}",
        "artisanal is not defined in licence_types",
    ),
    Mistake(
        "a silence that leads nowhere",
        ARTISANAL,
        "silence: {rule: extend, extension: 5 working days, article: act.16}",
        "silence: {rule: escalate, extension: 5 working days, article: act.16}",
        "escalate, extension: 5 working days, article: act.16}",
        "nobody takes over from lands-registry",
    ),
    Mistake(
        "an extension without a time",
        ARTISANAL,
        "silence: {rule: extend, extension: 5 working days, article: act.16}",
        "silence: {rule: extend, article: act.16}",
        "silence: {rule: extend, article: act.16}",
        "escalate and extend give an extension",
    ),
    Mistake(
        "a fee that may be approved by silence",
        ARTISANAL,
        "silence: {rule: lapse, article: reg.6}",
        "silence: {rule: deemed-approved, article: reg.6}",
        "id: application-fee",
        "a fee unpaid makes the application void or lapse",
    ),
    Mistake(
        "a procedure in which nobody decides",
        ARTISANAL,
        "kind: decision",
        "kind: question",
        "steps:",
        "nobody decides",
    ),
    Mistake(
        "a conditional place that does not lapse at once",
        SMALL,
        "silence: {rule: void, article: act.12-3}",
        "silence: {rule: lapse, article: act.12-3}",
        "id: application-fee",
        "the fee of a conditional place",
    ),
    Mistake(
        "a fee before recording that no step takes",
        SMALL,
        "conditional_fee: application-fee",
        "conditional_fee: screening",
        "screening",
        "it is no fee step",
    ),
    Mistake(
        "less room than the least",
        ARTISANAL,
        'min_hectares: "0.1"',
        "min_hectares: 11",
        "11",
        "min_hectares is more than max_hectares",
    ),
    Mistake(
        "an id that is not the file's name",
        ARTISANAL,
        "id: artisanal-permit",
        "id: artisanal",
        "artisanal\n",
        "the id is the file's name",
    ),
    Mistake(
        "a mineral defined twice",
        "ground.yaml",
        "{id: silver,",
        "{id: gold,",
        "gold, title: mineral.silver",
        "gold is defined twice",
    ),
    Mistake(
        "a ring that runs clockwise",
        "country.yaml",
        "  outline:\n",
        "  outline:\n    - [[0, 0], [0, 90], [90, 0]]\n",
        "[[0, 0]",
        "a ring runs anticlockwise",
    ),
    Mistake(
        "a ring given twice round",
        "offices.yaml",
        "      - - [394000, 9566000]\n",
        "      - - [381000, 9610000]\n",
        "- [381000, 9610000]\n        - [440000",
        "each once",
    ),
    Mistake(
        "ground that is nobody's",
        "offices.yaml",
        "        - [486000, 9561000]\n        - [530000, 9570000]",
        "        - [486000, 9563000]\n        - [530000, 9570000]",
        "",
        "no office of mines answers for 9,000 ha near 440000, 9573000",
    ),
    Mistake(
        "ground that is two offices'",
        "offices.yaml",
        "        - [486000, 9561000]\n        - [530000, 9570000]",
        "        - [486000, 9559000]\n        - [530000, 9570000]",
        "",
        "two offices of mines answer for 9,000 ha",
    ),
    Mistake(
        "a text without a language",
        "texts.yaml",
        "ar: الذهب",
        "pt: Ouro",
        "mineral.gold",
        "the text is missing in ar",
    ),
    Mistake(
        "a text in a foreign language",
        "texts.yaml",
        "ar: الذهب",
        "ar: الذهب, pt: Ouro",
        "Ouro",
        "pt is no language of this country",
    ),
    Mistake(
        "a message that is too long",
        "notices.yaml",
        "Keep your receipt.",
        "Keep your receipt, it proves that you came first and when that was, to the second.",
        '"Application {code} is received',
        "GSM-7 characters, at most 160 fit",
    ),
    Mistake(
        "a letter that halves the room",
        "notices.yaml",
        'fr: "{code}: demande refusée. Motifs au bureau. Recours possible avant le {until}."',
        'fr: "{code}: demande rejetée, ça y est. Motifs au bureau du lieu où se trouve '
        'le terrain, aux heures que dit sa porte. Recours possible avant le {until}."',
        '"{code}: demande rejetée',
        "UCS-2 units in two segments, at most 134 fit",
    ),
    Mistake(
        "a placeholder nobody fills",
        "notices.yaml",
        "Office: {office}. Keep",
        "Office: {bureau}. Keep",
        '"Application {code}',
        "the placeholder {bureau} is not among the params",
    ),
    Mistake(
        "a placeholder that a language forgets",
        "notices.yaml",
        "namba {seq}",
        "namba yako",
        '"Maombi {code}',
        "the text does not say seq",
    ),
    Mistake(
        "a condition that is no CEL",
        ARTISANAL,
        "when: known_workings > 0",
        "when: known_workings > > 0",
        "> 0\n",
        "not CEL",
    ),
    Mistake(
        "a condition over an unknown fact",
        ARTISANAL,
        "when: known_workings > 0",
        "when: hectares > 1.0 && workings > 0",
        "workings > 0\n",
        "there is no fact called workings",
    ),
    Mistake(
        "a condition in quotes over an unknown fact",
        SMALL,
        "when: \"party_kind in ['cooperative', 'federation']\"",
        "when: \"party in ['cooperative', 'federation']\"",
        "party in",
        "there is no fact called party",
    ),
    Mistake(
        "a condition that is no yes or no",
        ARTISANAL,
        "when: known_workings > 0",
        "when: known_workings + 1",
        "known_workings + 1",
        "a condition answers true or false",
    ),
    Mistake(
        "a condition that mixes types",
        ARTISANAL,
        "when: known_workings > 0",
        "when: known_workings > 'none'",
        "known_workings > 'none'",
        "No such overload",
    ),
    Mistake(
        "a forbidden overlap without a layer",
        "ground.yaml",
        "    layer: quarry\n",
        "",
        "asked: {groups: [construction]}\n    other: {groups: [construction]}",
        "a forbidden overlap names its layer",
    ),
    Mistake(
        "layers that keep apart what may overlap",
        "ground.yaml",
        "layer: quarry",
        "layer: rock",
        "asked: {groups: [precious-metals, base-metals, gemstones]}\n    other: {groups: [prec",
        "shares an exclusion layer although its overlap is not forbidden",
    ),
    Mistake(
        "an overlap forbidden in one direction only",
        "ground.yaml",
        "    consequence: consent\n    article: act.18-2",
        "    consequence: forbidden\n    layer: mixed\n    article: act.18-2",
        "asked: {groups: [precious-metals, base-metals, gemstones]}\n    other: {groups: [prec",
        "shares an exclusion layer although its overlap is not forbidden",
    ),
    Mistake(
        "an overlap nobody rules",
        "ground.yaml",
        "  - asked: {}\n",
        "  - asked: {minerals: [gold]}\n",
        "asked: {minerals: [gold]}",
        "the last rule fits every pair",
    ),
    Mistake(
        "a member in two files",
        "ground.yaml",
        "mineral_groups:\n",
        "lead_office: centroid\nmineral_groups:\n",
        "",
        "lead_office belongs into example/2026-01-01/ground.yaml",
    ),
    Mistake(
        "another country's file",
        "country.yaml",
        "id: example",
        "id: sample",
        "sample",
        "the folder says example",
    ),
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.what)
def test_a_mistake_is_told_with_its_place(mistake: Mistake, folder: Path, change: Change) -> None:
    path = change(mistake.file, mistake.old, mistake.new)
    with pytest.raises(RulebookFaulty) as refusal:
        load_country(folder, "example")
    faults = [fault for fault in refusal.value.faults if mistake.told in fault.message]
    assert faults, str(refusal.value)
    if mistake.at:
        places = {(fault.file, fault.line, fault.column) for fault in faults}
        place = (f"example/{NAME}/{mistake.file}", *position(path.read_text("utf-8"), mistake.at))
        assert place in places, str(refusal.value)


def position(text: str, at: str) -> tuple[int, int]:
    """Line and column, from 1, of the first place where `at` stands."""
    assert at in text
    before = text[: text.index(at)]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def test_all_mistakes_are_told_at_once(folder: Path, change: Change) -> None:
    change("fees.yaml", 'amount: "24.00"', "amount: much")
    change(ARTISANAL, "allowed: 14 days", "allowed: soon")
    with pytest.raises(RulebookFaulty) as refusal:
        load_country(folder, "example")
    assert [fault.file.rsplit("/", 1)[-1] for fault in refusal.value.faults] == [
        "fees.yaml",
        "artisanal-permit.yaml",
    ]


def test_a_fault_reads_like_a_compiler_s(folder: Path, change: Change) -> None:
    change(ARTISANAL, "article: act.19\n", "article: act.91\n")
    with pytest.raises(RulebookFaulty) as refusal:
        load_country(folder, "example")
    assert str(refusal.value) == (
        "example/2026-01-01/licence-types/artisanal-permit.yaml:70:18: act.91 is not defined in "
        "articles (procedures.new.steps[2].article)"
    )


def test_a_country_without_editions_is_told(tmp_path: Path) -> None:
    (tmp_path / "empty" / "notes").mkdir(parents=True)
    with pytest.raises(RulebookFaulty, match="there is no edition"):
        load_country(tmp_path, "empty")


def test_a_file_that_is_not_utf_8_is_told(folder: Path) -> None:
    (folder / "example" / NAME / "texts.yaml").write_bytes(b"texts: {a: {en: \xff}}")
    with pytest.raises(RulebookFaulty, match="the file is not UTF-8"):
        load_country(folder, "example")
