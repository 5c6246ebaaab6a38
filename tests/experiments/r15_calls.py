"""A call that works for every creating POST, made anew each time: its path, body and callers."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

from kernel.authority import Power
from tests.experiments.r15_call import Call, Make
from tests.experiments.r15_doors import Doors, PlayedCase
from tests.experiments.r15_ground import consent, zone, zoned

WORDS = "a word"


def person(name: str) -> dict[str, Any]:
    card = {"kind": "national-card", "number": uuid4().hex[:8]}
    return {"kind": "person", "name": name, "sex": "female", "birth_year": 1980, "evidence": [card]}


def party(d: Doors) -> Call:
    one, two = d.office.applicant(), d.office.applicant()
    return Call("/parties", one, two, person("One"), person("Two"))


def evidence(d: Doors) -> Call:
    who = d.office.applicant()
    path = f"/parties/{d.office.cooperative(who, members=0)}/evidence"
    body = {"kind": "two-witnesses", "number": "A. Odeh and B. Tolu"}
    return Call(path, who, d.office.applicant(), body, body | {"number": "C. Mbira and D. Sow"})


def member(d: Doors) -> Call:
    who = d.office.applicant()
    path = f"/parties/{d.office.cooperative(who, members=0)}/members"
    body = {"new": person("One")}
    return Call(path, who, d.office.applicant(), body, {"new": person("Two")})


def member_end(d: Doors) -> Call:
    who = d.office.applicant()
    group = d.office.cooperative(who, members=1)
    membership = d.office.get(who, f"/parties/{group}").json()["members"][0]["id"]
    today = d.office.now().date()
    path = f"/parties/{group}/members/{membership}/end"
    body, other = ({"until": (today - timedelta(days=n)).isoformat()} for n in (0, 1))
    return Call(path, who, d.office.applicant(), body, other)


def interest(d: Doors) -> Call:
    who = d.office.applicant()
    path = f"/parties/{d.office.cooperative(who, members=0)}/interests"
    body = {"kind": "lender", "person": "staff:lender"}
    return Call(path, who, d.office.applicant(), body, body | {"kind": "relative"})


def draft(d: Doors) -> Call:
    who = d.office.applicant()
    body = {
        "licence_type": "artisanal-permit", "party": d.office.cooperative(who, members=0),
        "minerals": ["gold"],
    }
    return Call("/applications", who, d.office.applicant(), body, body | {"minerals": ["sand"]})


def lodgement(d: Doors) -> Call:
    who = d.office.applicant()
    path = f"/applications/{d.office.ready(who)}/lodgement"
    body, other = {"ground": d.office.statement()}, {"ground": d.office.statement()}
    return Call(path, who, d.office.applicant(), body, other)


def delivery(d: Doors) -> Call:
    who = d.office.applicant()
    case = d.office.lodged(who)["application"]
    for n in (1, 2):
        assert d.office.put_paper(who, case, "site-photograph", n).status_code == 200
    path = f"/applications/{case}/papers/site-photograph/delivery"
    return Call(path, who, d.office.applicant(), {"pages": [1]}, {"pages": [1, 2]})


def withdrawal(d: Doors) -> Call:
    who = d.office.applicant()
    path = f"/applications/{d.office.lodged(who)['application']}/withdrawal"
    return Call(path, who, d.office.applicant(), {"reason": WORDS}, {"reason": "another"})


def at_step(
    case: PlayedCase, step: str, what: str, body: Any, other: Any, *powers: Power
) -> Call:
    """A call on a step by an officer of its office; a colleague with the same powers is next."""
    who, colleague = (case.officer(step, Power.READ_CASES, *powers) for _ in range(2))
    path = f"/applications/{case.code}/steps/{step}/{what}"
    seen = {"If-Match": f'"{case.step(step)["version"]}"'}
    return Call(path, who, colleague, body, other, seen)


def decision(d: Doors) -> Call:
    body, other = {"outcome": "approved"}, {"outcome": "refused", "reasons": WORDS}
    return at_step(d.case("screening"), "screening", "decision", body, other, Power.DECIDE_STEP)


QUESTION: Final = {"reason": "paper-unclear", "question": "Which of them?"}


def request(d: Doors) -> Call:
    other = QUESTION | {"question": "Where?"}
    case = d.case("screening")
    return at_step(case, "screening", "request", QUESTION, other, Power.RECORD_STEP)


def reply(d: Doors) -> Call:
    who = d.office.applicant()
    told = d.office.lodged(who)
    case = PlayedCase(d.office, told["application"], told["code"]).decided_up_to("screening")
    clerk = case.officer("screening", Power.RECORD_STEP, Power.READ_CASES)
    assert case.post(clerk, "screening", "request", QUESTION).status_code == 200
    path = f"/applications/{case.code}/steps/screening/reply"
    seen = {"If-Match": f'"{case.step("screening")["version"]}"'}
    return Call(path, who, d.office.applicant(), {"reply": "This"}, {"reply": "That"}, seen)


def visit(d: Doors) -> Call:
    body = {"visited_on": d.office.today().isoformat(), "findings": WORDS, "people": 3}
    case = d.case("screening")
    return at_step(case, "screening", "visit", body, body | {"people": 4}, Power.RECORD_STEP)


def occupants(d: Doors) -> Call:
    body = {
        "told_on": d.office.today().isoformat(), "how": WORDS, "people": 3,
        "languages": ["sw"],
    }
    other = body | {"people": 4}
    case = d.case("screening")
    return at_step(case, "screening", "occupants-notice", body, other, Power.RECORD_STEP)


def handover(d: Doors) -> Call:
    body = {"office": "mines-south", "reason": WORDS}
    other = body | {"office": "mines-east"}
    case = d.case("screening")
    return at_step(case, "screening", "handover", body, other, Power.RECORD_STEP)


PAPER: Final = (Power.RECORD_PAPER_DECISION, Power.CONFIRM_PAPER_DECISION)


def paper(d: Doors) -> Call:
    case = d.case("decision")
    call = at_step(case, "decision", "paper-decision", {}, {}, *PAPER)
    path = f"/v1/applications/{case.code}/steps/decision/scan"
    headers = {**call.who, "Content-Type": "image/jpeg"}
    put = d.office.client.put(path, content=b"\xff\xd8\xff\xe0" + bytes(64), headers=headers)
    assert put.status_code == 200, put.text
    body = {
        "outcome": "approved", "signatory": "regional-director", "scan": put.json()["scan"],
        "signed_on": d.office.today().isoformat(),
    }
    other = body | {"outcome": "refused", "reasons": WORDS}
    return Call(call.path, call.who, call.stranger, body, other, call.headers)


def confirmation(d: Doors) -> Call:
    call = paper(d)
    made = d.office.post(call.who, call.path, call.body, **call.headers).json()
    seen = {"If-Match": f'"{made["step"]["version"]}"'}
    path = call.path.replace("paper-decision", "paper-confirmation")
    body = {"paper": made["paper"]["id"]}
    return Call(path, call.stranger, call.who, body, body | {"confirmed": False}, seen)


APPOINTING: Final = (Power.PROPOSE_APPOINTMENT, Power.APPROVE_APPOINTMENT)


def appointment(d: Doors) -> Call:
    one, two = (d.office.officer("mines-north", *APPOINTING) for _ in range(2))
    body = {"person": f"staff:{uuid4().hex}", "office": "mines-north", "powers": ["read-cases"]}
    return Call("/appointments", one, two, body, body | {"powers": ["record-step"]})


def appointed(d: Doors) -> Call:
    call = appointment(d)
    made = d.office.post(call.who, call.path, call.body).json()
    return Call(f"/appointments/{made['id']}/approval", call.stranger, call.who)


def unappointed(d: Doors) -> Call:
    call = appointed(d)
    assert d.office.post(call.who, call.path).status_code == 200
    return Call(call.path.replace("approval", "end"), call.who, call.stranger)


CALENDAR: Final = (Power.PROPOSE_CALENDAR, Power.APPROVE_CALENDAR)


def calendar(d: Doors) -> Call:
    one, two = (d.office.officer("mines-north", *CALENDAR) for _ in range(2))
    day = d.office.now().date() + timedelta(days=d.chance.randrange(900, 3000))
    body = {"kind": "holiday", "reason": WORDS, "office": "mines-north", "day": day.isoformat()}
    return Call("/calendar", one, two, body, body | {"reason": "another"})


def calendared(d: Doors) -> Call:
    call = calendar(d)
    made = d.office.post(call.who, call.path, call.body)
    assert made.status_code == 201, made.text
    return Call(f"/calendar/{made.json()['id']}/approval", call.stranger, call.who)


def payment(d: Doors) -> Call:
    door, phone = d.by_name["payments"], d.chance.randrange(10**8)
    path = f"/invoices/{d.invoice()}/payments"
    pays, other = ({"msisdn": f"+2557{n:08d}"} for n in (phone, (phone + 1) % 10**8))
    return Call(path, door.miner("p1"), door.miner(), pays, other)


def reading(d: Doors) -> Call:
    door, sub = d.by_name["messages"], str(uuid4())
    return Call(f"/notices/{d.notice(f'public:{sub}')}/reading", door.miner(sub), door.miner())


def stopped(what: str) -> Make:
    def make(d: Doors) -> Call:
        door = d.by_name["messages"]
        one, two = (door.officer(Power.ASSIST_AT_COUNTER) for _ in range(2))
        path = f"/subscribers/{d.subscriber()}/{what}"
        return Call(path, one, two, {"reason": "lost"}, {"reason": "misused"})

    return make


CASES: Final = "licensing /v1/applications/{ref}"
CALLS: Final[Mapping[str, Make]] = {
    "licensing /v1/parties": party,
    "licensing /v1/parties/{party}/evidence": evidence,
    "licensing /v1/parties/{party}/members": member,
    "licensing /v1/parties/{party}/members/{membership}/end": member_end,
    "licensing /v1/parties/{party}/interests": interest,
    "licensing /v1/applications": draft,
    f"{CASES}/lodgement": lodgement,
    f"{CASES}/papers/{{kind}}/delivery": delivery,
    f"{CASES}/withdrawal": withdrawal,
    f"{CASES}/steps/{{step}}/decision": decision,
    f"{CASES}/steps/{{step}}/request": request,
    f"{CASES}/steps/{{step}}/reply": reply,
    f"{CASES}/steps/{{step}}/visit": visit,
    f"{CASES}/steps/{{step}}/occupants-notice": occupants,
    f"{CASES}/steps/{{step}}/handover": handover,
    f"{CASES}/steps/{{step}}/paper-decision": paper,
    f"{CASES}/steps/{{step}}/paper-confirmation": confirmation,
    "licensing /v1/appointments": appointment,
    "licensing /v1/appointments/{appointment}/approval": appointed,
    "licensing /v1/appointments/{appointment}/end": unappointed,
    "licensing /v1/calendar": calendar,
    "licensing /v1/calendar/{entry}/approval": calendared,
    "cadastre /v1/application-areas/{application_id}/consents": consent,
    "cadastre /v1/zones": zone,
    "cadastre /v1/zones/{name}/approval": zoned,
    "payments /v1/invoices/{ref}/payments": payment,
    "messages /v1/notices/{notice}/reading": reading,
    "messages /v1/subscribers/{subscriber}/block": stopped("block"),
    "messages /v1/subscribers/{subscriber}/release": stopped("release"),
}
