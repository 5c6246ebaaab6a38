"""The components in Jinja render what the pinned stylesheets are for: the gate of an upgrade."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from jinja2 import UndefinedError

from deploy.setup.portal_build import SOURCES, built
from portal.web.languages import OWN, Languages, speak
from portal.web.pages import environment

USED = re.findall(r"components/([a-z-]+)\"", (SOURCES / "portal.scss").read_text())
SPACE = re.compile(r"\s+")


class Read(HTMLParser):
    """A page as its tags, their attributes in any order, and its words."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[Any] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: SPACE.sub(" ", value or "").strip() for name, value in attrs}
        self.parts.append((tag, sorted(told.items())))

    def handle_endtag(self, tag: str) -> None:
        self.parts.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        if words := SPACE.sub(" ", data).strip():
            self.parts.append(words)


def read(html: str) -> list[Any]:
    reader = Read()
    reader.feed(html)
    reader.close()
    return reader.parts


def fixtures(component: str) -> list[dict[str, Any]]:
    told = json.loads((built() / f"{component}.fixtures.json").read_text())
    found: list[dict[str, Any]] = told["fixtures"]
    return found


@pytest.mark.parametrize("component", USED)
def test_a_component_renders_every_fixture_of_the_pinned_version(component: str) -> None:
    speak(Languages(["en"], [OWN]).offered["en"])
    macro = "govuk" + component.title().replace("-", "")
    source = (
        f'{{% from "govuk_frontend_jinja/components/{component}/macro.html" import {macro} %}}'
        f"{{{{ {macro}(options) }}}}"
    )
    template = environment().from_string(source)
    given = fixtures(component)
    assert given
    for one in given:
        assert read(template.render(options=one["options"])) == read(one["html"]), one["name"]


def test_all_components_of_the_stylesheet_are_looked_at() -> None:
    assert len(USED) > 20
    assert Path(built() / "axe.min.js").is_file()


def test_a_name_that_nobody_gave_is_no_empty_text() -> None:
    made = environment()
    assert made.from_string("{{ options.title }}").render(options={}) == ""
    with pytest.raises(UndefinedError, match="titel"):
        made.from_string("{{ titel }}").render(title="A")
