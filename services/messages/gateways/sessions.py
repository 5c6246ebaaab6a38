"""Ends people's sessions in Keycloak, as the sign-in by phone that it relies on, and no more."""

from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import httpx

from chassis.clock import machine_now, new_uuid
from chassis.signing import TokenSigner
from kernel.authority import Realm
from services.messages.desk import Desk
from services.messages.gateways.gateway import GatewayAway

EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
SECONDS: Final = 60
"""So long is a logout token good."""


@dataclass(frozen=True, slots=True)
class Sessions:
    """OpenID Connect back-channel logout: a token signed with the key of the sign-in by phone says
    who is out. Keycloak ends what it began on that sign-in; no account of its own is needed.
    """

    url: str
    issuer: str
    audience: str
    signer: TokenSigner
    seconds: float
    http: httpx.Client = field(default_factory=lambda: httpx.Client(trust_env=False))

    @classmethod
    def of(cls, desk: Desk) -> "Sessions":
        told = desk.settings
        realm = told.realm_address(Realm.PUBLIC)
        where = f"{realm}/protocol/openid-connect/logout/backchannel-logout"
        return cls(where, told.phone_issuer, told.phone_client, desk.signer, told.gateway_seconds)

    def end(self, subscriber: UUID) -> None:
        """No refresh and no new page from now on; harmless when there is no session.

        Raises GatewayAway.
        """
        try:
            answer = self.http.post(
                self.url, data={"logout_token": self._token(subscriber)}, timeout=self.seconds
            )
        except httpx.HTTPError as away:
            raise GatewayAway(type(away).__name__) from away
        if answer.status_code != httpx.codes.OK:
            raise GatewayAway(f"Keycloak answered {answer.status_code}")

    def close(self) -> None:
        """Let go of its connections."""
        self.http.close()

    def _token(self, subscriber: UUID) -> str:
        now = machine_now()
        claims = {
            "iss": self.issuer,
            "aud": self.audience,
            "sub": str(subscriber),
            "iat": int(now.timestamp()),
            "exp": int(now.timestamp()) + SECONDS,
            "jti": str(new_uuid(now)),
            "events": {EVENT: {}},
        }
        return self.signer.token(claims, "logout+jwt")
