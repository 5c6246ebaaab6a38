import base64
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from chassis.clock import machine_now
from chassis.tokens import Issuer, IssuerKeys, Tokens
from chassis.who import StepUpNeeded, must_be_fresh
from kernel.authority import Realm
from kernel.problems import NotSignedIn, TryLater


class Hand:
    """A clock in the hand."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return machine_now() + self.ahead


@pytest.fixture
def clock() -> Hand:
    return Hand()


@pytest.fixture
def tokens(issuer: Any, clock: Hand, tmp_path: Path) -> Tokens:
    def one(realm: Realm, azp: str) -> Issuer:
        keys = IssuerKeys(issuer.url, tmp_path / f"{realm.value}.json", clock)
        return Issuer(realm, f"{issuer.url}/{realm.value}", frozenset({azp}), keys)

    pair = [one(Realm.STAFF, "portal"), one(Realm.PUBLIC, "portal-public")]
    return Tokens("messages", pair, clock)


def unsigned(header: dict[str, Any], claims: dict[str, Any], signature: str = "") -> str:
    parts = [base64.urlsafe_b64encode(json.dumps(p).encode()) for p in (header, claims)]
    return ".".join(part.decode().rstrip("=") for part in parts) + f".{signature}"


def test_a_good_token_names_the_person_and_what_the_realm_says(issuer: Any, tokens: Tokens) -> None:
    signed = issuer.token(
        "staff",
        "o1",
        realm_access={"roles": ["officer"]},
        groups=["/agencies/first/first-north"],
        jti="j",
    )
    actor = tokens.actor(signed)
    assert (actor.person, actor.realm, actor.acr) == ("staff:o1", Realm.STAFF, "2")
    assert actor.roles == {"officer"}
    assert actor.office_ids() == {"first-north"}


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": ["another"]},
        {"aud": None},
        {"azp": "portal-public"},
        {"azp": None},
        {"exp": int(time.time()) - 1},
        {"exp": None},
        {"exp": "soon"},
        {"exp": True},
        {"nbf": int(time.time()) + 600},
        {"iat": int(time.time()) + 600},
        {"iss": "https://elsewhere.example/staff"},
        {"sub": ""},
        {"sub": None},
        {"sub": "a\x00b"},
        {"typ": "ID"},
        {"typ": "Refresh"},
    ],
)
def test_a_token_with_a_wrong_claim_is_refused(
    issuer: Any, tokens: Tokens, claims: dict[str, Any]
) -> None:
    tokens.actor(issuer.token("staff", "o1"))
    with pytest.raises(NotSignedIn):
        tokens.actor(issuer.token("staff", **{"sub": "o1", **claims}))


def test_a_public_token_does_not_become_staff_by_naming_the_staff_client(
    issuer: Any, tokens: Tokens
) -> None:
    with pytest.raises(NotSignedIn, match="another client"):
        tokens.actor(issuer.token("public", "p1", azp="portal"))


def test_a_token_without_signature_is_refused(issuer: Any, tokens: Tokens) -> None:
    claims = issuer.claims("staff", "o1")
    for algorithm in ("none", "None", "ES256"):
        with pytest.raises(NotSignedIn):
            tokens.actor(unsigned({"alg": algorithm, "kid": "first"}, claims))


def test_the_public_key_is_not_taken_for_a_shared_secret(issuer: Any, tokens: Tokens) -> None:
    public = issuer.keys["first"].as_pem(private=False)
    claims = issuer.claims("staff", "o1")
    header = base64.urlsafe_b64encode(b'{"alg":"HS256","kid":"first"}').rstrip(b"=")
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=")
    import hashlib
    import hmac

    mac = hmac.new(public, header + b"." + body, hashlib.sha256).digest()
    forged = b".".join([header, body, base64.urlsafe_b64encode(mac).rstrip(b"=")]).decode()
    with pytest.raises(NotSignedIn):
        tokens.actor(forged)
    secret = OctKey.import_key("0" * 32)
    with pytest.raises(NotSignedIn):
        tokens.actor(jwt.encode({"alg": "HS256", "kid": "first"}, claims, secret))


def test_an_rsa_signature_is_refused_even_by_the_issuers_own_key(
    issuer: Any, tokens: Tokens
) -> None:
    rsa = RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig"})
    issuer.keys["rsa"] = rsa
    with pytest.raises(NotSignedIn):
        tokens.actor(jwt.encode({"alg": "RS256", "kid": "rsa"}, issuer.claims("staff", "o1"), rsa))


def test_a_token_of_another_key_with_a_known_name_is_refused(issuer: Any, tokens: Tokens) -> None:
    tokens.actor(issuer.token("staff", "o1"))
    issuer.rotate("first")  # the issuer still has this name, the key is another one
    with pytest.raises(NotSignedIn):
        tokens.actor(issuer.token("staff", "o1"))


def test_an_unknown_key_is_asked_for_once_and_then_known(
    issuer: Any, tokens: Tokens, clock: Hand
) -> None:
    tokens.actor(issuer.token("staff", "o1"))
    issuer.rotate("second")
    clock.ahead = timedelta(seconds=6)
    asked = issuer.asked
    for _ in range(3):
        assert tokens.actor(issuer.token("staff", "o1", kid="second")).person == "staff:o1"
    assert issuer.asked == asked + 1


def test_made_up_key_names_do_not_turn_into_questions(
    issuer: Any, tokens: Tokens, clock: Hand
) -> None:
    tokens.actor(issuer.token("staff", "o1"))
    asked = issuer.asked
    good = issuer.token("staff", "o1").split(".")
    for n in range(20):
        header = base64.urlsafe_b64encode(json.dumps({"alg": "ES256", "kid": f"k{n}"}).encode())
        with pytest.raises(NotSignedIn):
            tokens.actor(".".join([header.decode().rstrip("="), *good[1:]]))
    assert issuer.asked <= asked + 1


def test_known_keys_serve_while_the_issuer_is_away_also_after_a_restart(
    issuer: Any, tokens: Tokens, clock: Hand
) -> None:
    tokens.actor(issuer.token("staff", "o1"))
    issuer.away = True
    clock.ahead = timedelta(minutes=20)
    late = int(time.time()) + 3600
    assert tokens.actor(issuer.token("staff", "o1", exp=late)).person == "staff:o1"
    kept = tokens.issuers[0].keys.kept
    fresh = IssuerKeys(issuer.url, kept, clock)
    again = Tokens(
        "messages",
        [Issuer(Realm.STAFF, f"{issuer.url}/staff", frozenset({"portal"}), fresh)],
        clock,
    )
    assert again.actor(issuer.token("staff", "o1", exp=late)).person == "staff:o1"


def test_keys_are_read_before_the_first_token_comes(issuer: Any, tokens: Tokens) -> None:
    tokens.learn(Event())
    issuer.away = True
    assert tokens.actor(issuer.token("staff", "o1")).person == "staff:o1"
    assert tokens.actor(issuer.token("public", "m1")).person == "public:m1"


def test_who_waits_for_an_issuers_keys_ends_when_told_to(issuer: Any, tokens: Tokens) -> None:
    issuer.away = True
    told = Event()
    told.set()
    tokens.learn(told)
    assert not tokens.issuers[0].keys.keys


def test_without_any_key_the_answer_is_come_again_and_not_go_away(
    issuer: Any, tokens: Tokens
) -> None:
    issuer.away = True
    with pytest.raises(TryLater):
        tokens.actor(issuer.token("staff", "o1"))


def test_a_key_that_an_issuer_makes_after_it_was_asked_is_found_at_once(
    issuer: Any, tokens: Tokens, clock: Hand
) -> None:
    made = dict(issuer.keys)
    issuer.keys.clear()
    told = Event()
    told.set()
    tokens.learn(told)
    with pytest.raises(TryLater, match="no key yet"):
        tokens.issuers[0].keys.find("first")
    issuer.keys.update(made)
    clock.ahead = timedelta(seconds=1)
    assert tokens.actor(issuer.token("staff", "o1")).person == "staff:o1"


def test_keys_go_on_when_their_issuer_answers_with_none(
    issuer: Any, tokens: Tokens, clock: Hand
) -> None:
    good = issuer.token("staff", "o1", exp=int(time.time()) + 3600)
    tokens.actor(good)
    issuer.keys.clear()
    clock.ahead = timedelta(minutes=20)
    assert tokens.actor(good).person == "staff:o1"


@pytest.mark.parametrize("junk", ["", "a", "a.b.c", "é.e.e", "." * 40, "x" * 9000, "e30.e30.e30"])
def test_junk_is_no_token(tokens: Tokens, junk: str) -> None:
    with pytest.raises(NotSignedIn):
        tokens.actor(junk)


@pytest.mark.parametrize(
    ("acr", "age", "fresh"),
    [("2", 0, True), ("2", 600, True), ("2", 601, False), ("1", 0, False), ("2", -60, False)],
)
def test_step_up_is_a_second_factor_of_the_last_ten_minutes(
    issuer: Any, tokens: Tokens, acr: str, age: int, fresh: bool
) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    given = int(now.timestamp()) - age
    actor = tokens.actor(issuer.token("staff", "o1", acr=acr, auth_time=given))
    check: Callable[[], None] = lambda: must_be_fresh(actor, now)  # noqa: E731
    if fresh:
        check()
    else:
        with pytest.raises(StepUpNeeded):
            check()
