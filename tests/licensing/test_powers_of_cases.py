"""Who may do what after lodgement: each act against nobody, applicants, and officers without it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from licensing_office import JPEG, OfficeOfTests
from played_case import PlayedCase, play

from kernel.authority import Power

HERE = Path(__file__).parent
ACTS = HERE.parents[1] / "services" / "licensing" / "acts"


@dataclass(frozen=True)
class At:
    """What the acts are tried on."""

    case: PlayedCase
    proposal: str
    entry: str


Ask = Callable[[OfficeOfTests, dict[str, str], At], Any]


def at_step(what: str, body: dict[str, Any]) -> Ask:
    return lambda office, who, at: at.case.post(who, "screening", what, body)


def scan(office: OfficeOfTests, who: dict[str, str], at: At) -> Any:
    path = f"/v1/applications/{at.case.code}/steps/screening/scan"
    return office.client.put(path, content=JPEG, headers={**who, "Content-Type": "image/jpeg"})


DAY = "2026-01-05"
NOBODY = "00000000-0000-7000-8000-000000000000"
PAPER = {"outcome": "approved", "signatory": "minister", "signed_on": DAY, "scan": "0" * 64}
TOLD = {"told_on": DAY, "how": "read out", "people": 1, "languages": ["sw"]}
PERSON = {"person": "staff:x", "office": "mines-north", "powers": ["read-cases"]}
WAYS: dict[str, tuple[Power, Ask]] = {
    "decide_step": (Power.DECIDE_STEP, at_step("decision", {"outcome": "approved"})),
    "request_information": (
        Power.RECORD_STEP,
        at_step("request", {"reason": "other", "question": "Why?"}),
    ),
    "record_visit": (
        Power.RECORD_STEP,
        at_step("visit", {"visited_on": DAY, "findings": "none"}),
    ),
    "notify_occupants": (Power.RECORD_STEP, at_step("occupants-notice", TOLD)),
    "hand_over_step": (
        Power.RECORD_STEP,
        at_step("handover", {"office": "mines-south", "reason": "leave"}),
    ),
    "keep_scan": (Power.RECORD_PAPER_DECISION, scan),
    "record_paper_decision": (Power.RECORD_PAPER_DECISION, at_step("paper-decision", PAPER)),
    "confirm_paper_decision": (
        Power.CONFIRM_PAPER_DECISION,
        at_step("paper-confirmation", {"paper": NOBODY}),
    ),
    "propose_appointment": (
        Power.PROPOSE_APPOINTMENT,
        lambda office, who, at: office.post(who, "/appointments", PERSON),
    ),
    "approve_appointment": (
        Power.APPROVE_APPOINTMENT,
        lambda office, who, at: office.post(who, f"/appointments/{at.proposal}/approval"),
    ),
    "end_appointment": (
        Power.PROPOSE_APPOINTMENT,
        lambda office, who, at: office.post(who, f"/appointments/{at.proposal}/end"),
    ),
    "propose_calendar_entry": (
        Power.PROPOSE_CALENDAR,
        lambda office, who, at: office.post(
            who, "/calendar", {"kind": "holiday", "reason": "x", "day": DAY}
        ),
    ),
    "approve_calendar_entry": (
        Power.APPROVE_CALENDAR,
        lambda office, who, at: office.post(who, f"/calendar/{at.entry}/approval"),
    ),
}
COUNTRYWIDE = {"propose_calendar_entry", "approve_calendar_entry"}
CLOCKWORK = {
    "open_step",
    "warn_step",
    "lapse_step",
    "lapse_request",
    "warn_paper",
    "lapse_paper",
    "begin_issuance",
    "reserve_licence_code",
    "issue_licence",
    "return_from_issuance",
    "make_certificate",
    "close_case",
    "record_fact",
    "record_refusal",
    "revive_case",
    "revive_appointment",
}
"""Acts that no route leads to: only the service's own worker carries them out."""

ELSEWHERE = {
    "give_information": "for the applicant: test_steps, a stranger gets 404",
    "seed_appointments": "for the operator: test_appointments, nobody else may",
}


@pytest.fixture(scope="module")
def at(office: OfficeOfTests) -> At:
    case = play(office).decided_up_to("screening")
    admin = office.officer("mines-north", Power.PROPOSE_APPOINTMENT)
    proposal = office.post(admin, "/appointments", PERSON).json()["id"]
    keeper = office.officer("mines-north", Power.PROPOSE_CALENDAR)
    entry = {"kind": "holiday", "reason": "x", "day": "2031-01-07"}
    return At(case, proposal, office.post(keeper, "/calendar", entry).json()["id"])


@pytest.mark.parametrize("act", WAYS)
def test_the_act_is_closed_to_everybody_without_its_power(
    office: OfficeOfTests, at: At, act: str
) -> None:
    power, ask = WAYS[act]
    others = [one for one in Power if one is not power]
    refused = {
        "nobody": ask(office, {}, at).status_code,
        "applicant": ask(office, office.applicant(), at).status_code,
        "officer": ask(office, office.officer("mines-north"), at).status_code,
        "other powers": ask(office, office.officer("mines-north", *others), at).status_code,
        "not in the token": ask(office, appointed_without_the_group(office, power), at).status_code,
    }
    if act not in COUNTRYWIDE:
        away = office.officer("mines-east", power)
        refused["another office"] = ask(office, away, at).status_code
    assert refused.pop("nobody") == 401
    assert set(refused.values()) == {403}, refused


def appointed_without_the_group(office: OfficeOfTests, power: Power) -> dict[str, str]:
    """An appointment that the token's groups do not bear out counts for nothing."""
    sub = f"no-group-{power.value}"
    office.appoint(f"staff:{sub}", "mines-north", power)
    return office.officer("mines-south", sub=sub)


@pytest.mark.parametrize("act", WAYS)
def test_the_act_is_open_to_who_holds_its_power(office: OfficeOfTests, at: At, act: str) -> None:
    """Open, though the law may still have something against this very case."""
    power, ask = WAYS[act]
    answer = ask(office, office.officer("mines-north", power), at)
    assert answer.status_code not in (401, 403, 404, 422), answer.text


def test_no_route_leads_to_an_act_of_the_clockwork() -> None:
    routes = "".join(path.read_text() for path in (ACTS.parent / "routes").glob("*.py"))
    assert [act for act in sorted(CLOCKWORK) if f"acts.{act} " in routes] == []


def test_every_act_stands_in_one_of_the_two_tables() -> None:
    there = {path.stem for path in ACTS.glob("*.py")} - {"__init__"}
    ours = WAYS.keys() | CLOCKWORK | ELSEWHERE.keys()
    lodging = (HERE / "test_powers_of_lodging.py").read_text()
    assert {act for act in there - ours if f'"{act}"' not in lodging} == set()
    assert ours <= there
