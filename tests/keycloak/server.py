"""A real Keycloak for tests, with both realms, a stand-in phone provider and some officers."""

import json
import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psycopg
from joserfc import jwt
from joserfc.jwk import KeySet

from deploy.keycloak.admin import Admin
from deploy.keycloak.install import cache_folder, install
from deploy.keycloak.one_time_codes import OneTimeCodes
from deploy.keycloak.people import Officer, Person, make_officers
from deploy.keycloak.realms import Addresses, ClientSecrets, Office
from deploy.keycloak.reconcile import Changes, reconcile
from deploy.keycloak.sign_in import (
    Browser,
    PortalClient,
    Tokens,
    sign_in_miner,
    sign_in_officer,
)
from deploy.keycloak.start import AdminAccount, Database, base_url, launch, wait_until_ready
from tests.keycloak.phone import PhoneStandIn

POSTGRES = os.environ.get("CORNERPOST_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:25432/")
GIVEN = "CORNERPOST_TEST_KEYCLOAK"
"""A scratch Keycloak to use instead: JSON with base_url, client_id and secret of its `master`."""

NORTH, SOUTH = Office("mines", "mines-north"), Office("mines", "mines-south")
REGISTRY = Office("lands", "lands-registry")
UNSTAFFED = Office("environment", "environment-north")
OFFICES = (NORTH, SOUTH, REGISTRY, UNSTAFFED)
PEOPLE = (
    Person("director.north", "Amina", "Odeh", (NORTH,), ("officer", "approver")),
    Person("surveyor.north", "Peter", "Mbeki", (NORTH,), ("officer",)),
    Person("locked.north", "Daudi", "Temba", (NORTH,), ("officer",)),
    Person("screener.south", "Grace", "Lwanga", (SOUTH,), ("officer",)),
    Person("registrar.lands", "Joseph", "Amari", (REGISTRY,), ("registrar",)),
)


@dataclass(frozen=True, slots=True)
class KeycloakUnderTest:
    """The running server and everything a test needs to sign in and to look behind the pages."""

    base_url: str
    account: AdminAccount
    addresses: Addresses
    secrets: ClientSecrets
    phone: PhoneStandIn
    officers: dict[str, Officer]
    codes: OneTimeCodes

    @property
    def staff(self) -> PortalClient:
        return self._client("staff", "portal", self.secrets.portal)

    @property
    def public(self) -> PortalClient:
        return self._client("public", "portal-public", self.secrets.portal_public)

    def admin(self) -> Admin:
        return Admin(self.base_url, self.account)

    def reconcile(self, offices: tuple[Office, ...] = OFFICES) -> Changes:
        return reconcile(self.base_url, self.account, self.addresses, self.secrets, offices)

    def officer_tokens(
        self, username: str, browser: Browser | None = None, step_up: bool = False, **extra: str
    ) -> Tokens:
        """Real tokens of an officer, with a second factor when `step_up`."""
        login = self.officers[username].login
        with _own(browser) as used:
            return sign_in_officer(used, self.staff, login, self.codes, step_up, **extra)

    def miner_tokens(self, number: str, browser: Browser | None = None, **extra: str) -> Tokens:
        """Real tokens of a miner, signed in through the phone provider's pages."""
        with _own(browser) as used:
            return sign_in_miner(used, self.public, number, self.phone.codes.__getitem__, **extra)

    def claims(self, token: str) -> dict[str, Any]:
        """What the token says, its signature checked against the issuer's published keys."""
        return dict(jwt.decode(token, self._keys("staff"), algorithms=["ES256"]).claims)

    def public_claims(self, token: str) -> dict[str, Any]:
        return dict(jwt.decode(token, self._keys("public"), algorithms=["ES256"]).claims)

    def _keys(self, realm: str) -> KeySet:
        where = f"{self.base_url}/realms/{realm}/protocol/openid-connect/certs"
        return KeySet.import_key_set(httpx.get(where).json())

    def _client(self, realm: str, client_id: str, secret: str) -> PortalClient:
        redirect = f"{self.addresses.portal}/signin/callback"
        return PortalClient(f"{self.base_url}/realms/{realm}", client_id, secret, redirect)


@contextmanager
def running_keycloak(folder: Path) -> Iterator[KeycloakUnderTest]:
    """Everything up and reconciled once; a server that was started is stopped at the end."""
    given = os.environ.get(GIVEN)
    with _given(given) if given else _started(folder) as (url, account):
        secrets = ClientSecrets.generate()
        phone = PhoneStandIn(free_port(), secrets.phone)
        phone.start()
        portal = f"http://127.0.0.1:{free_port()}"
        addresses = Addresses(portal, phone.issuer, phone.issuer, phone.address)
        reconcile(url, account, addresses, secrets, OFFICES)
        officers = make_officers(url, account, PEOPLE, folder / "secrets" / "officers.json")
        codes = OneTimeCodes(folder / "codes")
        yield KeycloakUnderTest(url, account, addresses, secrets, phone, officers, codes)
        phone.stop()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _own(browser: Browser | None) -> AbstractContextManager[Browser]:
    return nullcontext(browser) if browser else Browser()


@contextmanager
def _given(text: str) -> Iterator[tuple[str, AdminAccount]]:
    known = json.loads(text)
    yield known["base_url"], AdminAccount(known["client_id"], known["secret"])


@contextmanager
def _started(folder: Path) -> Iterator[tuple[str, AdminAccount]]:
    home, port, management = install(), free_port(), free_port()
    name = f"dev_keycloak_{port}"
    with psycopg.connect(POSTGRES, autocommit=True) as server:
        server.execute(f"create database {name}")
    where = urlsplit(POSTGRES)
    database = Database(
        f"{where.hostname}:{where.port}/{name}", where.username or "", where.password or ""
    )
    account = AdminAccount("reconciler", ClientSecrets.generate().phone)
    archive = cache_folder() / f"{home.name}.jsa"
    started = launch(home, port, management, database, account, archive)
    with (folder / "keycloak.log").open("wb") as log:
        process = subprocess.Popen(
            started.command, env=os.environ | started.environment, stdout=log, stderr=log
        )
    try:
        wait_until_ready(management, 110, lambda: process.poll() is None)
        yield base_url(port), account
    finally:
        process.terminate()
        process.wait(timeout=60)
        with psycopg.connect(POSTGRES, autocommit=True) as server:
            server.execute(f"drop database {name} with (force)")
