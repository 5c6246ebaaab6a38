"""Who takes part in tests of messages: workflows that hand notices over, phones, and browsers."""

import json
import re
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import ECKey
from phone_client import Client

from chassis.unit_of_work import Works
from contracts.procedures import Ack
from kernel.authority import Power
from kernel.commands import Command, Operation
from services.messages.activities.telling import Telling
from services.messages.desk import Desk
from services.messages.dispatch import Dispatch
from services.messages.gateways.mail import MailGateway
from services.messages.gateways.sms import SmsGateway
from services.messages.settings import Settings

SIX_DIGITS = re.compile(r"\b(\d{6})\b")
PATIENCE = 10.0


class TokenIssuer:
    """Both realms of a token issuer, with one key."""

    def __init__(self) -> None:
        self.key = ECKey.generate_key("P-256", {"kid": "k1", "use": "sig", "alg": "ES256"})
        told = json.dumps({"keys": [self.key.as_dict(private=False)]}).encode()

        class Door(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.end_headers()
                self.wfile.write(told)

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        ).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def token(self, realm: str, sub: str, **claims: Any) -> str:
        now = int(time.time())
        told = {
            "iss": f"{self.url}/{realm}",
            "sub": sub,
            "aud": ["messages"],
            "azp": "portal" if realm == "staff" else "portal-public",
            "typ": "Bearer",
            "exp": now + 900,
            "iat": now,
            "auth_time": now,
            "acr": "2" if realm == "staff" else "1",
        }
        return jwt.encode({"alg": "ES256", "kid": "k1"}, told | claims, self.key)


@dataclass
class Telecom:
    """The fake telecom's doors for tests."""

    url: str
    http: httpx.Client = field(default_factory=httpx.Client)

    def up(self) -> bool:
        try:
            return self.http.get(f"{self.url}/healthz").status_code == 200
        except httpx.TransportError:
            return False

    def fault(self, recipient: str = "*", **mode: Any) -> None:
        self.http.put(f"{self.url}/control/faults/{recipient}", json=mode).raise_for_status()

    def clear(self) -> None:
        self.http.delete(f"{self.url}/control/faults").raise_for_status()

    def phone(self, number: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.http.get(f"{self.url}/phones/{number}/messages").json()
        return found

    def mailbox(self, address: str) -> list[dict[str, Any]]:
        path = f"{self.url}/mailboxes/{address}"
        found: list[dict[str, Any]] = self.http.get(path).json()
        return found

    def code(self, number: str) -> str:
        """The newest code on the phone."""
        found = SIX_DIGITS.search(self.phone(number)[-1]["body"])
        assert found is not None
        return found[1]


@dataclass
class PostOffice:
    """The service under test."""

    http: httpx.Client
    settings: Settings
    issuer: TokenIssuer
    telecom: Telecom
    app: FastAPI
    browsers: list[httpx.Client] = field(default_factory=list)

    @property
    def desk(self) -> Desk:
        found: Desk = self.app.state.desk
        return found

    @property
    def works(self) -> Works:
        found: Works = self.app.state.works
        return found

    def dispatch(self) -> Dispatch:
        """The worker's loops, to be turned by hand."""
        gateways = SmsGateway.of(self.settings), MailGateway(self.settings)
        return Dispatch(self.works, self.desk, *gateways)

    def sql(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the database as its owner."""
        address = self.settings.database_owner
        assert address is not None
        with psycopg.connect(address.get_secret_value(), autocommit=True) as connection:
            done = connection.execute(statement, values)
            return done.fetchall() if done.description else []

    # who asks

    def as_person(self, sub: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.issuer.token('public', sub)}"}

    def knows_both_realms(self) -> bool:
        """Whether the keys of both issuers have been read."""
        asking = (self.as_person(str(uuid4())), self.officer())
        answers = [self.http.get("/v1/notices", headers=who) for who in asking]
        return all(answer.status_code == 200 for answer in answers)

    def officer(self, *powers: Power, office: str = "mines-north", **claims: Any) -> dict[str, str]:
        """Headers of an officer with a live appointment; none without powers."""
        sub = f"o-{uuid4().hex[:12]}"
        if powers:
            self.sql(
                "insert into appointment (id, person, agency, office, powers, since, version)"
                " values (%s, %s, 'mines', %s, %s, %s, 1)",
                uuid4(),
                f"staff:{sub}",
                office,
                [power.value for power in powers],
                datetime(2020, 1, 1, tzinfo=UTC),
            )
        told = {"groups": [f"/agencies/mines/{office}"]} | claims
        return {"Authorization": f"Bearer {self.issuer.token('staff', sub, **told)}"}

    # what happens

    def subscriber(self, number: str | None = None, language: str = "en") -> tuple[str, str]:
        """The id and number of somebody who signed in before."""
        number, made = number or new_number(), uuid4()
        self.sql(
            "insert into subscriber (id, phone, language, created_at) values (%s, %s, %s, %s)",
            made,
            number,
            language,
            datetime.now(UTC),
        )
        return str(made), number

    def command(
        self, to: str, kind: str = "receipt-confirmed", case: UUID | None = None, **more: Any
    ) -> Command:
        """The command by which the engine has somebody told."""
        notice = more.pop("notice", None) or uuid4()
        params = more.pop("params", {"code": "AMP-2026-000123-X", "seq": "17"})
        told = {"notice": str(notice), "kind": kind, "to": to, "params": params}
        return Command(
            key=more.pop("key", f"{case or notice}:{notice}:0:send_notice:1"),
            application_id=case or uuid4(),
            operation=Operation.SEND_NOTICE,
            subject="case",
            round=0,
            edition=more.pop("edition", self.desk.country.newest.ref),
            args=told | {"case": None if case is None else str(case)},
            at=datetime.now(UTC),
        )

    def hand_over(self, to: str, *args: Any, **more: Any) -> UUID:
        """A notice that messages has taken; not sent yet."""
        command = self.command(to, *args, **more)
        assert isinstance(self.telling.send_notice(command), Ack)
        return UUID(command.args["notice"])

    @property
    def telling(self) -> Telling:
        return Telling(self.works, self.desk, lambda: None)

    def send(self) -> None:
        """One round of sending on every way."""
        dispatch = self.dispatch()
        dispatch.send_texts()
        dispatch.send_mail()
        dispatch.texts.close()

    def row(self, notice: UUID) -> dict[str, Any]:
        names = (
            "kind, addressee, channel, language, sent_at, delivered_at, read_at, failed_at,"
            " failed, attempts, provider_ref, next_try, next_look, report_word"
        )
        found = self.sql(f"select {names} from notice where id = %s", notice)
        return dict(zip(names.split(", "), found[0], strict=True))

    def delivered(self, notice: UUID) -> bool:
        return self.row(notice)["delivered_at"] is not None

    def journal(self, case: UUID) -> list[tuple[Any, ...]]:
        return self.sql("select name, payload from journal where case_id = %s order by seq", case)

    def retry_now(self) -> None:
        self.sql("update notice set next_try = now() where next_try is not null")
        self.sql("update notice set next_look = now() where next_look is not null")

    def age(self, by: timedelta) -> None:
        """Make sign-ins on their way, and the counts of codes, older than they are."""
        for table in ("one_time_code", "sign_in", "authorization_code"):
            self.sql(f"update {table} set expires_at = expires_at - %s", by)
        self.sql("update tries set since = since - %s", by)

    def keycloak(self, **other: Any) -> Client:
        browser = httpx.Client(timeout=20)
        self.browsers.append(browser)
        return Client(self, browser, **other)

    def close_browsers(self) -> None:
        for browser in self.browsers:
            browser.close()
        self.browsers.clear()


def new_number() -> str:
    return f"+2557{secrets.randbelow(10**8):08d}"


def eventually(true: Callable[[], bool], otherwise: str, seconds: float = PATIENCE) -> None:
    """Wait until it is true, at most so long."""
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, otherwise
        time.sleep(0.02)
