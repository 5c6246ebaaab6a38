"""What the phone provider says of itself: its addresses, and the keys it signs with."""

from typing import Any

from fastapi import APIRouter, Depends, Response
from fastapi.responses import JSONResponse

from chassis.who import PUBLIC, asks
from services.messages.routes.at_desk import AtDesk

router = APIRouter(tags=["sign-in by phone"], prefix="/phone")


@router.get("/.well-known/openid-configuration", dependencies=[Depends(asks(PUBLIC))])
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


@router.get("/jwks", dependencies=[Depends(asks(PUBLIC))])
def jwks(desk: AtDesk) -> Response:
    """The keys that identity tokens are signed with."""
    return JSONResponse(desk.signer.jwks(), headers={"Cache-Control": "max-age=300"})
