"""Signing in and out: to Keycloak and back, and what Keycloak itself says of a session's end."""

from typing import Annotated, Final

import structlog
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from joserfc.errors import JoseError
from pydantic import TypeAdapter

from chassis.tokens import unverified
from kernel.authority import Realm
from kernel.problems import NotFound, NotSignedIn
from portal.signin.keycloak import Attempt, SignInNotFinished
from portal.signin.people import COOKIE, Person, people
from portal.signin.tokens import keycloak
from portal.web.cookies import VISITOR, Cookies
from portal.web.languages import spoken
from portal.web.pages import pages
from portal.web.sealing import SealBroken, Seals

MINUTES: Final = 15
PURPOSE: Final = "sign-in"
ATTEMPT: Final = TypeAdapter(Attempt)
LONGEST: Final = 500
CLOSED: Final = ("/signin", "/signout", "/signed-out", "/static")

log = structlog.get_logger(__name__)
router = APIRouter()


@router.get("/signin", response_class=HTMLResponse)
def choose(request: Request, to: str = "/") -> HTMLResponse:
    """By phone, or as an officer."""
    return pages(request).show(request, "signin/choose.html", {"to": inside(to), "why": None})


@router.get("/signin/callback", response_class=RedirectResponse)
def came_back(
    request: Request, state: str = "", code: str = "", error: str = ""
) -> RedirectResponse:
    """Back from Keycloak: a new session under a new name, and on to where it was asked for."""
    attempt = _recall(request, state)
    if attempt is None and request.state.person:
        return RedirectResponse("/", status_code=303)  # the back button, after all was done
    if attempt is None or not code:
        log.info("signin.unfinished", error=error[:40])
        raise SignInNotFinished("It was given up, or begun in another browser")
    person = keycloak(request, attempt.realm).redeem(code, attempt)
    old = _cookies(request).read(request, COOKIE)
    if old is not None:
        people(request).end(old)
    cookie = people(request).begin(person)
    same = attempt.confirms in {None, person.key}
    answer = RedirectResponse(attempt.to if same else "/", status_code=303)
    _cookies(request).put(answer, COOKIE, cookie)
    _cookies(request).drop(answer, _name(state))
    return answer


@router.get("/signin/{realm}", response_class=RedirectResponse)
def begin(request: Request, realm: str, to: str = "/", confirm: bool = False) -> RedirectResponse:
    """On to Keycloak; `confirm`: the person signed in is to prove again who it is."""
    if realm not in request.app.state.realms:
        raise NotFound("There is no such way in")
    person: Person | None = request.state.person
    confirms = person.key if person and confirm else None
    attempt = Attempt.new(Realm(realm), inside(to), confirms)
    answer = RedirectResponse(
        keycloak(request, attempt.realm).way_in(attempt, spoken().tag), status_code=303
    )
    told = ATTEMPT.dump_json(attempt)
    sealed = _seals(request).seal(PURPOSE, attempt.state, told).hex()
    _cookies(request).put(answer, _name(attempt.state), sealed, MINUTES * 60)
    return answer


@router.post("/signout", response_class=RedirectResponse)
def leave(request: Request) -> RedirectResponse:
    """The session ends here, and then at Keycloak; what the browser holds goes too."""
    person: Person | None = request.state.person or request.state.expired
    address = keycloak(request, person.realm).way_out(person) if person else "/signed-out"
    cookie = _cookies(request).read(request, COOKIE)
    if cookie is not None:
        people(request).end(cookie)
    answer = RedirectResponse(address, status_code=303)
    for what in (COOKIE, VISITOR):
        _cookies(request).drop(answer, what)
    return answer


@router.get("/signed-out", response_class=HTMLResponse)
def left(request: Request) -> HTMLResponse:
    return pages(request).show(request, "signin/signed_out.html")


async def logout_token(request: Request) -> str:
    """The one field that Keycloak sends."""
    value = (await request.form()).get("logout_token")
    return value if isinstance(value, str) else ""


@router.post("/signin/backchannel")
def told_of_end(request: Request, token: Annotated[str, Depends(logout_token)]) -> Response:
    """Keycloak ended a session: an administrator did, or the person, elsewhere."""
    try:
        claimed = unverified(token).get("iss")
        named = [one for one in request.app.state.realms.values() if one.issuer == claimed]
        if not named:
            raise SignInNotFinished("The token is from another issuer")
        session, subject = named[0].ended(token)
    except (SignInNotFinished, NotSignedIn, JoseError) as unfit:
        log.warning("signout.not_believed", error=type(unfit).__name__)
        return Response(status_code=400)
    number = people(request).end_as_told(named[0].realm, session, subject)
    log.info("signout.told", realm=named[0].realm.value, sessions=number)
    return Response(status_code=200)


def inside(address: str) -> str:
    """An address of this portal that people can be sent to; home, where it is another."""
    plain = address.isprintable() and len(address) <= LONGEST and "\\" not in address
    if not plain or not address.startswith("/") or address.startswith(("//", *CLOSED)):
        return "/"
    return address


def _recall(request: Request, state: str) -> Attempt | None:
    """The sign-in that this browser began with that state."""
    sealed = _cookies(request).read(request, _name(state)) if state.isprintable() else None
    try:
        told = _seals(request).unseal(PURPOSE, state, bytes.fromhex(sealed or ""))
    except (SealBroken, ValueError):
        return None
    return ATTEMPT.validate_json(told)


def _name(state: str) -> str:
    """Each attempt has a cookie of its own, so that two windows do not disturb each other."""
    return f"signin-{''.join(one for one in state if one.isalnum())[:12]}"


def _cookies(request: Request) -> Cookies:
    found: Cookies = request.app.state.cookies
    return found


def _seals(request: Request) -> Seals:
    found: Seals = request.app.state.seals
    return found
