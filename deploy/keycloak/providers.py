"""Reconciles a realm's identity providers: the miners' phones, an agency's own later."""

from deploy.keycloak.admin import Admin, Document
from deploy.keycloak.compare import covers, merged, without

SECRET = "clientSecret"  # never shown again; realms.py puts its digest beside it


def reconcile_providers(admin: Admin, realm: str, document: Document) -> None:
    """Make or mend each provider the document names, and exactly its mappers."""
    for provider in document.get("identityProviders", []):
        _provider(admin, realm, provider)
    for alias in [provider["alias"] for provider in document.get("identityProviders", [])]:
        mappers = document["identityProviderMappers"]
        _mappers(admin, realm, alias, [m for m in mappers if m["identityProviderAlias"] == alias])


def _provider(admin: Admin, realm: str, wanted: Document) -> None:
    path = f"realms/{realm}/identity-provider/instances"
    change = f"{realm}: identity provider {wanted['alias']}"
    found = admin.find(f"{path}/{wanted['alias']}")
    if found is None:
        admin.post(path, wanted, change)
        return
    visible = wanted | {"config": without(wanted["config"], [SECRET])}
    if not covers(found, visible):
        admin.put(f"{path}/{wanted['alias']}", merged(found, wanted), change)


def _mappers(admin: Admin, realm: str, alias: str, wanted: list[Document]) -> None:
    path = f"realms/{realm}/identity-provider/instances/{alias}/mappers"
    held = {mapper["name"]: mapper for mapper in admin.get(path)}
    for mapper in wanted:
        change = f"{realm}: identity provider {alias}, mapper {mapper['name']}"
        known = held.pop(mapper["name"], None)
        if known is None:
            admin.post(path, mapper, change)
        elif not covers(known, mapper):
            admin.put(f"{path}/{known['id']}", merged(known, mapper), change)
    for left in held.values():
        change = f"{realm}: identity provider {alias}, mapper {left['name']} removed"
        admin.delete(f"{path}/{left['id']}", None, change)
