import json
from collections.abc import Iterator

import pytest

from deploy.keycloak.realms import MARK, realm_documents
from deploy.keycloak.reconcile import Changes, RealmsNotOurs, reconcile, refuse_foreign
from tests.keycloak.server import OFFICES, KeycloakUnderTest


@pytest.fixture
def foreign(keycloak: KeycloakUnderTest) -> Iterator[KeycloakUnderTest]:
    """The server with a realm `public` that does not say that it is ours."""
    with keycloak.admin() as admin:
        found = admin.get("realms/public")
        kept = {name: value for name, value in found["attributes"].items() if name != MARK}
        admin.put("realms/public", {"attributes": kept | {MARK: ""}}, "no mark")
        admin.put("realms/public", {"displayName": "Somebody else"}, "another name")
    yield keycloak
    adopted(keycloak)


def adopted(keycloak: KeycloakUnderTest) -> Changes:
    told = keycloak.base_url, keycloak.account, keycloak.addresses, keycloak.secrets, OFFICES
    return reconcile(*told, adopt=True)


def test_the_realms_that_we_make_say_so(keycloak: KeycloakUnderTest) -> None:
    with keycloak.admin() as admin:
        marks = [admin.get(f"realms/{one}")["attributes"][MARK] for one in ("staff", "public")]
    assert marks == ["staff", "public"]


def test_a_realm_that_somebody_else_made_is_refused_and_left_as_it_is(
    foreign: KeycloakUnderTest,
) -> None:
    with foreign.admin() as admin:
        before = json.dumps(admin.get("realms/public"), sort_keys=True)
        home, phone = "https://portal.example", "https://phone.example"
        other = foreign.addresses.__class__(home, phone, phone, home)
        with pytest.raises(RealmsNotOurs):
            refuse_foreign(foreign.base_url, foreign.account)
        with pytest.raises(RealmsNotOurs, match=r"`public`.*KEYCLOAK_ADOPT=yes") as refused:
            reconcile(foreign.base_url, foreign.account, other, foreign.secrets, OFFICES)
        assert "`staff`" not in str(refused.value)
        assert json.dumps(admin.get("realms/public"), sort_keys=True) == before
        portal = admin.get("realms/staff/clients", clientId="portal")[0]
    assert portal["redirectUris"] == [f"{foreign.addresses.portal}/signin/callback"]


def test_a_realm_is_adopted_when_its_owner_says_so(foreign: KeycloakUnderTest) -> None:
    assert "public: settings" in adopted(foreign).made
    with foreign.admin() as admin:
        assert admin.get("realms/public")["attributes"][MARK] == "public"
    assert foreign.reconcile().made == ()


def test_the_documents_of_both_realms_carry_the_mark(keycloak: KeycloakUnderTest) -> None:
    documents = realm_documents(keycloak.addresses, keycloak.secrets, OFFICES)
    assert {name: one["attributes"][MARK] for name, one in documents.items()} == {
        "staff": "staff", "public": "public",
    }
