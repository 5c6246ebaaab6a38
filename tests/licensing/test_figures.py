"""Every figure is what its rows add up to, whatever is asked for and however it is paged."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest
from licensing_office import OfficeOfTests
from many_cases import OFFICES, STEPS, TYPES, ManyCases

from contracts.licensing.language_figures import TimesBy
from kernel.authority import Power

Row = dict[str, Any]


@pytest.fixture(scope="module")
def ministry(office: OfficeOfTests, many: ManyCases) -> dict[str, str]:
    return office.officer("mines-north", Power.READ_STATISTICS)


def ask(office: OfficeOfTests, who: dict[str, str], path: str, /, **asked: Any) -> Any:
    query = urlencode({k: v for k, v in asked.items() if v is not None}, doseq=True)
    done = office.get(who, f"/statistics/{path}?{query}")
    assert done.status_code == 200, done.text
    return done.json()


def all_rows(
    office: OfficeOfTests, who: dict[str, str], path: str, /, limit: int = 500, **asked: Any
) -> list[Row]:
    """Every row, page by page."""
    found, after = [], None
    while True:
        page = ask(office, who, path, after=after, limit=limit, **asked)
        assert len(page["rows"]) <= limit
        found += page["rows"]
        after = page["next"]
        if after is None:
            return found


def grouped(rows: Iterable[Row], *by: str) -> dict[tuple[Any, ...], list[Row]]:
    found = defaultdict(list)
    for row in rows:
        found[tuple(row[name] for name in by)].append(row)
    return found


def keyed(rows: Iterable[Row], *by: str) -> dict[tuple[Any, ...], Row]:
    return {tuple(row[name] for name in by): row for row in rows}


def percentile(values: list[float], part: float) -> float:
    """As PostgreSQL's percentile_cont: between two values, in proportion."""
    ordered, at = sorted(values), part * (len(values) - 1)
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)


def sifts(chance: random.Random) -> list[dict[str, Any]]:
    """Nothing, each member of the filter, and some of them together."""
    one = {
        "step": chance.choice(STEPS),
        "office": chance.choice(list(OFFICES)),
        "agency": "mines",
        "licence_type": chance.choice(TYPES),
    }
    pairs = [dict(chance.sample(list(one.items()), 2)) for _ in range(3)]
    return [{}, *({name: value} for name, value in one.items()), *pairs]


def test_times_are_the_median_percentile_and_share_of_the_steps_counted(
    office: OfficeOfTests, ministry: dict[str, str], many: ManyCases
) -> None:
    names = {by: by.value.replace("-", "_") for by in TimesBy if by is not TimesBy.NOTHING}
    for sift in [*sifts(many.chance), {"late": "true"}, {"lapsed": "true"}]:
        by = many.chance.sample(list(names), many.chance.randrange(1, 6))
        figure = ask(office, ministry, "times", by=[one.value for one in by], **sift)
        columns = tuple(names[one] for one in by)
        rows = all_rows(office, ministry, "times/rows", **sift)
        expected = grouped(rows, *columns)
        assert set(keyed(figure["rows"], *columns)) == set(expected)
        for key, counted in keyed(figure["rows"], *columns).items():
            days = [row["days"] for row in expected[key]]
            assert counted["steps"] == len(days) == counted["within"] + counted["late"]
            assert counted["median_days"] == pytest.approx(percentile(days, 0.5))
            assert counted["p90_days"] == pytest.approx(percentile(days, 0.9))
            assert counted["late"] == sum(row["late"] for row in expected[key])
            assert counted["lapsed"] == sum(row["lapsed"] for row in expected[key])
            assert counted["within_share"] == pytest.approx(counted["within"] / counted["steps"])
            stopped = sum(row["stopped_days"] for row in expected[key])
            assert counted["stopped_days"] == pytest.approx(stopped)


def test_by_nothing_one_line_stands_for_all(
    office: OfficeOfTests, ministry: dict[str, str]
) -> None:
    (line,) = ask(office, ministry, "times", by="nothing")["rows"]
    days = [row["days"] for row in all_rows(office, ministry, "times/rows")]
    assert (line["steps"], line["step"], line["month"]) == (len(days), None, None)
    assert line["median_days"] == pytest.approx(percentile(days, 0.5))
    assert ask(office, ministry, "times", by="nothing", step="nowhere")["rows"] == []


def test_a_line_of_the_figure_opens_its_own_steps(
    office: OfficeOfTests, ministry: dict[str, str]
) -> None:
    names = ("step", "agency", "office", "licence_type", "month")
    figure = ask(office, ministry, "times")["rows"]
    for line in figure[:10]:
        rows = all_rows(office, ministry, "times/rows", **{name: line[name] for name in names})
        assert len(rows) == line["steps"]
    assert sum(line["steps"] for line in figure) == len(
        all_rows(office, ministry, "times/rows", limit=7)
    )


def test_a_period_counts_what_ended_in_it_and_nothing_else(
    office: OfficeOfTests, ministry: dict[str, str], many: ManyCases
) -> None:
    today = office.today()
    begins, ends = (today - timedelta(days=n) for n in (40, 5))
    asked = {"begins": begins.isoformat(), "ends": ends.isoformat()}
    figure = ask(office, ministry, "times", by="step", **asked)
    assert (figure["begins"], figure["ends"]) == (begins.isoformat(), ends.isoformat())
    rows = all_rows(office, ministry, "times/rows", **asked)
    zone = office.desk.law.calendar(office.desk.law.country.newest, None).zone
    days = [datetime.fromisoformat(row["ended_at"]).astimezone(zone).date() for row in rows]
    assert all(begins <= day < ends for day in days)
    assert [row["month"] for row in rows] == [day.replace(day=1).isoformat() for day in days]
    assert sum(line["steps"] for line in figure["rows"]) == len(rows) > 0


def test_the_ledger_adds_up_the_parts_of_the_cases(
    office: OfficeOfTests, ministry: dict[str, str], many: ManyCases
) -> None:
    for sift in ({}, {"office": "mines-south"}, {"party": "outage"}, {"licence_type": TYPES[0]}):
        figure = ask(office, ministry, "ledger", **sift)
        by = ("licence_type", "party")
        expected = grouped(all_rows(office, ministry, "ledger/rows", limit=11, **sift), *by)
        assert set(keyed(figure["rows"], *by)) == set(expected)
        for key, counted in keyed(figure["rows"], *by).items():
            assert counted["cases"] == len({row["application"] for row in expected[key]})
            assert counted["days"] == pytest.approx(sum(row["days"] for row in expected[key]))


def test_the_backlog_counts_the_steps_that_wait(
    office: OfficeOfTests, ministry: dict[str, str], many: ManyCases
) -> None:
    for sift in [*sifts(many.chance), {"state": "stopped"}, {"age": "older"}, {"overdue": "true"}]:
        figure = ask(office, ministry, "backlog", **sift)
        by = ("office", "agency", "step")
        expected = grouped(all_rows(office, ministry, "backlog/rows", limit=9, **sift), *by)
        assert set(keyed(figure["rows"], *by)) == set(expected)
        for key, counted in keyed(figure["rows"], *by).items():
            rows = expected[key]
            assert counted["open"] == len(rows)
            assert counted["stopped"] == sum(row["status"] == "stopped" for row in rows)
            assert counted["overdue"] == sum(row["overdue"] for row in rows)
            assert counted["oldest"] == min(row["opened_at"] for row in rows)
            ages = counted["under_week"] + counted["under_month"] + counted["older"]
            assert ages == len(rows)


def test_each_number_of_the_backlog_opens_as_many_rows(
    office: OfficeOfTests, ministry: dict[str, str]
) -> None:
    figure = ask(office, ministry, "backlog")["rows"]
    numbers = {
        "stopped": {"state": "stopped"}, "overdue": {"overdue": "true"},
        "under_week": {"age": "under-week"}, "under_month": {"age": "under-month"},
        "older": {"age": "older"},
    }  # fmt: skip
    for line in figure[:6]:
        here = {name: line[name] for name in ("office", "agency", "step")}
        for name, sift in numbers.items():
            rows = all_rows(office, ministry, "backlog/rows", **here, **sift)
            assert len(rows) == line[name]


def test_women_men_and_those_who_did_not_say_are_counted_apart(
    office: OfficeOfTests, ministry: dict[str, str], many: ManyCases
) -> None:
    by = ("part", "standing", "party_kind")
    for sift in ({}, {"part": "leader"}, {"standing": "holding"}, {"party_kind": "cooperative"}):
        figure = ask(office, ministry, "people", **sift)
        expected = grouped(all_rows(office, ministry, "people/rows", limit=13, **sift), *by)
        assert set(keyed(figure["rows"], *by)) == set(expected)
        for key, counted in keyed(figure["rows"], *by).items():
            sexes = Counter(row["sex"] for row in expected[key])
            assert counted["count"] == len(expected[key])
            assert counted["women"] == sexes["female"]
            assert counted["men"] == sexes["male"]
            assert counted["unknown"] == sexes["unknown"]
            assert counted["groups"] == sexes[None]
    parts = {line["part"] for line in ask(office, ministry, "people")["rows"]}
    assert parts == {"member", "leader", "holder"}


def test_who_is_counted_is_a_live_member_of_a_group_that_holds_or_applies(
    office: OfficeOfTests, ministry: dict[str, str], many: ManyCases
) -> None:
    rows = all_rows(office, ministry, "people/rows", part="member")
    expected = office.sql(
        "select m.id from member m join party p on p.id = m.member_id and p.kind = 'person'"
        " where m.since <= %(on)s and (m.until is null or m.until > %(on)s) and (exists (select 1"
        " from licence l where l.party_id = m.group_id and l.status = 'in-force'"
        " and l.valid_from <= %(now)s and l.valid_to > %(now)s) or exists (select 1 from"
        " application a where a.party_id = m.group_id and a.status in ('lodged', 'issuing')))"
        .replace("%(on)s", "%s").replace("%(now)s", "%s"),
        office.today(), office.today(), office.now(), office.now(),
    )  # fmt: skip
    assert {row["id"] for row in rows} == {str(one) for (one,) in expected}
    assert "Amara" not in str(rows)
    leaders = all_rows(office, ministry, "people/rows", part="leader")
    assert {row["role"] for row in leaders} <= {"chair", "treasurer"}
    assert {row["id"] for row in leaders} <= {row["id"] for row in rows}


def test_licences_in_force_and_their_hectares_are_those_of_the_rows(
    office: OfficeOfTests, many: ManyCases
) -> None:
    by = ("authority", "office", "district", "licence_type")
    sifts = ({}, {"authority": "council-hillside"}, {"authority": "-"}, {"district": "-"},
             {"office": "mines-south"}, {"agency": "lands"}, {"agency": "environment"})  # fmt: skip
    for sift in sifts:
        figure = ask(office, {}, "licences", **sift)
        assert figure["agency"] == sift.get("agency", "councils")
        rows = all_rows(office, {}, "licences/rows", limit=5, **sift)
        expected = grouped(rows, *by)
        assert set(keyed(figure["rows"], *by)) == set(expected)
        for key, counted in keyed(figure["rows"], *by).items():
            hectares = sum(Decimal(row["hectares"] or 0) for row in expected[key])
            assert counted["licences"] == len(expected[key])
            assert Decimal(counted["hectares"]) == hectares
    ((here,),) = office.sql(
        "select count(*) from licence where status = 'in-force' and valid_from <= %s"
        " and valid_to > %s", office.now(), office.now(),
    )  # fmt: skip
    assert sum(line["licences"] for line in ask(office, {}, "licences")["rows"]) == here


def test_ground_or_district_or_the_only_office_says_whose_a_licence_is(
    office: OfficeOfTests, many: ManyCases
) -> None:
    rows = all_rows(office, {}, "licences/rows")
    facts = dict(
        office.sql(
            "select l.code, a.plan #>> '{facts,offices,councils}' from licence l"
            " join application a on a.id = l.application_id"
        )
    )
    councils = {"hillside": "council-hillside", "riverside": "council-riverside", None: None}
    for row in rows:
        assert row["authority"] == (facts[row["code"]] or councils[row["district"]])
    lands = {row["authority"] for row in all_rows(office, {}, "licences/rows", agency="lands")}
    assert lands == {"lands-registry"}


def test_figures_of_others_are_refused_what_is_no_filter(
    office: OfficeOfTests, ministry: dict[str, str]
) -> None:
    wrong: list[tuple[str, int]] = [
        ("times/rows?after=AAAA", 422), ("times?by=weather", 422), ("backlog?age=young", 422),
        ("people?part=driver", 422), ("times/rows?limit=5001", 422), ("times?step=DROP", 422),
        ("times?begins=2026-02-01&ends=2026-01-01", 422), ("ledger?party=a:b:c", 422),
    ]  # fmt: skip
    for path, status in wrong:
        assert office.get(ministry, f"/statistics/{path}").status_code == status, path
    assert office.get({}, "/statistics/licences?agency=weather").status_code == 404
