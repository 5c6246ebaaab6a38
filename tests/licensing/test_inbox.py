"""The inbox and a case's history, as officers and applicants see them."""

from datetime import timedelta

from licensing_office import OfficeOfTests
from played_case import PlayedCase, move_clock, play

from chassis.pages import next_page
from kernel.authority import Power


def mine(office: OfficeOfTests, case: PlayedCase, lines: list[dict[str, object]]) -> list[str]:
    return [str(one["step"]) for one in lines if one["application"] == str(case.id)]


def test_an_office_sees_its_own_steps_the_most_urgent_first(office: OfficeOfTests) -> None:
    cases = [play(office).decided_up_to("screening") for _ in range(3)]
    who = office.officer("mines-north", Power.READ_CASES)
    told = office.get(who, "/inbox?limit=500").json()
    dues = [one["due_at"] for one in told["lines"] if one["due_at"]]
    assert dues == sorted(dues)
    for case in cases:
        assert mine(office, case, told["lines"]) == ["screening"]
    other = office.officer("lands-registry", Power.READ_CASES, agency="lands")
    lines = office.get(other, "/inbox?limit=500").json()["lines"]
    assert all(one["office"] == "lands-registry" for one in lines)
    assert office.get(other, "/inbox?office=mines-north").status_code == 403
    assert office.get(office.applicant(), "/inbox").status_code == 403


def test_the_inbox_goes_on_page_by_page(office: OfficeOfTests) -> None:
    for _ in range(2):
        play(office).decided_up_to("screening")
    who = office.officer("mines-north", Power.READ_CASES)
    seen: list[tuple[str, str]] = []
    after = ""
    while True:
        page = office.get(who, f"/inbox?limit=1{after}").json()
        seen += [(one["application"], one["step"]) for one in page["lines"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert len(seen) == len(set(seen)) >= 2


def test_a_page_that_is_none_is_refused(office: OfficeOfTests) -> None:
    who = office.officer("mines-north", Power.READ_CASES)
    for key in (("never", "x", "y"), (1,), ("infinity", "not-an-id", "s")):
        assert office.get(who, f"/inbox?after={next_page(key)}").status_code == 422
        admin = office.officer("mines-north", Power.PROPOSE_APPOINTMENT)
        assert office.get(admin, f"/appointments?after={next_page(key)}").status_code == 422


def test_a_stopped_step_comes_last_and_an_overdue_one_says_so(office: OfficeOfTests) -> None:
    case = play(office).decided_up_to("screening")
    asked = {"reason": "other", "question": "Why?", "reply_days": 60}
    case.post(case.officer("screening"), "screening", "request", asked)
    late = play(office).decided_up_to("screening")
    late.until_due("screening", timedelta(seconds=3))
    who = office.officer("mines-north", Power.READ_CASES)
    lines = office.get(who, "/inbox?limit=500").json()["lines"]
    assert lines[-1]["status"] == "stopped"
    stopped = office.get(who, "/inbox?state=stopped&limit=500").json()["lines"]
    assert mine(office, case, stopped) == ["screening"]
    due = office.now().isoformat().replace("+00:00", "Z")
    overdue = office.get(who, f"/inbox?due={due}&limit=500").json()["lines"]
    assert mine(office, late, overdue) == ["screening"]
    assert all(one["overdue"] for one in overdue)


def test_the_history_tells_every_fact_without_personal_data(office: OfficeOfTests) -> None:
    case = play(office).decided_up_to("screening")
    who = case.officer("screening")
    told = office.get(who, f"/applications/{case.code}/history?limit=500").json()
    assert [one["seq"] for one in told["entries"]] == list(range(1, len(told["entries"]) + 1))
    assert told["entries"][0]["name"] == "application.lodged"
    assert "Green Hill" not in str(told)
    assert "notices" not in told["entries"][0]["payload"]
    first = office.get(who, f"/applications/{case.code}/history?limit=1").json()
    assert first["next"] == 1
    assert office.get(office.applicant(), f"/applications/{case.code}/history").status_code == 404


def test_the_steps_of_a_case_are_read_with_what_waits(office: OfficeOfTests) -> None:
    case = play(office).decided_up_to("screening")
    who = case.officer("screening")
    told = office.get(who, f"/applications/{case.code}/steps").json()
    assert [one["step"] for one in told["steps"]] == ["application-fee", "screening"]
    assert "decision" in told["waiting"]
    assert told["steps"][1]["titles"]["en"] == "Screening"
    other = office.officer("mines-south", Power.READ_CASES)
    assert office.get(other, f"/applications/{case.code}/steps").status_code == 403


def test_an_overdue_case_moves_with_the_clock(office: OfficeOfTests) -> None:
    case = play(office).decided_up_to("screening")
    move_clock(office, case.step("screening")["due_at"] + timedelta(days=1))
    case.go_on()
    who = case.officer("screening")
    line = office.get(who, "/inbox?limit=500").json()["lines"]
    assert mine(office, case, line) == ["screening"]
