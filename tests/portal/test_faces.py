"""Home and verify as people see them: small and wide, both directions, weighed over the wire."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from portal_of_tests import CODE, GENUINE, answering, law, service, settings, verdict

from deploy.setup.portal_build import built
from portal.app import create_app
from tests.served import free_port, served_on

CHROMIUM = "/usr/bin/chromium"
WIDTHS = (360, 1280)
BUDGET = 25 * 1024  # bytes of a page and all it brings, cold
REQUESTS = 8
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FOLDER = "CORNERPOST_SHOTS"
PAGES = {
    "home": "/",
    "verify": "/verify",
    "slip": "/verify?code=AMP-2026-1",
    "verdict": f"/verify/{CODE}",
    "lost": "/nowhere",
    "signin": "/signin",
    "signed-out": "/signed-out",
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    port = free_port()
    told = settings(public_url=f"http://127.0.0.1:{port}")
    licensing = service(answering(verdict("in-force", **GENUINE)))
    with served_on(port, create_app(told, licensing, law())) as served:
        yield served


@pytest.fixture(scope="module")
def axe() -> str:
    return (built() / "axe.min.js").read_text()


def picture(page: Page, name: str) -> None:
    """For whoever wants to look: CORNERPOST_SHOTS names a folder."""
    if FOLDER in os.environ:
        page.screenshot(path=Path(os.environ[FOLDER]) / f"{name}.png", full_page=True)


def violations(page: Page) -> list[str]:
    asked = "rules => axe.run({runOnly: {type: 'tag', values: rules}})"
    found: list[dict[str, Any]] = page.evaluate(asked, RULES)["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]


def weigh(page: Page) -> dict[str, int]:
    """Counts, from here on, every request and every byte that comes over the wire."""
    told = {"requests": 0, "bytes": 0}
    door = page.context.new_cdp_session(page)
    door.send("Network.enable")
    door.send("Network.setCacheDisabled", {"cacheDisabled": True})

    def sent(_: dict[str, Any]) -> None:
        told["requests"] += 1

    def came(event: dict[str, Any]) -> None:
        told["bytes"] += event["encodedDataLength"]

    door.on("Network.requestWillBeSent", sent)
    door.on("Network.loadingFinished", came)
    return told


@pytest.mark.parametrize("language", ["en", "ar"])
def test_pages_break_no_rule_of_accessibility_and_weigh_little(
    browser: Browser, address: str, axe: str, language: str
) -> None:
    context = browser.new_context(locale=language)
    page = context.new_page()
    weight = weigh(page)
    for name, path in PAGES.items():
        before = dict(weight)
        page.goto(address + path, wait_until="load")
        assert weight["bytes"] - before["bytes"] <= BUDGET, name
        assert weight["requests"] - before["requests"] <= REQUESTS, name
        direction = page.locator("html").get_attribute("dir")
        assert direction == ("rtl" if language == "ar" else "ltr")
        page.evaluate(axe)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            assert violations(page) == [], f"{name} {width}"
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name
            picture(page, f"{name}-{language}-{width}")
    context.close()


def test_a_licence_is_checked_without_javascript_and_the_language_changed_on_the_way(
    browser: Browser, address: str
) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en")
    page = context.new_page()
    page.goto(address)
    page.get_by_role("link", name="Check a licence").click()
    page.get_by_label("Licence or application number").fill(CODE.lower())
    page.get_by_role("button", name="العربية").click()
    assert page.locator("#code").input_value() == CODE.lower()
    page.get_by_role("button", name="تحقق").click()
    assert page.url == f"{address}/verify/{CODE}"
    assert page.get_by_text("ساري المفعول").is_visible()
    context.close()
