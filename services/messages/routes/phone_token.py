"""What Keycloak asks the phone provider for: its description, its keys, and who signed in."""

import base64
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import JSONResponse

from chassis.rate_limits import RateLimit
from chassis.who import PUBLIC, Caller, Rule
from chassis.who import asks as asks_for
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


@router.get("/.well-known/openid-configuration", dependencies=[Depends(asks_for(PUBLIC))])
def configuration(desk: AtDesk) -> dict[str, Any]:
    """OpenID Connect Discovery 1.0."""
    issuer = desk.settings.phone_issuer
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "jwks_uri": f"{issuer}/jwks",
        "scopes_supported": ["openid"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        "code_challenge_methods_supported": ["S256"],
        "claims_supported": ["sub", "iss", "aud", "auth_time", "phone_number"],
        "ui_locales_supported": list(desk.languages),
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
    }


@router.get("/jwks", dependencies=[Depends(asks_for(PUBLIC))])
def jwks(desk: AtDesk) -> Response:
    """The keys that identity tokens are signed with."""
    return JSONResponse(desk.signer.jwks(), headers={"Cache-Control": "max-age=300"})


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
