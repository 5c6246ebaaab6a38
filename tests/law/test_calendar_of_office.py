"""An office's calendar comes from the law: weekends, holidays, and what one office alone keeps."""

from datetime import UTC, date, datetime, time

import pytest

from kernel.calendar import Duration, Unit, due
from kernel.law.editions import Edition
from kernel.law.load import office_calendar

EASTER = [date(2026, 4, 3), date(2026, 4, 6), date(2027, 3, 26), date(2027, 3, 29)]
EIDS = [date(2026, 3, 21), date(2026, 5, 28), date(2027, 3, 10), date(2027, 3, 11)]


def test_hours_and_weekends_are_the_country_s(law: Edition) -> None:
    calendar = office_calendar(law, "mines-north")
    assert calendar.utc_offset_minutes == 180
    assert calendar.weekend == (6, 7)
    assert calendar.cut_off == time(15, 30)
    assert calendar.ends_on_working_day


@pytest.mark.parametrize(
    "day", [date(2026, 1, 1), date(2031, 7, 9), date(2026, 8, 13), *EASTER, *EIDS]
)
def test_fixed_dated_and_moving_feasts_are_kept(law: Edition, day: date) -> None:
    assert day in office_calendar(law, "mines-north").holidays


def test_a_day_that_the_law_works_is_worked(law: Edition) -> None:
    assert date(2026, 3, 22) not in office_calendar(law, "mines-north").holidays


def test_a_foreign_feast_of_the_library_is_not_kept(law: Edition) -> None:
    assert date(2026, 4, 7) not in office_calendar(law, "mines-north").holidays


def test_one_office_may_keep_a_day_alone(law: Edition) -> None:
    day = date(2026, 6, 12)
    assert day in office_calendar(law, "council-riverside").holidays
    assert day not in office_calendar(law, "council-hillside").holidays


def test_holidays_are_known_for_the_years_of_the_edition(law: Edition) -> None:
    years = {day.year for day in office_calendar(law, "mines-north").holidays}
    assert years == set(range(2025, 2026 + law.rules.calendar.years))


def test_a_statutory_time_is_reckoned_with_it(law: Edition) -> None:
    lodged = datetime(2026, 3, 30, 8, 0, tzinfo=UTC)  # Monday 11:00 in the country
    ends = due(lodged, Duration(n=5, unit=Unit.WORKING_DAYS), office_calendar(law, "mines-north"))
    assert ends.astimezone(UTC).date() == date(2026, 4, 8)  # Good Friday and Easter Monday between
