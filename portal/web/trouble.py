"""What went otherwise than meant, told in words: what happened, and what to do now."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse

from chassis.trace import trace_id
from kernel.problems import Malformed, NotFound, Problem
from portal.signin.people import arrive
from portal.web.languages import say, to_say
from portal.web.pages import pages
from portal.web.sheets import Leads


@dataclass(frozen=True, slots=True)
class Trouble:
    """Three sentences: what it is, what happened, what to do. `shape` is how it looks."""

    title: str
    happened: str
    todo: str
    shape: str = "attention"
    on: tuple[str, str] | None = None  # an address, and the words of the link there


class TooLarge(Problem):
    """More was sent than a form of this portal takes."""

    status = 413
    title = "This is too large"


class WrongMethod(Problem):
    """The address exists; this is not what can be done with it."""

    status = 405
    title = "This address is used in another way"


class WentWrong(Problem):
    """A mistake of ours."""

    status = 500
    title = "Something went wrong on our side"


TROUBLES: Final[dict[int, Trouble]] = {
    403: Trouble(
        to_say("This is not open to you"),
        to_say("The page belongs to other people, or to another office."),
        to_say("Go back, or sign in as the person it is for. If it should be open to you, ask the "
               "head of your office."),
    ),
    404: Trouble(
        to_say("There is no such page"),
        to_say("The address may be mistyped, or what it led to is not yours to see."),
        to_say("Compare the address with what you were sent, or begin again at the first page."),
    ),
    405: Trouble(
        to_say("This address is used in another way"),
        to_say("It takes a form that is sent from one of our pages."),
        to_say("Begin again at the first page. Nothing was changed."),
    ),
    409: Trouble(
        to_say("Something has changed in the meantime"),
        to_say("What you sent no longer fits how things stand now. It was not carried out."),
        to_say("Open the page again: it shows how things stand, and what you typed."),
    ),
    413: Trouble(
        to_say("This is too large"),
        to_say("What you sent is larger than can be taken at once. Nothing was kept of it."),
        to_say("Go back: what you typed still stands in the form. Send a smaller photo, or fewer "
               "at a time."),
    ),
    422: Trouble(
        to_say("Something of it cannot be read"),
        to_say("A part of what you sent is missing or is not what it should be."),
        to_say("Go back: what you typed still stands in the form. Look through it and send it "
               "again."),
    ),
    429: Trouble(
        to_say("Too many requests in a short time"),
        to_say("To keep the register open to all, each connection may ask only so often."),
        to_say("Wait a minute and try again. Nothing that you typed is lost."),
        "wait",
    ),
    500: Trouble(
        to_say("Something went wrong on our side"),
        to_say("It was nothing that you did. We have noted it."),
        to_say("Try again. What you sent counts once, however often you send it."),
        "wait",
    ),
    503: Trouble(
        to_say("This cannot be done at the moment"),
        to_say("A part of the service does not answer, or too many people use it just now."),
        to_say("Try again in a few seconds. Nothing that you typed is lost, and what you sent "
               "counts once."),
        "wait",
    ),
}
KNOWN: Final[dict[str, Trouble]] = {
    "not-from-our-page": Trouble(
        to_say("This form could not be taken"),
        to_say("It did not come from a page that is open in this browser, so nothing was done."),
        to_say("Open the page again and send it from there. Your browser must allow cookies for "
               "this site."),
    ),
    "sign-in-not-finished": Trouble(
        to_say("The sign-in was not finished"),
        to_say("It was given up, took too long, or was begun in another browser."),
        to_say("Begin it again; it takes a minute."),
        on=("/signin", to_say("Sign in")),
    ),
    "sent-before": Trouble(
        to_say("This form has been sent already"),
        to_say("What you sent the first time stands. What is different in it now was not sent."),
        to_say("Look at what came of it. To send something else, begin a new form."),
    ),
}
"""By the slug of the problem, where there is more to say than its status tells."""

REPEATABLE: Final = frozenset({429, 500, 503})
CONFIRM: Final = frozenset({"confirm-first", "step-up-needed"})
SEE: Final = to_say("See what came of it")
FIRST: Final[dict[str, tuple[str, str]]] = {
    "expired": (
        to_say("You were signed out"),
        to_say("Nothing was done for a while, so the session ended. What you typed is kept: sign "
               "in, and you come back to it."),
    ),
    "new": (
        to_say("Sign in first"),
        to_say("This page is for people who have signed in. You come back to it."),
    ),
}
STALE: Final = 412  # told as 409: the difference means nothing to a person


def trouble_page(request: Request, problem: Problem) -> Response:
    """The page of a problem. What was posted goes along in it where sending it again may help."""
    if problem.status == HTTPStatus.UNAUTHORIZED:
        return _sign_in_first(request, problem)
    if problem.slug() in CONFIRM:
        return _sign_in_first(request, problem)
    status = problem.status if problem.status in TROUBLES else _nearest(problem.status)
    trouble = KNOWN.get(problem.slug()) or TROUBLES[status]
    again = getattr(request.state, "typed", None) if status in REPEATABLE else None
    shown: dict[str, Any] = {
        "trouble": trouble,
        "said": {part: say(getattr(trouble, part)) for part in ("title", "happened", "todo")},
        "again": again,
        "address": request.url.path,
        "try_again": status in REPEATABLE and (request.method == "GET" or again is not None),
        "open_again": status == HTTPStatus.CONFLICT,
        "on": _way_on(trouble, problem),
        "reference": trace_id() if status == HTTPStatus.INTERNAL_SERVER_ERROR else None,
    }
    told = _retry_after(problem) if status in (429, 503) else {}
    return pages(request).show(request, "trouble.html", shown, status=status, headers=told)


def _sign_in_first(request: Request, problem: Problem) -> Response:
    """Where to sign in, or to prove again who it is; both lead back here."""
    asked = f"?{request.url.query}" if request.method == "GET" and request.url.query else ""
    shown: dict[str, Any] = {"to": f"{request.url.path}{asked}", "why": None}
    if problem.slug() in CONFIRM and request.state.person:
        return pages(request).show(request, "signin/confirm.html", shown, status=401)
    title, happened = FIRST["expired" if request.state.expired else "new"]
    shown["why"] = {"title": say(title), "happened": say(happened)}
    return pages(request).show(request, "signin/choose.html", shown, status=401)


def _way_on(trouble: Trouble, problem: Problem) -> tuple[str, str] | None:
    """A link for this trouble alone."""
    if "led_to" in problem.facts:
        return str(problem.facts["led_to"]), say(SEE)
    return None if trouble.on is None else (trouble.on[0], say(trouble.on[1]))


async def tell(request: Request, problem: Problem) -> Response:
    """The page of a problem, for whoever is there: also where no route was reached."""
    if not hasattr(request.state, "person"):
        await run_in_threadpool(arrive, request)
    return trouble_page(request, problem)


def tell_troubles(app: FastAPI) -> None:
    """Have every refusal of a route answered with a page."""

    async def refused(request: Request, problem: Exception) -> Response:
        if not isinstance(problem, Problem):
            raise problem
        return await tell(request, problem)

    async def malformed(request: Request, _: Exception) -> Response:
        return await tell(request, Malformed("Some of the request cannot be read"))

    async def by_status(request: Request, error: Exception) -> Response:
        return await tell(request, _of_status(error))

    async def elsewhere(_: Request, leads: Exception) -> Response:
        if not isinstance(leads, Leads):
            raise leads
        return RedirectResponse(leads.address, status_code=303)

    app.add_exception_handler(Problem, refused)
    app.add_exception_handler(Leads, elsewhere)
    app.add_exception_handler(RequestValidationError, malformed)
    app.add_exception_handler(HTTPException, by_status)


def _of_status(error: Exception) -> Problem:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == HTTPStatus.NOT_FOUND:
        return NotFound("There is no such address")
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        return WrongMethod("The address takes other methods")
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return TooLarge("The form is too large")
    return Malformed("The request cannot be read")


def _nearest(status: int) -> int:
    """How a status without a page of its own is told."""
    if status == STALE:
        return 409
    return 422 if status < 500 else 503


def _retry_after(problem: Problem) -> dict[str, str]:
    seconds = problem.facts.get("retry_after", 5)
    return {"Retry-After": str(seconds)}
