"""Who may answer a step, what must have been done before, and what a stopped clock does."""

import threading
from datetime import timedelta
from typing import Any
from uuid import UUID

from licensing_office import OfficeOfTests
from played_case import PlayedCase, move_clock, play, worked

from contracts.wording import TEXT
from kernel.authority import Power, clockwork
from kernel.calendar import Calendar, Duration, Unit, elapsed
from services.licensing.domain.step import Step

GRACE = timedelta(seconds=30)
APPROVED = {"outcome": "approved"}


def slug(answer: Any) -> str:
    return str(answer.json()["type"]).rsplit(":", 1)[-1]


def test_an_officer_of_another_office_is_refused(office: OfficeOfTests) -> None:
    case = play(office).decided_up_to("screening")
    other = office.officer("mines-south", Power.DECIDE_STEP)
    done = case.post(other, "screening", "decision", APPROVED)
    assert done.status_code == 403
    assert slug(done) == "not-allowed"


def test_an_officer_without_the_power_is_refused_at_the_door(office: OfficeOfTests) -> None:
    case = play(office).decided_up_to("screening")
    reader = office.officer("mines-north", Power.READ_CASES)
    assert case.post(reader, "screening", "decision", APPROVED).status_code == 403
    assert case.post(office.applicant(), "screening", "decision", APPROVED).status_code == 403
    nobody = case.post({}, "screening", "decision", APPROVED)
    assert nobody.status_code == 401


def said_in_french(office: OfficeOfTests, told: dict[str, Any]) -> dict[str, str]:
    """The words of a notice that are texts of the law, as a reader of French has them."""
    texts = office.desk.law.country.newest.rules.texts
    named = {name: word for name, word in told["params"].items() if word.startswith(TEXT)}
    return {name: texts[word.removeprefix(TEXT)]["fr"] for name, word in named.items()}


def test_notices_name_steps_and_answers_by_texts_so_that_each_reads_them_in_his_language(
    office: OfficeOfTests,
) -> None:
    case = play(office).decided_up_to("screening")
    (opened,) = case.fact("step.opened")[4]["notices"]
    assert said_in_french(office, opened) == {"step": "Examen préalable"}
    case.approve("screening")
    (answered,) = case.fact("step.decided")[4]["notices"]
    said = {"step": "Examen préalable", "outcome": "avis favorable"}
    assert said_in_french(office, answered) == said


def test_a_warning_and_a_lapse_say_what_silence_means_in_the_readers_language(
    office: OfficeOfTests,
) -> None:
    case = play(office).decided_up_to("council-opinion")
    warn_at = case.state.steps["council-opinion"].warn_at
    assert warn_at is not None
    move_clock(office, warn_at)
    case.go_on()
    case.until_due("council-opinion", timedelta(seconds=31))
    case.go_on()
    said = [
        said_in_french(office, notice)
        for _, name, _, _, payload, _ in office.journal(case.id)
        if name in ("step.warned", "step.lapsed") and payload["step"] == "council-opinion"
        for notice in payload["notices"]
    ]
    council, meant = {"step": "Avis du conseil de district"}, "réputé favorable"
    assert said == [council | {word: meant} for word in ("rule", "effect", "outcome")]


def test_a_stale_page_is_told_the_present_state(office: OfficeOfTests) -> None:
    case = play(office).decided_up_to("screening")
    done = case.post(case.officer("screening"), "screening", "decision", APPROVED, version=99)
    assert done.status_code == 412
    assert done.json()["state"] == "open"
    assert done.json()["version"] == case.step("screening")["version"]


def test_a_step_without_a_version_is_not_answered(office: OfficeOfTests) -> None:
    case = play(office).decided_up_to("screening")
    path = f"/applications/{case.code}/steps/screening/decision"
    assert office.post(case.officer("screening"), path, APPROVED).status_code == 428


def test_two_officers_answer_at_once_and_one_answer_is_written(office: OfficeOfTests) -> None:
    case = play(office).decided_up_to("screening")
    officers = [case.officer("screening") for _ in range(2)]
    found: list[int] = []

    def answer(who: dict[str, str]) -> None:
        done = case.post(who, "screening", "decision", APPROVED, version=1)
        found.append(done.status_code)

    threads = [threading.Thread(target=answer, args=(who,)) for who in officers]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(found) == [200, 412]
    assert case.facts().count("step.decided") == 1


def test_a_repeated_key_gets_the_first_answer(office: OfficeOfTests) -> None:
    case = play(office).decided_up_to("screening")
    who = case.officer("screening")
    told = {**who, **office.key(), "If-Match": '"1"'}
    path = f"/v1/applications/{case.code}/steps/screening/decision"
    first = office.client.post(path, json=APPROVED, headers=told)
    again = office.client.post(path, json=APPROVED, headers=told)
    assert first.status_code == again.status_code == 200
    assert first.content == again.content
    assert first.headers["ETag"] == f'"{first.json()["step"]["version"]}"'


def test_deciding_wants_a_fresh_second_factor_where_the_law_says_so(
    office: OfficeOfTests,
) -> None:
    case = play(office).decided_up_to("decision")
    powers = (Power.DECIDE_STEP, Power.APPROVE_GRANT)
    weak = office.officer("mines-north", *powers, acr="1")
    done = case.post(weak, "decision", "decision", APPROVED)
    assert (done.status_code, slug(done)) == (403, "step-up-needed")
    old = office.officer("mines-north", *powers, auth_time=1)
    assert slug(case.post(old, "decision", "decision", APPROVED)) == "step-up-needed"
    fresh = office.officer("mines-north", *powers)
    assert case.post(fresh, "decision", "decision", APPROVED).status_code == 200


def test_a_grant_takes_the_power_to_approve_grants(office: OfficeOfTests) -> None:
    case = play(office).decided_up_to("decision")
    clerk = office.officer("mines-north", Power.DECIDE_STEP)
    assert case.post(clerk, "decision", "decision", APPROVED).status_code == 403


def test_who_screened_does_not_decide(office: OfficeOfTests) -> None:
    case = play(office).decided_up_to("screening")
    both = case.officer("screening")
    case.approve("screening", both)
    case.decided_up_to("decision")
    done = case.post(both, "decision", "decision", APPROVED)
    assert (done.status_code, slug(done)) == (403, "answered-before")


def test_who_prepared_a_grant_does_not_decide_on_it_whatever_the_rulebook_says(
    office: OfficeOfTests,
) -> None:
    case = worked(office)
    assert "site-visit" not in case.plan.step("decision").incompatible_with
    visitor, today = case.officer("site-visit"), office.today().isoformat()
    case.post(visitor, "site-visit", "visit", {"visited_on": today, "findings": "seen"})
    told = {"told_on": today, "how": "read out", "people": 1, "languages": ["sw"]}
    case.post(visitor, "site-visit", "occupants-notice", told)
    case.approve("site-visit", visitor)
    case.decided_up_to("decision")
    done = case.post(visitor, "decision", "decision", APPROVED)
    assert (done.status_code, slug(done)) == (403, "answered-before")
    assert done.json()["steps"] == ["site-visit"]


def test_an_officer_with_a_declared_interest_takes_no_part(office: OfficeOfTests) -> None:
    case = play(office).decided_up_to("screening")
    party = office.sql("select party_id from application where id = %s", case.id)[0][0]
    who = case.officer("screening")
    declared = office.post(who, f"/parties/{party}/interests", {"kind": "relative"})
    assert declared.status_code == 201, declared.text
    done = case.post(who, "screening", "decision", APPROVED)
    assert (done.status_code, slug(done)) == (403, "takes-no-part")


def test_a_request_stops_the_clock_and_the_reply_reckons_the_due_instant_anew(
    office: OfficeOfTests,
) -> None:
    who = office.applicant()
    told = office.lodged(who)
    case = PlayedCase(office, UUID(told["application"]), told["code"]).decided_up_to("screening")
    before = case.step("screening")["due_at"]
    asked = {"reason": "paper-unclear", "question": "Which village?", "reply_days": 10}
    officer = case.officer("screening")
    done = case.post(officer, "screening", "request", asked)
    assert done.status_code == 200, done.text
    assert case.step("screening")["due_at"] is None
    case.go_on()
    assert case.state.steps["screening"].status.value == "stopped"
    again = case.post(officer, "screening", "request", asked)
    assert (again.status_code, slug(again)) == (409, "clock-already-stopped")
    assert case.post(office.applicant(), "screening", "reply", {"reply": "no"}).status_code == 404
    stopped = office.now()
    move_clock(office, stopped + timedelta(days=6))
    reply = case.post(who, "screening", "reply", {"reply": "Kisanga village"})
    assert reply.status_code == 200, reply.text
    case.go_on()
    after = case.step("screening")["due_at"]
    calendar: Calendar = office.desk.law.calendar(office.desk.law.country.newest, "mines-north")
    left_before = elapsed(stopped, before, calendar, Unit.WORKING_DAYS)
    left_after = elapsed(office.now(), after, calendar, Unit.WORKING_DAYS)
    assert abs(left_before - left_after) < timedelta(days=1)
    assert after > before
    assert case.fact("information.given")[4]["due_at"].startswith(after.isoformat()[:19])
    assert case.state.steps["screening"].due_at == after
    assert office.sql("select reply from information_request where application_id = %s", case.id)


def test_a_request_without_a_reply_lapses_and_the_clock_runs_on(office: OfficeOfTests) -> None:
    case = play(office).decided_up_to("screening")
    asked = {"reason": "other", "question": "Why?", "reply_days": 3}
    case.post(case.officer("screening"), "screening", "request", asked)
    case.go_on()
    due = office.sql(
        "select reply_due_at from information_request where application_id = %s", case.id
    )[0][0]
    move_clock(office, due + GRACE)
    case.go_on()
    assert case.fact("information.lapsed")[3] == due
    assert case.step("screening")["status"] == "open"
    assert case.state.steps["screening"].status.value == "open"


def test_a_step_goes_to_another_office_of_the_same_agency_only(office: OfficeOfTests) -> None:
    case = play(office).decided_up_to("screening")
    who = case.officer("screening")
    wrong = case.post(who, "screening", "handover", {"office": "lands-registry", "reason": "x"})
    assert (wrong.status_code, slug(wrong)) == (409, "office-not-of-agency")
    done = case.post(who, "screening", "handover", {"office": "mines-south", "reason": "leave"})
    assert done.status_code == 200, done.text
    case.go_on()
    assert case.state.steps["screening"].office == "mines-south"
    assert case.post(who, "screening", "decision", APPROVED).status_code == 403
    case.approve("screening")


def test_a_fee_is_paid_and_not_decided(office: OfficeOfTests) -> None:
    case = play(office, pays=False).go_on()
    who = office.officer("mines-north", Power.DECIDE_STEP, Power.APPROVE_GRANT)
    done = case.post(who, "application-fee", "decision", APPROVED)
    assert (done.status_code, slug(done)) == (409, "not-an-answer")


def test_a_refused_opinion_ends_the_case_where_the_law_says_so(office: OfficeOfTests) -> None:
    case = play(office).decided_up_to("screening")
    no = {"outcome": "refused", "reasons": "The papers are forged"}
    done = case.post(case.officer("screening"), "screening", "decision", no)
    assert done.status_code == 200, done.text
    case.go_on()
    assert case.state.closed == "refused"
    closed = case.fact("case.closed")[4]
    assert closed["notices"][0]["kind"] == "application-refused"
    assert "area.released" in case.facts()


def test_a_term_that_was_stored_reads_back(office: OfficeOfTests) -> None:
    case = play(office).decided_up_to("screening")
    with office.works.open(clockwork("licensing")) as work:
        step = work.session.get(Step, (case.id, "screening", 1))
        assert step is not None
        assert step.term().allowed == Duration(n=5, unit=Unit.WORKING_DAYS)
