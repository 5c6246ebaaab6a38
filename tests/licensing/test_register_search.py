"""The public register is searched by anybody, and tells and finds by what is disclosed alone."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from issued_licences import licence_of
from licensing_office import OfficeOfTests
from many_cases import ManyCases
from played_case import PlayedCase

from chassis.clock import Clock

Row = dict[str, Any]
HIDDEN = ("code", "holder", "licence_type", "minerals", "office", "district")


def page(office: OfficeOfTests, /, **asked: Any) -> Any:
    done = office.client.get(f"/v1/register?{urlencode(asked)}")
    assert done.status_code == 200, done.text
    return done.json()


def search(office: OfficeOfTests, /, limit: int = 500, **asked: Any) -> list[Row]:
    found: list[Row] = []
    after: dict[str, str] = {}
    while True:
        told = page(office, limit=limit, **asked, **after)
        found += told["rows"]
        if told["next"] is None:
            return found
        after = {"after": told["next"]}


def rule_of(office: OfficeOfTests) -> dict[int, str]:
    """What the law of each open application discloses of it, by its place."""
    return dict(
        office.sql(
            "select filing_seq, plan ->> 'disclosure' from application"
            " where status in ('lodged', 'issuing')"
        )
    )


def test_every_licence_and_every_open_application_stands_in_it_once(
    office: OfficeOfTests, many: ManyCases
) -> None:
    rows = search(office, limit=7)
    licences = [row["code"] for row in rows if row["kind"] == "licence"]
    places = [row["place"] for row in rows if row["kind"] == "application"]
    assert sorted(licences) == sorted(code for (code,) in office.sql("select code from licence"))
    assert sorted(places) == sorted(rule_of(office))
    assert [row["since"] for row in rows] == sorted((r["since"] for r in rows), reverse=True)


def test_of_an_application_only_what_its_law_discloses_is_told(
    office: OfficeOfTests, many: ManyCases
) -> None:
    rules = rule_of(office)
    assert set(rules.values()) == {"sequence-only", "shape", "all"}
    for row in search(office, kind="application"):
        told = {name for name in HIDDEN if row[name] is not None}
        match rules[row["place"]]:
            case "sequence-only":
                assert told == set()
            case "shape":
                assert told == {"licence_type", "minerals", "office"}
            case _:
                assert told - {"district"} == set(HIDDEN) - {"district"}
        assert row["hectares"] is not None
        assert row["state"] == "pending"


def test_what_is_not_disclosed_does_not_find_an_entry(
    office: OfficeOfTests, many: ManyCases
) -> None:
    """Otherwise whoever asks often enough learns what the answers do not say."""
    rules = rule_of(office)
    asked: list[tuple[dict[str, str], set[str]]] = [
        ({"holder": "Green"}, {"all"}),
        ({"district": "hillside"}, {"all"}),
        ({"licence_type": "artisanal-permit"}, {"shape", "all"}),
        ({"mineral": "gold"}, {"shape", "all"}),
        ({"office": "mines-north"}, {"shape", "all"}),
    ]
    for sift, disclosing in asked:
        found = search(office, kind="application", **sift)
        assert {rules[row["place"]] for row in found} <= disclosing
    hidden = next(place for place, rule in rules.items() if rule == "sequence-only")
    assert [row["place"] for row in search(office, number=str(hidden))] == [hidden]


def test_a_number_finds_a_licence_however_it_is_typed(
    office: OfficeOfTests, issued: PlayedCase
) -> None:
    code = licence_of(issued)
    typed = code.lower().replace("-", " ")
    (row,) = search(office, number=typed)
    assert (row["code"], row["holder"], row["state"]) == (code, "Green Hill", "in-force")
    assert search(office, number=issued.code) == []
    wrong = office.client.get("/v1/register?number=AMP-2026")
    assert wrong.status_code == 422
    assert wrong.json()["type"].endswith("not-a-code")


@pytest.mark.parametrize(
    ("typed", "name"),
    [("green", "Green Hill"), ("HILL gre", "Green Hill"), ("dhah", "Mto wa Dhahabu"),
     ("société nord", "Société du Nord"), ("النهر", "تعاونية النهر")],
)  # fmt: skip
def test_words_of_a_name_are_found_by_their_beginnings(
    office: OfficeOfTests, many: ManyCases, typed: str, name: str
) -> None:
    case = many.application(status="granted")
    party = many.party()
    office.sql("update party set name = %s where id = %s", name, party)
    many.licence(case, party)
    found = search(office, holder=typed, kind="licence")
    assert {row["holder"] for row in found} == {name}


@pytest.mark.parametrize("typed", ["' | 'a", ":* & !", "(((", "\\", "a' -- ", "%", "  "])
def test_strange_names_find_what_their_words_say_and_break_nothing(
    office: OfficeOfTests, many: ManyCases, typed: str
) -> None:
    assert isinstance(search(office, holder=typed), list)


def test_type_mineral_office_district_state_and_period_sift(
    office: OfficeOfTests, many: ManyCases
) -> None:
    every = search(office, kind="licence")
    assert {row["state"] for row in every} >= {"in-force", "expired", "suspended"}
    for name in ("licence_type", "office", "district", "state"):
        for value in {row[name] for row in every if row[name]}:
            expected = [row["code"] for row in every if row[name] == value]
            found = search(office, kind="licence", **{name: value})
            assert [row["code"] for row in found] == expected
    gold = [row["code"] for row in every if "gold" in row["minerals"]]
    assert [row["code"] for row in search(office, kind="licence", mineral="gold")] == gold
    today = office.today()
    begins, ends = today - timedelta(days=200), today - timedelta(days=20)
    told = page(office, begins=begins, ends=ends, limit=500)
    assert (told["begins"], told["ends"]) == (begins.isoformat(), ends.isoformat())
    rest = search(office, ends=begins) + search(office, begins=ends)
    assert len(told["rows"]) + len(rest) == len(search(office))


def test_states_follow_the_clock_and_not_what_was_last_written(
    office: OfficeOfTests, many: ManyCases
) -> None:
    now = office.now()
    rows = office.sql("select code, status, valid_from, valid_to from licence")
    expected = {
        code: status
        if status != "in-force"
        else "not-begun" if begins > now else "expired" if ends <= now else "in-force"
        for code, status, begins, ends in rows
    }
    assert {row["code"]: row["state"] for row in search(office, kind="licence")} == expected


def test_what_is_no_search_is_malformed(office: OfficeOfTests) -> None:
    for wrong in ("state=gone", "limit=5001", "after=x", "begins=2026-02-01&ends=2026-01-01",
                  "district=A%20B", "kind=party", "begins=9999-01-01"):  # fmt: skip
        assert office.client.get(f"/v1/register?{wrong}").status_code == 422, wrong


def test_a_stranger_who_asks_too_often_waits(
    office: OfficeOfTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    stands = Clock("training", machine=lambda: datetime(2026, 1, 1, tzinfo=UTC))
    monkeypatch.setattr(office.app.state, "clock", stands)
    stranger = {"X-Forwarded-For": "203.0.113.9"}
    path = "/v1/register?after=x"
    asked = [office.client.get(path, headers=stranger).status_code for _ in range(121)]
    assert Counter(asked) == {422: 120, 429: 1}
    late = office.client.get(path, headers=stranger)
    assert int(late.headers["retry-after"]) >= 1
