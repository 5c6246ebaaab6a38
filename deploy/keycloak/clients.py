"""Reconciles the clients of a realm: settings, secrets, mappers, scopes, roles in tokens."""

from deploy.keycloak.admin import Admin, Document
from deploy.keycloak.compare import covers, merged, without

PERMISSIONS = "admin-permissions"  # Keycloak's own client, see permissions.py
ONE_BY_ONE = ("protocolMappers", "defaultClientScopes", "optionalClientScopes")


def reconcile_clients(admin: Admin, realm: str, document: Document) -> None:
    """Make missing clients and mend the others; those the document does not name stay."""
    found = {c["clientId"]: c for c in admin.get(f"realms/{realm}/clients", max=1000)}
    for wanted in document["clients"]:
        if wanted["clientId"] != PERMISSIONS:
            _client(admin, realm, found.get(wanted["clientId"]), wanted)
    for mapping in document["scopeMappings"]:
        _scope_mapping(admin, realm, mapping)


def client_key(admin: Admin, realm: str, client_id: str) -> str:
    """Keycloak's internal id of the client called `client_id`."""
    key: str = admin.get(f"realms/{realm}/clients", clientId=client_id)[0]["id"]
    return key


def _client(admin: Admin, realm: str, found: Document | None, wanted: Document) -> None:
    name = f"{realm}: client {wanted['clientId']}"
    settings = without(wanted, ONE_BY_ONE)
    if found is None:
        made = admin.post(f"realms/{realm}/clients", wanted, name)
        found = admin.get(f"realms/{realm}/clients/{made}")
    path = f"realms/{realm}/clients/{found['id']}"
    if not covers(found, settings):
        admin.put(path, merged(without(found, ["protocolMappers"]), settings), name)
        found = admin.get(path)  # an update may add scopes of Keycloak's own choice
    if "protocolMappers" in wanted:
        _mappers(admin, f"{path}/protocol-mappers/models", name, found, wanted)
    for kind in ("default", "optional"):
        if f"{kind}ClientScopes" in wanted:
            _scopes(admin, realm, path, kind, found, wanted)


def _mappers(admin: Admin, path: str, name: str, found: Document, wanted: Document) -> None:
    """Exactly the document's mappers: an unknown one would put something unforeseen into tokens."""
    held = {mapper["name"]: mapper for mapper in found.get("protocolMappers", [])}
    for mapper in wanted["protocolMappers"]:
        change = f"{name}, mapper {mapper['name']}"
        known = held.pop(mapper["name"], None)
        if known is None:
            admin.post(path, mapper, change)
        elif not covers(known, mapper):
            admin.put(f"{path}/{known['id']}", merged(known, mapper), change)
    for left in held.values():
        admin.delete(f"{path}/{left['id']}", None, f"{name}, mapper {left['name']} removed")


def _scopes(
    admin: Admin, realm: str, path: str, kind: str, found: Document, wanted: Document
) -> None:
    asked, held = set(wanted[f"{kind}ClientScopes"]), set(found.get(f"{kind}ClientScopes", []))
    if asked == held:
        return
    ids = {scope["name"]: scope["id"] for scope in admin.get(f"realms/{realm}/client-scopes")}
    change = f"{realm}: client {wanted['clientId']}, {kind} scope"
    for scope in sorted(held - asked):
        where = f"{path}/{kind}-client-scopes/{ids[scope]}"
        admin.delete(where, None, f"{change} {scope} removed")
    for scope in sorted(asked - held):
        admin.put(f"{path}/{kind}-client-scopes/{ids[scope]}", None, f"{change} {scope}")


def _scope_mapping(admin: Admin, realm: str, mapping: Document) -> None:
    """Which realm roles may appear in this client's tokens: exactly those listed."""
    key = client_key(admin, realm, mapping["client"])
    path = f"realms/{realm}/clients/{key}/scope-mappings/realm"
    held = {role["name"]: role for role in admin.get(path)}
    change = f"{realm}: roles in tokens of {mapping['client']}"
    missing = [name for name in mapping["roles"] if name not in held]
    if missing:
        roles = [admin.get(f"realms/{realm}/roles/{name}") for name in missing]
        admin.post(path, roles, change)
    extra = [role for name, role in held.items() if name not in mapping["roles"]]
    if extra:
        admin.delete(path, extra, f"{change} removed")
