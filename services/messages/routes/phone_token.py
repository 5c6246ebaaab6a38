"""Who signed in by phone: what Keycloak is told for the code that the browser brought it."""

import base64
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import JSONResponse

from chassis.rate_limits import RateLimit
from chassis.who import Caller, Rule
from kernel.authority import NOBODY, Actor
from services.messages.acts.redeem_code import IDENTITY_SECONDS, redeem_code
from services.messages.desk import Desk
from services.messages.routes.at_desk import AtDesk, AtWorks

Word = Annotated[str, Form(max_length=2000)]
NO_STORE: Final = {"Cache-Control": "no-store", "Pragma": "no-cache"}

router = APIRouter(tags=["sign-in by phone"], prefix="/phone")


@dataclass(frozen=True, slots=True)
class _ByItsOwnSecret(Rule):
    """The client shows its id and secret (RFC 6749 2.3.1) instead of somebody's token."""

    def __call__(self, request: Request) -> Actor:  # type: ignore[override] # takes no token
        return NOBODY


asks = _ByItsOwnSecret(Caller.PUBLIC)


@router.post(
    "/token",
    dependencies=[Depends(asks), Depends(RateLimit(1200, timedelta(minutes=1)))],
    response_class=Response,
)
def token(
    request: Request,
    desk: AtDesk,
    works: AtWorks,
    grant_type: Word = "",
    code: Word = "",
    redirect_uri: Word = "",
    code_verifier: Word = "",
) -> Response:
    """Who signed in, for a code that is good once and only for the client it was made for."""
    if not _is_client(request.headers.get("authorization", ""), desk):
        headers = {**NO_STORE, "WWW-Authenticate": 'Basic realm="phone"'}
        return JSONResponse({"error": "invalid_client"}, 401, headers)
    if grant_type != "authorization_code":
        return JSONResponse({"error": "unsupported_grant_type"}, 400, NO_STORE)
    identity = works.run(
        NOBODY, lambda work: redeem_code(work, desk, code, redirect_uri, code_verifier)
    )
    if identity is None:
        return JSONResponse({"error": "invalid_grant"}, 400, NO_STORE)
    told = {
        "access_token": secrets.token_urlsafe(32),  # good for nothing: there is no userinfo
        "token_type": "Bearer",
        "expires_in": IDENTITY_SECONDS,
        "id_token": identity,
        "scope": "openid",
    }
    return JSONResponse(told, headers=NO_STORE)


def _is_client(header: str, desk: Desk) -> bool:
    """Whether the header holds the client's id and secret, form-encoded as RFC 6749 wants."""
    scheme, _, proof = header.partition(" ")
    secret = desk.settings.phone_client_secret.get_secret_value()
    expected = f"{desk.settings.phone_client}:{secret}".encode()
    try:
        shown = base64.b64decode(proof.strip(), validate=True)
    except ValueError:
        return False
    return scheme.lower() == "basic" and hmac.compare_digest(shown, expected)
