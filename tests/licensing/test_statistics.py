"""Statistics count exactly the rows they are about."""

from datetime import timedelta

from licensing_office import OfficeOfTests
from played_case import move_clock, play

from kernel.authority import Power


def test_times_ledger_and_backlog_are_counted_from_the_rows(office: OfficeOfTests) -> None:
    done = play(office).decided_up_to("screening")
    move_clock(office, office.now() + timedelta(days=2))
    done.approve("screening")
    done.go_on()
    play(office).decided_up_to("screening")
    who = office.officer("mines-north", Power.READ_STATISTICS)
    times = office.get(who, "/statistics/times").json()
    screening = [one for one in times["rows"] if one["step"] == "screening"]
    assert sum(one["steps"] for one in screening) == 1
    assert 1.99 < screening[0]["median_days"] < 2.1
    assert times["formula"]
    ledger = office.get(who, "/statistics/ledger").json()
    north = [one for one in ledger["rows"] if one["party"] == "office:mines-north"]
    assert north[0]["days"] > 1.9
    assert north[0]["cases"] == 2
    backlog = office.get(who, "/statistics/backlog").json()["rows"]
    waiting = {one["step"]: one for one in backlog}
    assert waiting["screening"]["open"] == 1
    assert waiting["environment-opinion"]["under_week"] == 1


def test_statistics_are_for_those_who_may_read_them(office: OfficeOfTests) -> None:
    clerk = office.officer("mines-north", Power.READ_CASES)
    for what in ("times", "ledger", "backlog"):
        assert office.get(clerk, f"/statistics/{what}").status_code == 403
    who = office.officer("mines-north", Power.READ_STATISTICS)
    wrong = office.get(who, "/statistics/times?begins=2026-02-01&ends=2026-01-01")
    assert wrong.status_code == 422
