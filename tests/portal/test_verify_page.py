"""The verify page against a licensing service that answers, refuses, or is away."""

import httpx
import pytest
from portal_of_tests import CODE, GENUINE, answering, away, portal, verdict

from portal.public.verify import SAID


def test_a_licence_in_force_is_told_with_its_holder_on_the_countrys_clock() -> None:
    with portal(answering(verdict("in-force", **GENUINE))) as client:
        page = client.get(f"/verify/{CODE}")
    assert page.status_code == 200
    assert "In force" in page.text
    assert "Umoja &lt;b&gt;Cooperative&lt;/b&gt;" in page.text
    assert "yes, up to \u20685 kg a month\u2069" in page.text
    assert "3 March 2026, 00:30:00" in page.text  # 21:30 UTC in a country three hours ahead
    assert "TRAINING" in page.text


def test_minerals_and_kinds_are_named_in_the_readers_language() -> None:
    with portal(answering(verdict("in-force", **GENUINE))) as client:
        page = client.get(f"/verify/{CODE}", headers={"Accept-Language": "ar"})
    assert "الذهب" in page.text
    assert "رخصة تعدين حرفي" in page.text
    assert "ساري المفعول" in page.text
    assert "مارس" in page.text


@pytest.mark.parametrize("word", [v for v in SAID if v not in {"in-force", "not-in-force"}])
def test_what_is_no_licence_never_looks_like_one(word: str) -> None:
    with portal(answering(verdict(word))) as client:
        page = client.get(f"/verify/{CODE}")
    assert SAID[word].word in page.text
    assert "cp-verdict--yes" not in page.text


def test_a_slip_of_the_pen_is_told_before_the_register_is_asked() -> None:
    asked: list[httpx.Request] = []

    def note(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(500)

    wrong = CODE[:-1] + ("A" if CODE[-1] != "A" else "B")
    with portal(note) as client:
        pages = [client.get("/verify", params={"code": wrong}), client.get(f"/verify/{wrong}")]
    for page in pages:
        assert page.status_code == 422
        assert "not a number of ours" in page.text
        assert f'value="{wrong}"' in page.text
    assert asked == []


def test_small_letters_and_blanks_lead_to_the_numbers_own_page() -> None:
    with portal(answering(verdict("unknown"))) as client:
        page = client.get("/verify", params={"code": f"  {CODE.lower()} "})
    assert (page.status_code, page.headers["location"]) == (303, f"/verify/{CODE}")


def test_switching_the_language_while_typing_loses_nothing() -> None:
    with portal() as client:
        page = client.get("/verify", params={"code": "AMP-2026", "lang": "sw"})
    assert page.status_code == 200
    assert 'value="AMP-2026"' in page.text
    assert 'lang="sw"' in page.text


def test_a_register_that_is_away_is_no_verdict() -> None:
    with portal(away) as client:
        page = client.get(f"/verify/{CODE}")
    assert page.status_code == 503
    assert page.headers["retry-after"] == "5"
    assert "cannot be done at the moment" in page.text
    assert f'href="/verify/{CODE}"' in page.text
    assert not any(said.word in page.text for said in SAID.values())


def test_licensing_is_told_for_whom_it_is_asked() -> None:
    """Its limit of questions is each caller's own, and not one that all callers share."""
    heard: list[httpx.Request] = []

    def note(request: httpx.Request) -> httpx.Response:
        heard.append(request)
        return httpx.Response(200, json=verdict("unknown"))

    told = {"X-Forwarded-For": "10.0.0.9, 203.0.113.7"}
    for proxy in ("", "testclient"):
        with portal(note, proxy=proxy) as client:
            client.get(f"/verify/{CODE}", headers=told)
    assert [call.headers["x-forwarded-for"] for call in heard] == ["testclient", "203.0.113.7"]
    assert all("traceparent" in call.headers for call in heard)
