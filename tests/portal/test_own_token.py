"""The person's own token towards services, and the proof of who it is before a decision."""

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit

from visitor_of_tests import Around, Visitor

OFFICE = "/tests/office"


def token(visitor: Visitor) -> str:
    told: str = visitor.get("/tests/token").json()["token"]
    return told


def test_services_are_called_with_the_persons_own_token_renewed_in_time(
    around: Around, visitor: Visitor
) -> None:
    visitor.sign_in("staff", "o4")
    first = token(visitor)
    assert first.startswith("Bearer access-")
    assert token(visitor) == first
    around.pass_time(minutes=11)
    with ThreadPoolExecutor(6) as pool:
        renewed = set(pool.map(lambda _: token(visitor), range(6)))
    assert len(renewed) == 1
    assert first not in renewed
    assert around.keycloak.renewals == 1


def test_a_session_that_ended_at_keycloak_ends_here(around: Around, visitor: Visitor) -> None:
    visitor.sign_in("staff", "o5")
    around.pass_time(minutes=11)
    around.keycloak.over = True
    assert visitor.get("/tests/token").status_code == 401
    assert visitor.get(OFFICE).status_code == 401


def test_with_keycloak_away_a_token_serves_to_its_end(around: Around, visitor: Visitor) -> None:
    visitor.sign_in("staff", "o6")
    first = token(visitor)
    around.keycloak.away = True
    around.pass_time(seconds=585)
    assert token(visitor) == first
    around.pass_time(seconds=20)
    assert visitor.get("/tests/token").status_code == 503
    around.keycloak.away = False
    assert token(visitor) != first


def test_a_decision_needs_a_fresh_second_factor(around: Around, visitor: Visitor) -> None:
    visitor.sign_in("staff", "o7")
    page = visitor.get("/tests/decision")
    assert page.status_code == 401
    assert "Confirm that it is you" in page.text
    assert "/signin/staff?confirm=true&amp;to=/tests/decision" in page.text
    led = visitor.get("/signin/staff?confirm=true&to=/tests/decision")
    assert parse_qs(urlsplit(led.headers["location"]).query)["acr_values"] == ["2"]
    fresh = int(around.now.timestamp())
    back = around.keycloak.sign_in(led.headers["location"], "o7", acr="2", auth_time=fresh)
    assert visitor.get(back).headers["location"] == "/tests/decision"
    assert visitor.get("/tests/decision").json() == {"acr": "2"}
    around.pass_time(minutes=11)
    assert visitor.get("/tests/decision").status_code == 401


def test_somebody_else_who_confirms_does_not_go_on_in_her_place(
    around: Around, visitor: Visitor
) -> None:
    visitor.sign_in("staff", "o8")
    led = visitor.get("/signin/staff?confirm=true&to=/tests/decision")
    back = around.keycloak.sign_in(led.headers["location"], "o9", acr="2")
    assert visitor.get(back).headers["location"] == "/"
