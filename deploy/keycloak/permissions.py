"""Reconciles what the service account `appointments` may do: see people, manage members."""

import json

from deploy.keycloak.admin import Admin, Document
from deploy.keycloak.clients import PERMISSIONS, client_key

MANAGEMENT = "realm-management"


def reconcile_permissions(admin: Admin, realm: str, document: Document) -> None:
    """Give each service account exactly its roles, and mend the permission over groups."""
    for user in document.get("users", []):
        _service_account(admin, realm, user)
    for client in document["clients"]:
        if client["clientId"] == PERMISSIONS:
            _fine_grained(admin, realm, client["authorizationSettings"]["policies"])


def _service_account(admin: Admin, realm: str, user: Document) -> None:
    """Exactly the listed roles: `manage-users` would let it reset an administrator's password."""
    client = client_key(admin, realm, user["serviceAccountClientId"])
    person = admin.get(f"realms/{realm}/clients/{client}/service-account-user")["id"]
    management = client_key(admin, realm, MANAGEMENT)
    path = f"realms/{realm}/users/{person}/role-mappings/clients/{management}"
    held = {role["name"]: role for role in admin.get(path)}
    wanted = user["clientRoles"][MANAGEMENT]
    change = f"{realm}: roles of {user['username']}"
    missing = [name for name in wanted if name not in held]
    if missing:
        roles = f"realms/{realm}/clients/{management}/roles"
        admin.post(path, [admin.get(f"{roles}/{name}") for name in missing], change)
    extra = [role for name, role in held.items() if name not in wanted]
    if extra:
        admin.delete(path, extra, f"{change} removed")


def _fine_grained(admin: Admin, realm: str, policies: list[Document]) -> None:
    key = client_key(admin, realm, PERMISSIONS)
    server = f"realms/{realm}/clients/{key}/authz/resource-server"
    ids: dict[str, str] = {}
    for policy in policies:
        if policy["type"] == "client":
            ids[policy["name"]] = _client_policy(admin, realm, server, policy)
    for policy in policies:
        if policy["type"] == "scope":
            _permission(admin, realm, server, policy, ids)


def _client_policy(admin: Admin, realm: str, server: str, policy: Document) -> str:
    """Who: a policy that is true for the listed clients; answers its id."""
    names = json.loads(policy["config"]["clients"])
    clients = [client_key(admin, realm, name) for name in names]
    body = {"name": policy["name"], "logic": policy["logic"], "clients": clients}
    path = f"{server}/policy/client"
    found = _named(admin.get(path, name=policy["name"]), policy["name"])
    change = f"{realm}: policy {policy['name']}"
    if found is None:
        admin.post(path, body, change)
        found = _named(admin.get(path, name=policy["name"]), policy["name"])
        assert found is not None
    elif sorted(found["clients"]) != sorted(clients) or found["logic"] != policy["logic"]:
        admin.put(f"{path}/{found['id']}", found | body, change)
    known: str = found["id"]
    return known


def _permission(
    admin: Admin, realm: str, server: str, policy: Document, ids: dict[str, str]
) -> None:
    """What: the scopes over every group that those clients may use."""
    config = policy["config"]
    wanted = sorted(json.loads(config["scopes"]))
    applied = sorted(ids[name] for name in json.loads(config["applyPolicies"]))
    found = _named(admin.get(f"{server}/permission", name=policy["name"]), policy["name"])
    if found is not None and _held(admin, server, found["id"]) == (wanted, applied):
        return
    body = {
        "name": policy["name"], "logic": policy["logic"], "scopes": wanted, "policies": applied,
        "decisionStrategy": policy["decisionStrategy"],
        "resourceType": config["defaultResourceType"],
    }
    path, change = f"{server}/permission/scope", f"{realm}: permission {policy['name']}"
    if found is None:
        admin.post(path, body, change)
    else:
        admin.put(f"{path}/{found['id']}", body | {"id": found["id"]}, change)


def _held(admin: Admin, server: str, permission: str) -> tuple[list[str], list[str]]:
    path = f"{server}/policy/{permission}"
    scopes = sorted(scope["name"] for scope in admin.get(f"{path}/scopes"))
    return scopes, sorted(policy["id"] for policy in admin.get(f"{path}/associatedPolicies"))


def _named(found: list[Document], name: str) -> Document | None:
    """Keycloak finds by part of a name; this is the one meant."""
    return next((one for one in found if one["name"] == name), None)
