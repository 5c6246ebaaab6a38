"""Routes: who may see what was told to whom, and stop which number."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from post_office import PostOffice

from chassis.powers import powers_of
from contracts.calling import Calling
from contracts.messages.client import Messages
from contracts.messages.wire import LanguageChosen
from contracts.procedures import AppointmentCopy
from kernel.authority import NOBODY, Actor, Power, Realm, clockwork
from kernel.events import ActorKind
from kernel.problems import NotAllowed, NotFound, Problem
from services.messages.acts.block_subscriber import block_subscriber
from services.messages.acts.record_read import record_read
from services.messages.acts.release_number import release_number
from tests.served import eventually

WHO = {
    ("GET", "/v1/notices"): "anybody-signed-in",
    ("GET", "/v1/offices/{office}/notices"): "staff",
    ("POST", "/v1/notices/{notice}/reading"): "anybody-signed-in",
    ("POST", "/v1/delivery/reports/{provider}"): "public",
    ("GET", "/v1/subscribers/me"): "applicant",
    ("PUT", "/v1/subscribers/me"): "applicant",
    ("POST", "/v1/subscribers/{subscriber}/block"): "staff",
    ("POST", "/v1/subscribers/{subscriber}/release"): "staff",
    ("GET", "/phone/authorize"): "public",
    ("POST", "/phone/number"): "public",
    ("POST", "/phone/again"): "public",
    ("POST", "/phone/code"): "public",
    ("POST", "/phone/token"): "public",
    ("GET", "/phone/jwks"): "public",
    ("GET", "/phone/.well-known/openid-configuration"): "public",
}
REASON = {"reason": "The telephone was lost"}


def told_office(office: PostOffice, to: str = "mines-north", case: Any = None) -> Any:
    params = {"code": "AMP-2026-000123-X", "reason": "The ground is taken"}
    return office.hand_over(f"office:{to}", "office-issuance-returned", case=case, params=params)


def listed(office: PostOffice, who: dict[str, str], **asked: Any) -> list[str]:
    answer = office.http.get("/v1/notices", headers=who, params=asked)
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["notices"]]


def keyed(who: dict[str, str], key: str | None = None) -> dict[str, str]:
    return who | {"Idempotency-Key": key or str(uuid4())}


def test_the_powers_table_says_who_may_ask(office: PostOffice) -> None:
    own = {
        (row.method, row.path): row.rule.caller.value
        for row in powers_of(office.app)
        if not row.path.startswith(("/v1/log", "/healthz", "/readyz", "/metrics"))
    }
    assert own == WHO


@pytest.mark.parametrize(("method", "path"), [one for one, who in WHO.items() if who != "public"])
def test_nobody_asks_without_having_signed_in(office: PostOffice, method: str, path: str) -> None:
    made = path.replace("{notice}", str(uuid4())).replace("{subscriber}", str(uuid4()))
    body = REASON if "block" in path or "release" in path else {"language": "sw"}
    answer = office.http.request(
        method, made, json=None if method == "GET" else body, headers=keyed({})
    )
    assert answer.status_code == 401, answer.text


def test_everybody_reads_what_oneself_was_told(office: PostOffice) -> None:
    mine, other = office.subscriber(language="fr"), office.subscriber()
    case = uuid4()
    notice = office.hand_over(f"public:{mine[0]}", case=case)
    office.send()
    eventually(lambda: office.delivered(notice), "no report of the text came")
    answer = office.http.get("/v1/notices", headers=office.as_person(mine[0])).json()
    (shown,) = answer["notices"]
    assert (shown["id"], shown["case"], shown["language"]) == (str(notice), str(case), "fr")
    assert shown["text"].startswith("AMP-2026-000123-X: paiement")
    assert shown["delivered_at"] is not None
    assert mine[1] not in str(answer)
    assert listed(office, office.as_person(other[0])) == []
    assert listed(office, office.as_person(other[0]), case=str(case)) == []


def test_sign_in_codes_are_shown_to_nobody(office: PostOffice) -> None:
    _, number = office.subscriber()
    subject = office.keycloak().sign_in(number)["sub"]
    assert listed(office, office.as_person(subject)) == []


def test_officers_see_a_case_their_office_was_told_of(office: PostOffice) -> None:
    sub, _ = office.subscriber()
    case = uuid4()
    to_miner = office.hand_over(f"public:{sub}", case=case)
    to_office = told_office(office, case=case)
    north = office.officer(Power.READ_CASES)
    assert set(listed(office, north, case=str(case))) == {str(to_miner), str(to_office)}
    assert str(to_office) in listed(office, north)
    assert str(to_miner) not in listed(office, north)
    south = office.officer(Power.READ_CASES, office="mines-south")
    powerless = office.officer()
    for stranger in (south, powerless):
        answer = office.http.get("/v1/notices", headers=stranger, params={"case": str(case)})
        assert answer.status_code == 403
    auditor = office.officer(Power.AUDIT, office="mines-south")
    assert len(listed(office, auditor, case=str(case))) == 2


def test_an_offices_post_is_for_its_officers(office: PostOffice) -> None:
    notice = told_office(office, "mines-east")
    path = "/v1/offices/mines-east/notices"
    east = office.officer(Power.DECIDE_STEP, office="mines-east")
    found = office.http.get(path, headers=east).json()["notices"]
    assert found[0]["id"] == str(notice)
    assert found[0]["subject"] == "AMP-2026-000123-X: the licence could not be issued"
    north = office.officer(Power.DECIDE_STEP)
    assert office.http.get(path, headers=north).status_code == 403
    assert office.http.get(path, headers=office.officer()).status_code == 403
    miner = office.as_person(office.subscriber()[0])
    assert office.http.get(path, headers=miner).status_code == 403


def test_pages_go_on_where_the_last_one_ended(office: PostOffice) -> None:
    sub, _ = office.subscriber()
    made = [str(office.hand_over(f"public:{sub}", notice=_ordered(n))) for n in range(5)]
    who, seen, after = office.as_person(sub), [], None
    for _ in range(3):
        asked = {"limit": 2} | ({"after": after} if after else {})
        page = office.http.get("/v1/notices", headers=who, params=asked).json()
        seen += [one["id"] for one in page["notices"]]
        after = page["next"]
    assert (seen, after) == (made[::-1], None)
    for odd in ("WzFd", "WyJ4Il0", "e30"):
        refused = office.http.get("/v1/notices", headers=who, params={"after": odd})
        assert refused.status_code == 422


def _ordered(number: int) -> Any:
    made = uuid4()
    return type(made)(int=(number << 96) | (made.int & (1 << 96) - 1))


def test_only_the_reader_confirms_a_reading(office: PostOffice) -> None:
    mine, other = office.subscriber(), office.subscriber()
    notice = office.hand_over(f"public:{mine[0]}")
    path = f"/v1/notices/{notice}/reading"
    assert office.http.post(path, headers=keyed(office.as_person(other[0]))).status_code == 404
    assert office.http.post(path, headers=keyed(office.officer(Power.AUDIT))).status_code == 403
    who = keyed(office.as_person(mine[0]))
    first = office.http.post(path, headers=who)
    assert first.json()["read_at"] is not None
    assert office.http.post(path, headers=who).content == first.content
    later = office.http.post(path, headers=keyed(office.as_person(mine[0])))
    assert later.json()["read_at"] == first.json()["read_at"]
    of_office = told_office(office)
    path = f"/v1/notices/{of_office}/reading"
    assert (
        office.http.post(path, headers=keyed(office.officer(Power.READ_CASES))).status_code == 200
    )
    unknown = f"/v1/notices/{uuid4()}/reading"
    assert office.http.post(unknown, headers=keyed(office.as_person(mine[0]))).status_code == 404


def test_a_subscriber_chooses_a_language(office: PostOffice) -> None:
    sub, number = office.subscriber()
    calling = Calling(office.http, lambda: office.issuer.token("public", sub))
    messages = Messages(calling)
    assert messages.me().phone_ends == number[-3:]
    assert messages.choose_language(LanguageChosen(language="ar")).language == "ar"
    assert messages.me().language == "ar"
    with pytest.raises(Problem) as refusal:
        messages.choose_language(LanguageChosen(language="xx"))
    assert (refusal.value.status, refusal.value.slug()) == (422, "language-not-spoken")
    assert (
        office.http.get("/v1/subscribers/me", headers=office.as_person(str(uuid4()))).status_code
        == 404
    )
    assert office.http.get("/v1/subscribers/me", headers=office.officer()).status_code == 403


@pytest.mark.parametrize("what", ["block", "release"])
def test_a_number_is_stopped_by_an_officer_who_may(office: PostOffice, what: str) -> None:
    sub, _ = office.subscriber()
    path = f"/v1/subscribers/{sub}/{what}"
    may_not = (office.officer(Power.DECIDE_STEP), office.officer(), office.as_person(sub))
    for who in may_not:
        assert office.http.post(path, json=REASON, headers=keyed(who)).status_code == 403
    unsure = office.officer(Power.ASSIST_AT_COUNTER, acr="1")
    answer = office.http.post(path, json=REASON, headers=keyed(unsure))
    assert answer.json()["type"].endswith("step-up-needed")
    may = office.officer(Power.ASSIST_AT_COUNTER)
    done = office.http.post(path, json=REASON, headers=keyed(may))
    assert done.status_code == 200, done.text
    assert done.json()["blocked_at" if what == "block" else "released_at"] is not None
    unknown = f"/v1/subscribers/{uuid4()}/{what}"
    assert office.http.post(unknown, json=REASON, headers=keyed(may)).status_code == 404


@pytest.mark.parametrize(
    ("what", "kind", "words"),
    [
        ("block", "number-blocked", "blocked this phone number"),
        ("release", "number-released", "took this phone number off its holder"),
    ],
)
def test_whoever_has_a_number_is_told_once_that_it_was_stopped(
    office: PostOffice, what: str, kind: str, words: str
) -> None:
    sub, number = office.subscriber()
    for _ in range(2):
        may = keyed(office.officer(Power.ASSIST_AT_COUNTER))
        path = f"/v1/subscribers/{sub}/{what}"
        assert office.http.post(path, json=REASON, headers=may).status_code == 200
    office.send()
    texts = office.telecom.phone(number)
    assert len(texts) == 1
    assert words in str(texts[0])
    found = office.sql("select kind, failed from notice where addressee = %s", f"public:{sub}")
    assert found == [(kind, None)]
    who = "select person, payload from journal where case_id = %s"
    by, payload = office.sql(who, UUID(sub))[0]
    assert by.startswith("staff:o-")
    assert payload == REASON


@pytest.mark.parametrize("act", [block_subscriber, release_number])
def test_acts_that_stop_a_number_ask_for_the_power_themselves(office: PostOffice, act: Any) -> None:
    sub, _ = office.subscriber()
    for actor in (NOBODY, clockwork("messages"), Actor(ActorKind.OFFICER, "staff:o", Realm.STAFF)):
        with pytest.raises(NotAllowed):
            office.works.run(actor, lambda work: act(work, office.desk, UUID(sub), "Lost"))
    stopped = "select blocked_at, released_at from subscriber where id = %s"
    assert office.sql(stopped, UUID(sub)) == [(None, None)]


def test_the_clockwork_reads_nobodys_post(office: PostOffice) -> None:
    notice = office.hand_over(f"public:{office.subscriber()[0]}")
    with pytest.raises(NotFound):
        office.works.run(clockwork("messages"), lambda work: record_read(work, notice))


def test_an_appointment_is_copied_and_an_older_one_changes_nothing(office: PostOffice) -> None:
    sub, appointed = f"o-{uuid4().hex[:8]}", uuid4()
    told = {
        "id": appointed,
        "person": f"staff:{sub}",
        "agency": "mines",
        "office": "mines-north",
        "since": datetime(2020, 1, 1, tzinfo=UTC),
    }

    def copy(version: int, *powers: str) -> None:
        office.telling.copy_appointment(
            AppointmentCopy(
                key=f"{appointed}:{version}", version=version, powers=list(powers), **told
            )
        )

    claims = {"groups": ["/agencies/mines/mines-north"]}
    who = {"Authorization": f"Bearer {office.issuer.token('staff', sub, **claims)}"}
    path = "/v1/offices/mines-north/notices"
    assert office.http.get(path, headers=who).status_code == 403
    copy(2, "read-cases")
    assert office.http.get(path, headers=who).status_code == 200
    copy(1)
    assert office.http.get(path, headers=who).status_code == 200
    copy(3)
    assert office.http.get(path, headers=who).status_code == 403


def test_the_api_describes_itself(office: PostOffice) -> None:
    document = office.http.get("/openapi.json").json()
    assert document["paths"]["/v1/notices"]["get"]["x-powers"]["who"] == "anybody-signed-in"
