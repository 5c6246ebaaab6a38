"""Texts over a telecom's HTTP gateway, with delivery reports to our callback."""

from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import httpx
from pydantic import BaseModel, ValidationError

from contracts.messages.language import Reported
from services.messages.domain.notice import Sending
from services.messages.gateways.gateway import GatewayAway, SendingRefused
from services.messages.settings import Settings

PASSING: Final = frozenset({401, 403, 404, 408, 429})  # our account or the moment, not the text


class Taken(BaseModel):
    id: str


class Told(BaseModel):
    reference: str | None = None
    status: str


@dataclass(frozen=True, slots=True)
class SmsGateway:
    """`POST /messages`: the notice's id is our reference, so that a repeat is the same text."""

    base_url: str
    callback_url: str
    sender: str
    seconds: float
    http: httpx.Client = field(default_factory=lambda: httpx.Client(trust_env=False))

    @classmethod
    def of(cls, settings: Settings, url: str) -> "SmsGateway":
        return cls(
            url.rstrip("/"),
            settings.callback_url,
            settings.sms_sender,
            settings.gateway_seconds,
        )

    def send(self, sending: Sending) -> str | None:
        body = {
            "to": sending.addresses[0],
            "from": self.sender,
            "text": sending.text,
            "reference": str(sending.notice),
            "callback": f"{self.callback_url}?word={sending.report_word}",
        }
        answer = self._call("POST", "/messages", body)
        if answer.is_client_error:
            raise SendingRefused(str(answer.status_code))
        try:
            return Taken.model_validate_json(answer.content).id
        except ValidationError as strange:
            raise GatewayAway("the gateway's answer cannot be read") from strange

    def look_up(self, provider_ref: str, notice: UUID) -> Reported:
        answer = self._call("GET", f"/messages/{provider_ref}")
        try:
            told = Told.model_validate_json(answer.raise_for_status().content)
        except (ValidationError, httpx.HTTPStatusError) as strange:
            raise GatewayAway("the gateway's answer cannot be read") from strange
        known = {one.value for one in Reported}
        if told.reference != str(notice) or told.status not in known:
            return Reported.UNDER_WAY
        return Reported(told.status)

    def close(self) -> None:
        self.http.close()

    def _call(self, method: str, path: str, body: object = None) -> httpx.Response:
        try:
            answer = self.http.request(
                method, self.base_url + path, json=body, timeout=self.seconds
            )
        except httpx.HTTPError as away:
            raise GatewayAway(type(away).__name__) from away
        if answer.is_server_error or answer.is_redirect or answer.status_code in PASSING:
            raise GatewayAway(f"the gateway answered {answer.status_code}")
        return answer
