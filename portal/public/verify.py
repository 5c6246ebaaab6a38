"""Verify: what a buyer, a police officer or a bank asks of a licence number, answered in words."""

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from contracts.calling import Calling
from contracts.licensing.client_cases import LicensingCases
from contracts.licensing.language_cases import Verdict
from kernel.codes import NotACode, PublicCode
from kernel.law.editions import Edition, NoSuchLaw
from kernel.problems import NotFound
from portal.web.languages import apart, day, number, of, say, spoken, to_say
from portal.web.pages import ASKED, pages

LONGEST: Final = 60


@dataclass(frozen=True, slots=True)
class Verdicts:
    """How an answer looks: `state` is colour and shape, `word` the first thing that is read."""

    state: str
    word: str
    next_step: str


SAID: Final[dict[str, Verdicts]] = {
    Verdict.IN_FORCE.value: Verdicts(
        "yes", to_say("In force"), to_say("Compare the holder's name with the person before you.")
    ),
    Verdict.NOT_IN_FORCE.value: Verdicts(
        "no",
        to_say("Genuine, but not in force"),
        to_say("The holder may not work or sell under it today."),
    ),
    Verdict.IN_FORMALISATION.value: Verdicts(
        "wait",
        to_say("Not licensed; an application is under way"),
        to_say("An application gives no right to sell."),
    ),
    Verdict.NOT_LICENSED.value: Verdicts(
        "no",
        to_say("Not licensed"),
        to_say("The application with this number ended without a licence."),
    ),
    Verdict.UNKNOWN.value: Verdicts(
        "no",
        to_say("No such licence"),
        to_say("Check the number; if it is printed on a paper, tell the office."),
    ),
}

router = APIRouter()


def service(request: Request) -> LicensingCases:
    """Licensing as nobody in particular calls it: verifying needs no sign-in."""
    return LicensingCases(Calling(request.app.state.licensing))


AtLicensing = Annotated[LicensingCases, Depends(service)]


@router.get("/verify", response_class=HTMLResponse, response_model=None)
def ask(request: Request, code: str = "") -> HTMLResponse | RedirectResponse:
    """The form; with `code` it leads on to the number's own page.

    With `lang` beside it the language was switched while typing: the form stays as it is.
    """
    text = code.strip()[:LONGEST]
    if not text or ASKED in request.query_params:
        return form(request, text)
    try:
        spelled = PublicCode.parse(text)
    except NotACode:
        return form(request, text, slip=True)
    return RedirectResponse(f"/verify/{spelled}", status_code=303)


@router.get("/verify/{code}", response_class=HTMLResponse)
def answer(request: Request, code: str, licensing: AtLicensing) -> HTMLResponse:
    """What the register says of this number at this instant. The QR code leads here.

    The QR code's signed payload stands behind `#`: it stays in the browser and is no part of the
    request.
    """
    try:
        spelled = str(PublicCode.parse(code[:LONGEST]))
        body: dict[str, Any] = licensing.verify(spelled).body
    except (NotACode, NotFound):
        return form(request, code[:LONGEST], slip=True)
    said = SAID[str(body["verdict"])]
    shown = {
        "code": body["code"],
        "verdict": {"state": said.state, "word": say(said.word), "next": say(said.next_step)},
        "rows": rows(body, request.app.state.law, request.app.state.zone),
        "checked": local(body["as_of"], request.app.state.zone),
        "log_size": body["log"]["size"],
        "licence": body.get("licence"),
    }
    return pages(request).show(request, "public/verdict.html", shown)


def form(request: Request, text: str, *, slip: bool = False) -> HTMLResponse:
    """The question, with what was typed still in it; `slip`: that is no number of ours."""
    shown = {"typed": text, "slip": slip}
    return pages(request).show(
        request, "public/verify.html", shown, status=422 if slip else 200
    )


def rows(body: dict[str, Any], law: Edition, zone: timezone) -> list[tuple[str, str]]:
    """What a genuine licence says, each with its name; times on the country's clock."""
    if not body.get("genuine"):
        return []
    minerals = ", ".join(mineral(one, law) for one in body["minerals"])
    begins, ends = (day(local(body[name], zone)) for name in ("valid_from", "valid_to"))
    told = [
        (say("Holder"), str(body["holder"])),
        (say("Kind"), of(body["titles"], str(body["type"]))),
        (say("Minerals"), minerals or say("none named")),
        (say("Valid"), say("%(begins)s to %(ends)s", begins=begins, ends=ends)),
        (say("May sell"), may_sell(body)),
    ]
    if body.get("hectares"):
        size = say("%(number)s hectares", number=number(body["hectares"]))
        told.insert(3, (say("Area"), size))
    return told


def mineral(name: str, law: Edition) -> str:
    """The mineral's name in the law's words; its code where the law no longer knows it."""
    try:
        return law.text(law.mineral(name).title, spoken().tag)
    except NoSuchLaw:
        return name


def may_sell(body: dict[str, Any]) -> str:
    if not body["may_sell"]:
        return say("no")
    most = body.get("quantity_per_period")
    return say("yes, up to %(most)s", most=apart(most)) if most else say("yes")


def local(text: str, zone: timezone) -> datetime:
    return datetime.fromisoformat(text).astimezone(zone)
