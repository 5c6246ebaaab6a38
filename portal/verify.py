"""Verify: what a buyer, a police officer or a bank asks of a licence number, answered in words."""

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.templating import Jinja2Templates

from contracts.calling import Calling
from contracts.licensing.client_cases import LicensingCases
from contracts.licensing.language_cases import Verdict
from kernel.codes import NotACode, PublicCode
from kernel.problems import Problem, TryLater

LONGEST: Final = 60
LANGUAGE: Final = "en"


@dataclass(frozen=True, slots=True)
class Verdicts:
    """How an answer looks: `state` is colour and shape, `word` the first thing that is read."""

    state: str
    word: str
    next_step: str


SAID: Final[dict[str, Verdicts]] = {
    Verdict.IN_FORCE.value: Verdicts(
        "yes", "In force", "Compare the holder's name with the person before you."
    ),
    Verdict.NOT_IN_FORCE.value: Verdicts(
        "no", "Genuine, but not in force", "The holder may not work or sell under it today."
    ),
    Verdict.IN_FORMALISATION.value: Verdicts(
        "wait",
        "Not licensed; an application is under way",
        "An application gives no right to sell.",
    ),
    Verdict.NOT_LICENSED.value: Verdicts(
        "no", "Not licensed", "The application with this number ended without a licence."
    ),
    Verdict.UNKNOWN.value: Verdicts(
        "no", "No such licence", "Check the number; if it is printed on a paper, tell the office."
    ),
}

router = APIRouter()


def service(request: Request) -> LicensingCases:
    """Licensing as nobody in particular calls it: verifying needs no sign-in."""
    return LicensingCases(Calling(request.app.state.licensing))


AtLicensing = Annotated[LicensingCases, Depends(service)]


@router.get("/", include_in_schema=False)
def home() -> RedirectResponse:
    return RedirectResponse("/verify", status_code=307)


@router.get("/verify", response_class=HTMLResponse, response_model=None)
def ask(request: Request, code: str = "") -> HTMLResponse | RedirectResponse:
    """The form; with `code` it leads on to the number's own page."""
    typed = code.strip()
    if not typed:
        return page(request, {})
    try:
        spelled = PublicCode.parse(typed[:LONGEST])
    except NotACode as slip:
        return page(request, {"typed": typed[:LONGEST], "slip": slip.detail}, 422)
    return RedirectResponse(f"/verify/{spelled}", status_code=303)


@router.get("/verify/{code}", response_class=HTMLResponse)
def answer(request: Request, code: str, licensing: AtLicensing) -> HTMLResponse:
    """What the register says of this number at this instant. The QR code leads here.

    The QR code's signed payload stands behind `#`: it stays in the browser and is no part of the
    request.
    """
    try:
        body: dict[str, Any] = licensing.verify(str(PublicCode.parse(code[:LONGEST]))).body
    except NotACode as slip:
        return page(request, {"typed": code[:LONGEST], "slip": slip.detail}, 422)
    except TryLater as away:
        return page(request, {"typed": code, "away": away.detail}, 503, {"Retry-After": "5"})
    except Problem as refused:
        return page(request, {"typed": code, "slip": refused.detail}, refused.status)
    found: dict[str, Any] = {"typed": body["code"], "said": SAID[str(body["verdict"])]}
    return page(request, found | told(body, request.app.state.zone))


def told(body: dict[str, Any], zone: timezone) -> dict[str, Any]:
    """The answer's members as the page shows them; times on the country's clock."""
    rows: list[tuple[str, str]] = []
    if body.get("genuine"):
        titles = body["titles"]
        rows = [
            ("Holder", str(body["holder"])),
            ("Kind", str(titles.get(LANGUAGE) or body["type"])),
            ("Minerals", ", ".join(body["minerals"]) or "none named"),
            ("Valid", f"{day(body['valid_from'], zone)} to {day(body['valid_to'], zone)}"),
            ("May sell", may_sell(body)),
        ]
        if body.get("hectares"):
            rows.insert(3, ("Area", f"{body['hectares']} hectares"))
    return {
        "rows": rows,
        "checked": moment(body["as_of"], zone),
        "log_size": body["log"]["size"],
        "training": bool(body.get("training")),
        "licence": body.get("licence"),
    }


def may_sell(body: dict[str, Any]) -> str:
    if not body["may_sell"]:
        return "no"
    most = body.get("quantity_per_period")
    return f"yes, up to {most}" if most else "yes"


def moment(text: str, zone: timezone) -> str:
    return datetime.fromisoformat(text).astimezone(zone).strftime("%-d %B %Y, %H:%M:%S")


def day(text: str, zone: timezone) -> str:
    return datetime.fromisoformat(text).astimezone(zone).strftime("%-d %B %Y")


def page(
    request: Request,
    shown: dict[str, Any],
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> HTMLResponse:
    templates: Jinja2Templates = request.app.state.templates
    around = {"host": request.app.state.host, "training": request.app.state.settings.training}
    return templates.TemplateResponse(
        request, "verify.html", around | shown, status_code=status, headers=headers
    )
