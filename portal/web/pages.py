"""Pages: one environment of templates for all requests, each rendered in its own language."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Protocol
from uuid import UUID

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PackageLoader,
    PrefixLoader,
    Undefined,
    pass_context,
)
from jinja2.runtime import Context
from jinja2.utils import missing
from markupsafe import Markup

from portal.web.built_files import BuiltFiles
from portal.web.cookies import put_visitor
from portal.web.languages import Languages, day, gettext_callables, moment, number, spoken
from portal.web.typed import FIELD, proof

TEMPLATES: Final = Path(__file__).parents[1] / "templates"
COMPONENTS: Final = "govuk_frontend_jinja"
ASKED: Final = "lang"  # in an address: speak this language from here on
LASTING: Final = "private, no-cache"
SECRET: Final = "no-store"

SHEET: Final = "sheet"

Shown = Mapping[str, Any]


class Keyed(Protocol):
    """A form that is being filled in, see `portal.web.sheets`."""

    @property
    def key(self) -> UUID: ...


class Pages:
    """`show` renders a template; what every page has around it is added here."""

    def __init__(
        self, files: BuiltFiles, languages: Languages, around: Shown, own_colours: bool = False
    ) -> None:
        self.files, self.languages = files, languages
        self.environment = environment()
        self.environment.globals.update(
            around, static=files.address, own_colours=own_colours, proof_field=_proof_field,
            sheet_fields=_sheet_fields,
        )

    def show(
        self,
        request: Request,
        template: str,
        shown: Shown | None = None,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> HTMLResponse:
        """The page as an answer. One that holds anything of a person is kept in no cache."""
        told = self._around(request) | dict(shown or {})
        text = self.environment.get_template(template).render(told)
        answer = HTMLResponse(text, status, dict(headers or {}))
        personal = told["person"] is not None or hasattr(request.state, "visitor")
        answer.headers.setdefault("Cache-Control", SECRET if personal else LASTING)
        put_visitor(request, answer)
        return answer

    def _around(self, request: Request) -> dict[str, Any]:
        return {
            "request": request,
            "language": spoken(),
            "languages": list(self.languages.offered.values()),
            "in_language": lambda tag: in_language(request, tag),
            "person": getattr(request.state, "person", None),
            "form": None,
        }


class Forgotten(Undefined):
    """A name that nobody gave fails where it is shown; a member that is left out is empty.

    The components ask for names and members that may be left out, and compare with `undefined`.
    """

    def __str__(self) -> str:
        self._must_be_member()
        return ""

    def __iter__(self) -> Iterator[Any]:
        self._must_be_member()
        return iter(())

    def _must_be_member(self) -> None:
        if self._undefined_obj is missing and self._undefined_hint is None:
            self._fail_with_undefined_error()


def environment() -> Environment:
    """The templates, ours and the components', with the words of whichever language is spoken."""
    made = Environment(
        loader=ChoiceLoader([
            FileSystemLoader(TEMPLATES),
            PrefixLoader({COMPONENTS: PackageLoader(COMPONENTS)}),
        ]),
        autoescape=True,
        undefined=Forgotten,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_callables(  # type: ignore[attr-defined]
        **gettext_callables(), newstyle=True
    )
    made.globals["undefined"] = Forgotten(obj="a member")
    made.filters.update(day=day, moment=moment, number=number)
    return made


def pages(request: Request) -> Pages:
    found: Pages = request.app.state.pages
    return found


def in_language(request: Request, tag: str) -> str:
    """The address of the page at hand, to be spoken in another language."""
    return f"{request.url.path}?{request.url.include_query_params(**{ASKED: tag}).query}"


@pass_context
def _sheet_fields(context: Context, sheet: Keyed) -> Markup:
    """The same, with the key under which this form counts once."""
    field = '<input type="hidden" name="{}" value="{}">'
    return _proof_field(context) + Markup(field).format(SHEET, sheet.key)


@pass_context
def _proof_field(context: Context) -> Markup:
    """For every form that posts: the hidden field without which it is not taken."""
    field = '<input type="hidden" name="{}" value="{}">'
    return Markup(field).format(FIELD, proof(context["request"]))
