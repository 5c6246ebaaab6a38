"""Doors that must stay closed, knocked on at a real server."""

import base64
import hashlib
import secrets
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from keycloak import KeycloakAdmin, KeycloakOpenIDConnection
from keycloak.exceptions import KeycloakError

from deploy.keycloak.sign_in import Browser, SignInFailed, refresh
from tests.keycloak.server import KeycloakUnderTest

BUILT_IN = ("admin-cli", "account", "account-console", "security-admin-console", "broker")
OUR_STAFF = ("portal", "appointments")
OUR_PUBLIC = ("portal-public", "phone-gateway")
CLIENTS = [
    *(("staff", name) for name in (*OUR_STAFF, *BUILT_IN)),
    *(("public", name) for name in (*OUR_PUBLIC, *BUILT_IN)),
    ("master", "admin-cli"),
]


def _secret(keycloak: KeycloakUnderTest, client: str) -> str:
    return getattr(keycloak.secrets, client.replace("-", "_"), "")


@pytest.fixture(scope="module")
def password_only(keycloak: KeycloakUnderTest) -> tuple[str, str]:
    """Username and password of an account in both realms without any second factor."""
    name, password = f"plain.{secrets.token_hex(4)}", secrets.token_urlsafe(18)
    body = {
        "username": name, "firstName": "No", "lastName": "Factor", "enabled": True,
        "credentials": [{"type": "password", "value": password, "temporary": False}],
    }
    with keycloak.admin() as admin:
        admin.post("realms/staff/users", body, "make")
        admin.post("realms/public/users", body, "make")
    return name, password


@pytest.mark.parametrize(("realm", "client"), CLIENTS)
def test_no_client_takes_a_password(
    keycloak: KeycloakUnderTest, password_only: tuple[str, str], realm: str, client: str
) -> None:
    form = {
        "grant_type": "password", "client_id": client, "client_secret": _secret(keycloak, client),
        "username": password_only[0], "password": password_only[1], "scope": "openid",
    }
    where = f"{keycloak.base_url}/realms/{realm}/protocol/openid-connect/token"
    answer = httpx.post(where, data=form)
    assert answer.status_code in (400, 401)
    assert "access_token" not in answer.text


def test_every_client_of_both_realms_was_knocked_on(keycloak: KeycloakUnderTest) -> None:
    bearer_only = {"realm-management", "admin-permissions"}
    with keycloak.admin() as admin:
        for realm in ("staff", "public"):
            there = {c["clientId"] for c in admin.get(f"realms/{realm}/clients")} - bearer_only
            assert there == {name for where, name in CLIENTS if where == realm}
            for client in admin.get(f"realms/{realm}/clients"):
                assert client["directAccessGrantsEnabled"] is False
                assert client["implicitFlowEnabled"] is False


def test_even_with_the_client_opened_the_flow_refuses_the_password(
    keycloak: KeycloakUnderTest, password_only: tuple[str, str]
) -> None:
    with keycloak.admin() as admin:
        key = admin.get("realms/staff/clients", clientId="admin-cli")[0]["id"]
        path = f"realms/staff/clients/{key}"
        opened = {"enabled": True, "directAccessGrantsEnabled": True}
        admin.put(path, admin.get(path) | opened, "open")
    form = {
        "grant_type": "password", "client_id": "admin-cli", "username": password_only[0],
        "password": password_only[1],
    }
    answer = httpx.post(f"{keycloak.staff.protocol}/token", data=form)
    assert keycloak.reconcile().made == ("staff: client admin-cli",)
    assert answer.status_code == 401
    assert "access_token" not in answer.text


def _authorize(keycloak: KeycloakUnderTest, **extra: str) -> httpx.Response:
    question = {
        "client_id": "portal", "response_type": "code", "scope": "openid", "state": "s",
        "redirect_uri": keycloak.staff.redirect,
    }
    return httpx.get(f"{keycloak.staff.protocol}/auth", params=question | extra)


def _error(answer: httpx.Response) -> str:
    """What came back to the portal instead of a code, in the query or in the fragment."""
    assert answer.status_code == 302
    back = urlsplit(answer.headers["location"])
    members = dict(parse_qsl(back.query or back.fragment))
    assert "code" not in members
    return f"{members['error']}: {members.get('error_description', '')}"


CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(b"v" * 43).digest()).rstrip(b"=").decode()


def test_a_sign_in_without_pkce_is_refused(keycloak: KeycloakUnderTest) -> None:
    assert "Missing parameter: code_challenge_method" in _error(_authorize(keycloak))


def test_a_plain_challenge_is_refused(keycloak: KeycloakUnderTest) -> None:
    answer = _authorize(keycloak, code_challenge="v" * 43, code_challenge_method="plain")
    assert "code challenge method is not matching" in _error(answer)


@pytest.mark.parametrize("kind", ["token", "id_token", "id_token token", "code id_token"])
def test_implicit_and_hybrid_flows_are_refused(keycloak: KeycloakUnderTest, kind: str) -> None:
    answer = _authorize(
        keycloak, response_type=kind, nonce="n", code_challenge=CHALLENGE,
        code_challenge_method="S256",
    )
    assert _error(answer).startswith("unauthorized_client")


@pytest.mark.parametrize("where", [
    "http://127.0.0.1:9/signin/callback", "{portal}/signin/callback/../other", "{portal}/",
    "{portal}/signin/callback?next=x", "javascript:alert(1)",
])  # fmt: skip
def test_a_foreign_redirect_uri_ends_at_keycloak(keycloak: KeycloakUnderTest, where: str) -> None:
    to = where.format(portal=keycloak.addresses.portal)
    answer = _authorize(
        keycloak, redirect_uri=to, code_challenge=CHALLENGE, code_challenge_method="S256"
    )
    assert answer.status_code == 400
    assert "location" not in answer.headers


@pytest.mark.parametrize("realm", ["staff", "public"])
@pytest.mark.parametrize(("path", "body"), [
    ("openid-connect", {"redirect_uris": ["http://127.0.0.1:9/"]}),
    ("default", {"clientId": "mine", "redirectUris": ["http://127.0.0.1:9/"]}),
])  # fmt: skip
def test_strangers_register_no_clients(
    keycloak: KeycloakUnderTest, realm: str, path: str, body: dict[str, object]
) -> None:
    where = f"{keycloak.base_url}/realms/{realm}/clients-registrations/{path}"
    answer = httpx.post(where, json=body)
    assert answer.status_code == 403
    assert "Host not trusted" in answer.text


@pytest.mark.parametrize("page", [
    "protocol/openid-connect/registrations", "protocol/openid-connect/forgot-credentials",
    "login-actions/reset-credentials",
])  # fmt: skip
@pytest.mark.parametrize("realm", ["staff", "public"])
def test_nobody_registers_or_resets_alone(
    keycloak: KeycloakUnderTest, realm: str, page: str
) -> None:
    client = keycloak.staff if realm == "staff" else keycloak.public
    question = {
        "client_id": client.client_id, "response_type": "code", "scope": "openid", "state": "s",
        "redirect_uri": client.redirect, "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    answer = httpx.get(f"{client.issuer}/{page}", params=question, follow_redirects=True)
    assert answer.status_code >= 400
    assert "<form" not in answer.text


def test_a_refresh_token_used_twice_ends_the_session(keycloak: KeycloakUnderTest) -> None:
    first = keycloak.officer_tokens("surveyor.north")
    second = refresh(keycloak.staff, first)
    with pytest.raises(SignInFailed, match="Maximum allowed refresh token reuse exceeded"):
        refresh(keycloak.staff, first)
    with pytest.raises(SignInFailed, match="400"):
        refresh(keycloak.staff, second)


def test_a_code_is_good_for_nobody_else(keycloak: KeycloakUnderTest, browser: Browser) -> None:
    """Without the verifier that belongs to it, and only once."""
    login = keycloak.officers["surveyor.north"].login
    question = {
        "client_id": "portal", "response_type": "code", "scope": "openid", "state": "s",
        "redirect_uri": keycloak.staff.redirect, "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    answers = {"username": lambda page: login.username, "password": lambda page: login.password}
    start = f"{keycloak.staff.protocol}/auth"
    code = browser.walk(start, question, keycloak.staff.redirect, answers)["code"]
    form = {
        "grant_type": "authorization_code", "code": code, "client_id": "portal",
        "client_secret": keycloak.secrets.portal, "redirect_uri": keycloak.staff.redirect,
    }
    for verifier in ({"code_verifier": "w" * 43}, {}, {"code_verifier": "v" * 43}):
        answer = httpx.post(f"{keycloak.staff.protocol}/token", data=form | verifier)
        assert answer.status_code == 400


def test_a_wrong_password_and_then_a_guess_locks_for_a_while(keycloak: KeycloakUnderTest) -> None:
    login = keycloak.officers["locked.north"].login
    guess = {"username": lambda page: login.username, "password": lambda page: "guess-guess-guess"}
    with Browser() as stranger, pytest.raises(SignInFailed):
        stranger.sign_in(keycloak.staff, guess)
    with pytest.raises(SignInFailed):
        keycloak.officer_tokens("locked.north")


def _appointments(keycloak: KeycloakUnderTest, realm: str = "staff") -> KeycloakAdmin:
    return KeycloakAdmin(connection=KeycloakOpenIDConnection(
        server_url=keycloak.base_url, realm_name=realm, user_realm_name="staff",
        client_id="appointments", client_secret_key=keycloak.secrets.appointments,
    ))


def _refused(error: pytest.ExceptionInfo[KeycloakError]) -> bool:
    return error.value.response_code == 403


@pytest.fixture
def administrator(keycloak: KeycloakUnderTest) -> str:
    """Somebody who holds realm-admin inside the realm: there should be none, but if there were."""
    with keycloak.admin() as admin:
        body = {"username": f"root.{secrets.token_hex(4)}", "enabled": True}
        person = admin.post("realms/staff/users", body, "make")
        key = admin.get("realms/staff/clients", clientId="realm-management")[0]["id"]
        role = admin.get(f"realms/staff/clients/{key}/roles/realm-admin")
        path = f"realms/staff/users/{person}/role-mappings/clients/{key}"
        admin.post(path, [role], "make an administrator")
    return person


def test_the_service_account_cannot_reset_an_administrators_password(
    keycloak: KeycloakUnderTest, administrator: str
) -> None:
    with pytest.raises(KeycloakError) as error:
        _appointments(keycloak).set_user_password(administrator, "taken-over-by-me-1")
    assert _refused(error)


def test_the_service_account_cannot_bring_an_administrator_into_an_office(
    keycloak: KeycloakUnderTest, administrator: str
) -> None:
    admin = _appointments(keycloak)
    office = admin.get_group_by_path("/agencies/mines/mines-north")["id"]
    with pytest.raises(KeycloakError) as error:
        admin.group_user_add(administrator, office)
    assert _refused(error)


def test_the_service_account_maps_no_roles(keycloak: KeycloakUnderTest) -> None:
    admin = _appointments(keycloak)
    officer = keycloak.officers["surveyor.north"].subject
    with keycloak.admin() as master:
        registrar = master.get("realms/staff/roles/registrar")
        key = master.get("realms/staff/clients", clientId="realm-management")[0]["id"]
        manage = master.get(f"realms/staff/clients/{key}/roles/manage-users")
    with pytest.raises(KeycloakError) as error:
        admin.assign_realm_roles(officer, [registrar])
    assert _refused(error)
    with pytest.raises(KeycloakError) as error:
        admin.assign_client_role(officer, key, [manage])
    assert _refused(error)


def test_the_service_account_makes_no_account_outside_an_office_and_no_office(
    keycloak: KeycloakUnderTest,
) -> None:
    admin = _appointments(keycloak)
    with pytest.raises(KeycloakError) as error:
        admin.create_user({"username": "drifter", "enabled": True})
    assert _refused(error)
    with pytest.raises(KeycloakError) as error:
        admin.create_group({"name": "my-office"})
    assert _refused(error)


def test_the_service_account_reads_no_clients_and_no_other_realm(
    keycloak: KeycloakUnderTest,
) -> None:
    with pytest.raises(KeycloakError) as error:
        _appointments(keycloak).get_clients()
    assert _refused(error)
    for realm in ("public", "master"):
        with pytest.raises(KeycloakError) as error:
            _appointments(keycloak, realm).get_users({})
        assert error.value.response_code in (401, 403)
