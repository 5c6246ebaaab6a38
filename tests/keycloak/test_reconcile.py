import json
import secrets
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.keycloak.admin import Admin, AdminRefused
from deploy.keycloak.flows import UNFINISHED, reconcile_flows
from deploy.keycloak.people import Person, UnknownOffice, make_officers, read_officers
from deploy.keycloak.realms import ClientSecrets, Office, realm_documents
from deploy.keycloak.reconcile import reconcile
from deploy.keycloak.signing_keys import reconcile_signing_key
from deploy.keycloak.start import AdminAccount
from tests.keycloak.server import NORTH, OFFICES, UNSTAFFED, KeycloakUnderTest

RULEBOOKS = Path(__file__).parents[2] / "rulebooks"
EVENTS = "realms/{}/admin-events"


def test_a_second_run_writes_nothing(keycloak: KeycloakUnderTest) -> None:
    keycloak.reconcile()
    with keycloak.admin() as admin:
        before = [len(admin.get(EVENTS.format(realm), max=10000)) for realm in ("staff", "public")]
        assert keycloak.reconcile().made == ()
        after = [len(admin.get(EVENTS.format(realm), max=10000)) for realm in ("staff", "public")]
    assert after == before


def _client(admin: Admin, realm: str, name: str) -> str:
    key = admin.get(f"realms/{realm}/clients", clientId=name)[0]["id"]
    return f"realms/{realm}/clients/{key}"


def _changed_client(realm: str, name: str, **members: object) -> Callable[[Admin], None]:
    def drift(admin: Admin) -> None:
        path = _client(admin, realm, name)
        admin.put(path, admin.get(path) | members, "drift")

    return drift


def _changed_realm(realm: str, **members: object) -> Callable[[Admin], None]:
    return lambda admin: admin.put(f"realms/{realm}", members, "drift")


def _foreign_mapper(admin: Admin) -> None:
    mapper = {
        "name": "e-mail", "protocol": "openid-connect",
        "protocolMapper": "oidc-usermodel-attribute-mapper",
        "config": {"user.attribute": "email", "claim.name": "email", "access.token.claim": "true"},
    }
    path = _client(admin, "staff", "portal")
    admin.post(f"{path}/protocol-mappers/models", mapper, "drift")


def _lost_audience(admin: Admin) -> None:
    path = f"{_client(admin, 'public', 'portal-public')}/protocol-mappers/models"
    mapper = next(m for m in admin.get(path) if m["name"] == "aud-payments")
    admin.delete(f"{path}/{mapper['id']}", None, "drift")


def _more_power(admin: Admin) -> None:
    person = admin.get("realms/staff/users", username="service-account-appointments")[0]["id"]
    management = _client(admin, "staff", "realm-management")
    role = admin.get(f"{management}/roles/manage-users")
    path = f"realms/staff/users/{person}/role-mappings/clients/{management.rpartition('/')[2]}"
    admin.post(path, [role], "drift")


def _wider_permission(admin: Admin) -> None:
    server = f"{_client(admin, 'staff', 'admin-permissions')}/authz/resource-server"
    found = admin.get(f"{server}/permission", name="appointments-groups")[0]
    applied = admin.get(f"{server}/policy/{found['id']}/associatedPolicies")
    wide = found | {
        "scopes": ["manage-members", "manage", "manage-membership"],
        "policies": [policy["id"] for policy in applied],
    }
    admin.put(f"{server}/permission/scope/{found['id']}", wide, "drift")


def _lost_permission(admin: Admin) -> None:
    server = f"{_client(admin, 'staff', 'admin-permissions')}/authz/resource-server"
    for kind in ("appointments-groups", "appointments"):
        found = next(p for p in admin.get(f"{server}/policy", name=kind) if p["name"] == kind)
        admin.delete(f"{server}/policy/{found['id']}", None, "drift")


def _more_roles_in_tokens(admin: Admin) -> None:
    path = f"{_client(admin, 'public', 'portal-public')}/scope-mappings/realm"
    admin.post(path, [admin.get("realms/public/roles/offline_access")], "drift")


def _more_scopes(admin: Admin) -> None:
    scope = next(s for s in admin.get("realms/staff/client-scopes") if s["name"] == "profile")
    path = _client(admin, "staff", "portal")
    admin.put(f"{path}/default-client-scopes/{scope['id']}", None, "drift")


def _other_phone(admin: Admin) -> None:
    path = "realms/public/identity-provider/instances/phone"
    found = admin.get(path)
    found["config"]["jwksUrl"] = "http://127.0.0.1:9/jwks"
    admin.put(path, found, "drift")


def _lost_phone_mapper(admin: Admin) -> None:
    path = "realms/public/identity-provider/instances/phone/mappers"
    found = next(m for m in admin.get(path) if m["name"] == "phone")
    admin.delete(f"{path}/{found['id']}", None, "drift")


def _lost_client(admin: Admin) -> None:
    admin.delete(_client(admin, "public", "phone-gateway"), None, "drift")


def _lost_role_and_group(admin: Admin) -> None:
    admin.delete("realms/staff/roles/cashier", None, "drift")
    gone = admin.get(f"realms/staff/group-by-path{UNSTAFFED.path}")["id"]
    admin.delete(f"realms/staff/groups/{gone}", None, "drift")


def _open_profile(admin: Admin) -> None:
    profile = admin.get("realms/public/users/profile")
    profile["attributes"].append({"name": "nickname"})
    admin.put("realms/public/users/profile", profile, "drift")


def _unbound_default_role(admin: Admin) -> None:
    role = admin.get("realms/public/roles/miner")
    admin.delete("realms/public/roles/default-roles-public/composites", [role], "drift")


@pytest.mark.parametrize("drift", [
    _changed_realm("staff", accessTokenLifespan=36000),
    _changed_realm("staff", browserFlow="browser", directGrantFlow="direct grant"),
    _changed_realm("staff", bruteForceProtected=False, revokeRefreshToken=False),
    _changed_realm("public", registrationAllowed=True),
    _changed_client("staff", "portal", redirectUris=["*"]),
    _changed_client("staff", "portal", directAccessGrantsEnabled=True),
    _changed_client("staff", "portal", secret="known-to-somebody"),
    _changed_client("staff", "admin-cli", enabled=True, directAccessGrantsEnabled=True),
    _changed_client("master", "admin-cli", directAccessGrantsEnabled=True),
    _foreign_mapper, _lost_audience, _more_power, _wider_permission, _lost_permission,
    _more_roles_in_tokens, _more_scopes, _other_phone, _lost_phone_mapper, _lost_client,
    _lost_role_and_group, _open_profile, _unbound_default_role,
])  # fmt: skip
def test_drift_is_mended_once(
    keycloak: KeycloakUnderTest, drift: Callable[[Admin], None]
) -> None:
    with keycloak.admin() as admin:
        drift(admin)
    assert len(keycloak.reconcile()) > 0
    assert keycloak.reconcile().made == ()


def test_a_new_secret_of_the_phone_provider_is_noticed(keycloak: KeycloakUnderTest) -> None:
    members = {name: getattr(keycloak.secrets, name) for name in ClientSecrets.__slots__}
    other = ClientSecrets(**members | {"phone": "another-secret-of-the-phone-provider"})
    changed = reconcile(keycloak.base_url, keycloak.account, keycloak.addresses, other, OFFICES)
    assert changed.made == ("public: identity provider phone",)
    assert keycloak.reconcile().made == ("public: identity provider phone",)


def test_a_new_office_of_the_rulebook_becomes_a_group(keycloak: KeycloakUnderTest) -> None:
    east = Office("mines", f"mines-{secrets.token_hex(4)}")
    assert keycloak.reconcile((*OFFICES, east)).made == (f"staff: group {east.office}",)
    with keycloak.admin() as admin:
        assert admin.get(f"realms/staff/group-by-path{east.path}")["path"] == east.path
    assert keycloak.reconcile().made == ()


class Killed(Exception):
    """As if the process ended here."""


def cut_off(admin: Admin, work: Callable[[], None], after: int) -> None:
    """Let it die when it wants to write once more than that."""

    def put_or_post(method: str, *rest: Any) -> httpx.Response:
        if len(admin.changes) == after:
            raise Killed
        return Admin._write(admin, method, *rest)

    admin._write = put_or_post  # type: ignore[method-assign]
    with pytest.raises(Killed):
        work()
    del admin._write


def _flows(admin: Admin) -> set[str]:
    return {flow["alias"] for flow in admin.get("realms/staff/authentication/flows")}


def test_a_flow_with_a_new_alias_is_built_and_officers_step_up_in_it(
    keycloak: KeycloakUnderTest,
) -> None:
    text = json.dumps(realm_documents(keycloak.addresses, keycloak.secrets, OFFICES)["staff"])
    prefix = f"cp {secrets.token_hex(4)}"
    newer = json.loads(text.replace('"cp ', f'"{prefix} '))
    with keycloak.admin() as admin:
        cut_off(admin, lambda: reconcile_flows(admin, "staff", newer), after=25)
        assert f"{prefix} enrolled browser" not in _flows(admin)
        reconcile_flows(admin, "staff", newer)
        assert {f"{prefix} enrolled browser", f"{prefix} no direct grant"} <= _flows(admin)
        assert not [alias for alias in _flows(admin) if alias.endswith(UNFINISHED)]
        admin.put("realms/staff", {"browserFlow": f"{prefix} enrolled browser"}, "bind")
        written = len(admin.changes)
        reconcile_flows(admin, "staff", newer)
        assert len(admin.changes) == written
    tokens = keycloak.officer_tokens("surveyor.north", step_up=True)
    assert keycloak.claims(tokens.access)["acr"] == "2"
    assert keycloak.reconcile().made == ("staff: settings",)


def test_making_the_same_officers_again_changes_nothing(
    keycloak: KeycloakUnderTest, tmp_path: Path
) -> None:
    kept = tmp_path / "secrets" / "officers.json"
    clerk = Person("clerk.north", "Neema", "Banda", (NORTH,), ("officer",))
    first = make_officers(keycloak.base_url, keycloak.account, [clerk], kept)
    again = make_officers(keycloak.base_url, keycloak.account, [clerk], kept)
    assert first == again == read_officers(kept)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_an_officer_whose_password_is_lost_is_made_anew(
    keycloak: KeycloakUnderTest, tmp_path: Path
) -> None:
    clerk = Person("lost.north", "Ben", "Phiri", (NORTH,), ("officer",))
    arguments = (keycloak.base_url, keycloak.account, [clerk])
    first = make_officers(*arguments, tmp_path / "one.json")
    second = make_officers(*arguments, tmp_path / "other.json")
    assert first["lost.north"].subject != second["lost.north"].subject


def test_an_officer_of_an_unknown_office_is_not_made(
    keycloak: KeycloakUnderTest, tmp_path: Path
) -> None:
    stray = Person("stray", "No", "Body", (Office("mines", "mines-moon"),), ())
    with pytest.raises(UnknownOffice):
        make_officers(keycloak.base_url, keycloak.account, [stray], tmp_path / "none.json")
    with keycloak.admin() as admin:
        assert admin.get("realms/staff/users", username="stray", exact=True) == []


def test_a_wrong_secret_of_the_reconciler_is_told(keycloak: KeycloakUnderTest) -> None:
    wrong = AdminAccount(keycloak.account.client_id, "wrong")
    with pytest.raises(AdminRefused, match="signing in as the reconciler: 401"):
        reconcile(keycloak.base_url, wrong, keycloak.addresses, keycloak.secrets, OFFICES)


def test_the_realm_of_administrators_has_no_people(keycloak: KeycloakUnderTest) -> None:
    """Only a service account: nothing there that a password could open."""
    with keycloak.admin() as admin:
        assert admin.get("realms/master/users") == []


def test_health_answers_on_its_own_port_only(keycloak: KeycloakUnderTest) -> None:
    assert httpx.get(f"{keycloak.base_url}/health/ready").status_code == 404


def test_a_realm_has_the_key_of_its_tokens_before_anybody_signs_in(
    keycloak: KeycloakUnderTest,
) -> None:
    realm = f"fresh-{secrets.token_hex(4)}"
    certs = f"{keycloak.base_url}/realms/{realm}/protocol/openid-connect/certs"

    def curves() -> list[str]:
        return [key["crv"] for key in httpx.get(certs).json()["keys"] if key["kty"] == "EC"]

    with keycloak.admin() as admin:
        admin.post("realms", {"realm": realm, "enabled": True}, "fresh realm")
        try:
            assert curves() == []
            reconcile_signing_key(admin, realm)
            assert curves() == ["P-256"]
            written = len(admin.changes)
            reconcile_signing_key(admin, realm)
            assert len(admin.changes) == written
        finally:
            admin.delete(f"realms/{realm}", None, "fresh realm removed")
