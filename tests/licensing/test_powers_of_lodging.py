"""Who may do what up to lodgement: each act against nobody, strangers, powerless officers."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from licensing_office import JPEG, OfficeOfTests

from kernel.authority import Power

ROOT = Path(__file__).parents[2]
ACTS = ROOT / "services" / "licensing" / "acts"
CSV = b"name,sex,born\nAmara Tolu,F,1979\n"
PERSON = {"kind": "person", "name": "Amara Tolu"}
Ask = Callable[[OfficeOfTests, dict[str, str], dict[str, str]], Any]


def put(office: OfficeOfTests, who: dict[str, str], path: str, content: bytes, kind: str) -> Any:
    return office.client.put(f"/v1{path}", content=content, headers={**who, "Content-Type": kind})


WAYS: dict[str, Ask] = {
    "add_evidence": lambda o, who, at: o.post(
        who, f"/parties/{at['party']}/evidence", {"kind": "two-witnesses", "number": "A and B"}
    ),
    "enrol_member": lambda o, who, at: o.post(
        who, f"/parties/{at['party']}/members", {"new": PERSON}
    ),
    "import_members": lambda o, who, at: put(
        o, who, f"/parties/{at['party']}/members/list", CSV, "text/csv"
    ),
    "end_membership": lambda o, who, at: o.post(
        who,
        f"/parties/{at['party']}/members/{at['membership']}/end",
        {"until": o.desk.law.today(o.now()).isoformat()},
    ),
    "begin_draft": lambda o, who, at: o.post(
        who, "/applications", {"licence_type": "artisanal-permit", "party": at["party"]}
    ),
    "edit_draft": lambda o, who, at: o.client.put(
        f"/v1/applications/{at['draft']}",
        json={"minerals": ["gold"]},
        headers={**who, "If-Match": '"1"'},
    ),
    "add_document": lambda o, who, at: put(
        o, who, f"/applications/{at['draft']}/documents/site-photograph/1", JPEG, "image/jpeg"
    ),
    "remove_document": lambda o, who, at: o.client.delete(
        f"/v1/applications/{at['draft']}/documents/identity/1", headers=who
    ),
    "lodge_application": lambda o, who, at: o.lodge(who, at["ready"]),
    "deliver_paper": lambda o, who, at: o.post(
        who, f"/applications/{at['case']}/papers/site-photograph/delivery", {"pages": [1]}
    ),
    "withdraw_application": lambda o, who, at: o.post(
        who, f"/applications/{at['case']}/withdrawal", {"reason": "Moved away"}
    ),
}
ELSEWHERE = {
    "register_party": "anybody for themselves; test_parties: only the counter for others",
    "declare_interest": "test_interests: who may declare whose, and whose counts",
    "confirm_receipt": "no route: the clockwork only, test_conditional_place",
    "lock_tracking": "no route of its own: follows five wrong PINs, test_tracking",
}
UP_TO_LODGEMENT = WAYS.keys() | ELSEWHERE.keys()


@pytest.fixture(scope="module")
def at(office: OfficeOfTests) -> dict[str, str]:
    """One applicant's things in every state."""
    who = office.applicant("their-owner")
    party = office.cooperative(who)
    members = office.get(who, f"/parties/{party}").json()["members"]
    case = office.ready(who, party=party)
    assert office.lodge(who, case).status_code == 201
    office.put_paper(who, case, "site-photograph")
    return {
        "party": party,
        "membership": members[0]["id"],
        "draft": office.ready(who, party=party),
        "ready": office.ready(who, party=party),
        "case": case,
    }


@pytest.mark.parametrize("act", WAYS)
def test_the_act_is_closed_to_nobody_strangers_and_powerless_officers(
    office: OfficeOfTests, at: dict[str, str], act: str
) -> None:
    every_other = [p for p in Power if p is not Power.ASSIST_AT_COUNTER]
    ask = WAYS[act]
    answers = {
        "nobody": ask(office, {}, at).status_code,
        "stranger": ask(office, office.applicant(), at).status_code,
        "officer": ask(office, office.officer("mines-north"), at).status_code,
        "other powers": ask(office, office.officer("mines-north", *every_other), at).status_code,
        "counter elsewhere in the token": ask(
            office, _appointed_without_the_group(office), at
        ).status_code,
        "counter they never came to": ask(
            office, office.officer("mines-north", Power.ASSIST_AT_COUNTER), at
        ).status_code,
    }
    assert answers == {
        "nobody": 401,
        "stranger": 404,
        "officer": 403,
        "other powers": 403,
        "counter elsewhere in the token": 403,
        "counter they never came to": 403,
    }


def _appointed_without_the_group(office: OfficeOfTests) -> dict[str, str]:
    """An appointment that the token's groups do not bear out counts for nothing."""
    office.appoint("staff:no-group", "mines-north", Power.ASSIST_AT_COUNTER)
    return office.officer("mines-south", sub="no-group")


@pytest.mark.parametrize("act", WAYS)
def test_the_act_is_open_to_whose_things_they_are(
    office: OfficeOfTests, at: dict[str, str], act: str
) -> None:
    answer = WAYS[act](office, office.applicant("their-owner"), at)
    assert answer.status_code < 300, answer.text


def test_an_ended_appointment_gives_no_power(office: OfficeOfTests, at: dict[str, str]) -> None:
    clerk = office.officer("mines-north", Power.ASSIST_AT_COUNTER, sub="was-here")
    at = at | {"party": office.post(clerk, "/parties", PERSON).json()["id"]}
    assert WAYS["begin_draft"](office, clerk, at).status_code == 201
    office.sql("update appointment set until = %s where person = 'staff:was-here'", office.now())
    assert WAYS["begin_draft"](office, clerk, at).status_code == 403


def test_a_role_in_the_token_is_not_enough(office: OfficeOfTests, at: dict[str, str]) -> None:
    roles = {"realm_access": {"roles": ["officer", "decider", "administrator"]}}
    clerk = office.officer("mines-north", **roles)
    assert WAYS["withdraw_application"](office, clerk, at).status_code == 403


def test_every_act_up_to_lodgement_stands_in_this_table() -> None:
    there = {path.stem for path in ACTS.glob("*.py")} - {"__init__"}
    assert there >= UP_TO_LODGEMENT
