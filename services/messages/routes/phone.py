"""Signing in by phone: the pages of the OpenID Connect provider behind the public realm."""

import secrets
from datetime import timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Cookie, Depends, Form, Query, Request, Response
from starlette.datastructures import QueryParams

from chassis.rate_limits import RateLimit
from chassis.who import PUBLIC, asks
from kernel.authority import NOBODY
from services.messages.acts.begin_sign_in import Pass, begin_sign_in
from services.messages.domain.number import read_number
from services.messages.domain.page_words import choose_language, says
from services.messages.domain.sign_in import CHALLENGE, Question
from services.messages.routes.at_desk import AtDesk, AtWorks
from services.messages.routes.counter import AtCounter, back, pages_of

COOKIE: Final = "cornerpost-phone"
Asked = Annotated[str | None, Query(max_length=2000)]
Field = Annotated[str, Form(max_length=200)]
Browser = Annotated[str, Cookie(alias=COOKIE, max_length=100)]

router = APIRouter(tags=["sign-in by phone"], prefix="/phone")


@router.get(
    "/authorize",
    dependencies=[Depends(asks(PUBLIC)), Depends(RateLimit(600, timedelta(minutes=1)))],
    response_class=Response,
)
def authorize(
    request: Request,
    desk: AtDesk,
    works: AtWorks,
    client_id: Asked = None,
    redirect_uri: Asked = None,
    login_hint: Asked = None,
    ui_locales: Asked = None,
    browser: Browser = "",
) -> Response:
    """The first page. The code is asked for every time, so prompt=login and max_age hold."""
    wanted = ui_locales or request.headers.get("accept-language", "")
    language = choose_language(wanted, desk.languages)
    pages, known = pages_of(desk), (desk.settings.phone_client, desk.settings.phone_redirect)
    if (client_id, redirect_uri) != known:
        return pages.stop(language, says(language, "not_understood"), 400)
    asked = request.query_params
    if error := _mistake(asked):
        return back(known[1], asked.get("state"), error=error)
    shown = Pass(secrets.token_urlsafe(32), browser or secrets.token_urlsafe(32))
    question = Question(
        known[1], asked.get("state"), asked.get("nonce"), asked["code_challenge"], language
    )
    works.run(NOBODY, lambda work: begin_sign_in(work, question, shown))
    hint = read_number(login_hint or "") or ""
    page = pages.number(language, shown.ticket, typed=hint)
    secure = desk.settings.phone_issuer.startswith("https:")
    page.set_cookie(
        COOKIE, shown.browser, path=pages.base, httponly=True, samesite="lax", secure=secure
    )
    return page


def _mistake(asked: QueryParams) -> str | None:
    """The error that the client is told (OpenID Connect Core 3.1.2.6), or None."""
    if "request" in asked or "request_uri" in asked:
        return "request_not_supported"
    if asked.get("response_type") != "code":
        return "unsupported_response_type"
    if "openid" not in asked.get("scope", "").split():
        return "invalid_scope"
    if asked.get("code_challenge_method") != "S256":
        return "invalid_request"
    if not CHALLENGE.fullmatch(asked.get("code_challenge", "")):
        return "invalid_request"
    return "login_required" if asked.get("prompt") == "none" else None


@router.post(
    "/number",
    dependencies=[Depends(asks(PUBLIC)), Depends(RateLimit(120, timedelta(minutes=1)))],
    response_class=Response,
)
def number(ticket: Field, phone: Field, counter: AtCounter, browser: Browser = "") -> Response:
    """Send a code to the number that was typed, and show the second page."""
    return counter.ask_code(Pass(ticket, browser), phone)


@router.post(
    "/again",
    dependencies=[Depends(asks(PUBLIC)), Depends(RateLimit(120, timedelta(minutes=1)))],
    response_class=Response,
)
def again(ticket: Field, counter: AtCounter, browser: Browser = "") -> Response:
    """Send another code to the same number; the one before is good no more."""
    return counter.ask_code_again(Pass(ticket, browser))


@router.post(
    "/code",
    dependencies=[Depends(asks(PUBLIC)), Depends(RateLimit(240, timedelta(minutes=1)))],
    response_class=Response,
)
def code(ticket: Field, code: Field, counter: AtCounter, browser: Browser = "") -> Response:
    """Judge the code: the right one leads back to Keycloak."""
    return counter.check(Pass(ticket, browser), code)
