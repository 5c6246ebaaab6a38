"""How fast offices are, for everybody: whole months, no group under five, nothing to subtract."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from licensing_office import OfficeOfTests
from many_cases import ManyCases

NUMBERS = ("steps", "median_days", "p90_days", "within_share")


def answered(many: ManyCases, step: str, recorded_at: datetime, days: int, late: int = 0) -> None:
    """A step answered after some days, and the decision that was written down at an instant."""
    case = many.application(status="granted")
    ended = recorded_at - timedelta(hours=1)
    many.copy(
        "step", "application_id", many.model.id,
        application_id=case, step=step, round=1, kind="question", office="mines-north",
        agency="mines", status="decided", opened_at=ended - timedelta(days=days),
        decided_at=ended, silence_stage=late,
    )  # fmt: skip
    many.copy(
        "decision", "application_id", many.model.id,
        id=uuid4(), application_id=case, step=step, round=1, recorded_at=recorded_at,
    )  # fmt: skip


def published(office: OfficeOfTests, **asked: Any) -> Any:
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    done = office.client.get(f"/v1/statistics/published-times?{query}")
    assert done.status_code == 200
    return done.json()


def cells(office: OfficeOfTests, step: str, **asked: Any) -> dict[str, Any]:
    return {
        row["month"]: row for row in published(office, **asked)["rows"] if row["step"] == step
    }


def month_before(office: OfficeOfTests, months: int) -> datetime:
    """The middle of a month that is over."""
    today = office.today() - timedelta(days=1)
    count = today.year * 12 + today.month - 1 - months
    return datetime(count // 12, count % 12 + 1, 15, 12, tzinfo=UTC)


def test_five_steps_are_shown_and_four_are_not(office: OfficeOfTests, many: ManyCases) -> None:
    then = month_before(office, 2)
    for days in (1, 2, 3, 4, 10):
        answered(many, "shown", then, days, late=int(days == 10))
    for days in (1, 2, 3, 4):
        answered(many, "hidden", then, days)
    (shown,) = cells(office, "shown").values()
    assert shown["shown"]
    assert (shown["steps"], shown["median_days"], shown["p90_days"]) == (5, 3, pytest.approx(7.6))
    assert shown["within_share"] == pytest.approx(0.8)
    (hidden,) = cells(office, "hidden").values()
    assert not hidden["shown"]
    assert [hidden[name] for name in NUMBERS] == [None] * 4


def test_no_sum_stands_beside_a_hidden_cell(office: OfficeOfTests, many: ManyCases) -> None:
    told = published(office)
    keys = Counter((row["month"], row["step"], row["office"]) for row in told["rows"])
    assert set(keys.values()) == {1}
    assert set(told) == {"figure", "formula", "begins", "ends", "as_of", "training", "rows"}


def test_a_month_that_is_not_over_is_not_published(office: OfficeOfTests, many: ManyCases) -> None:
    for _ in range(6):
        answered(many, "this-month", office.now(), 3)
    assert cells(office, "this-month") == {}
    told = published(office, months=60)
    assert told["ends"] <= office.today().replace(day=1).isoformat()


def test_an_answer_recorded_late_changes_no_month_that_was_published(
    office: OfficeOfTests, many: ManyCases
) -> None:
    """The difference of two publications would show alone what a group of five hides."""
    then = month_before(office, 3)
    for days in (1, 2, 3, 4, 5):
        answered(many, "on-paper", then, days)
    before = cells(office, "on-paper")
    answered(many, "on-paper", office.now(), 30)
    case = office.sql("select application_id from step where step = 'on-paper' and opened_at >= %s",
                      office.now() - timedelta(days=40))  # fmt: skip
    office.sql(
        "update step set decided_at = %s, opened_at = %s where application_id = %s"
        " and step = 'on-paper'", then, then - timedelta(days=30), case[-1][0],
    )  # fmt: skip
    assert cells(office, "on-paper") == before


def test_what_the_applicant_pays_is_no_measure_of_an_office(
    office: OfficeOfTests, many: ManyCases
) -> None:
    then = month_before(office, 1)
    for _ in range(5):
        answered(many, "some-fee", then, 1)
    office.sql("update step set kind = 'fee' where step = 'some-fee'")
    assert cells(office, "some-fee") == {}


def test_months_are_at_least_one_and_at_most_sixty(office: OfficeOfTests) -> None:
    for months in (0, 61):
        path = f"/v1/statistics/published-times?months={months}"
        assert office.client.get(path).status_code == 422
