"""Gives a realm the key its tokens are signed with, before anybody signs in."""

from deploy.keycloak.admin import Admin

PROVIDER_TYPE = "org.keycloak.keys.KeyProvider"
PROVIDER = "ecdsa-generated"
CURVE = "P-256"  # ES256, RFC 7518 section 3.4


def reconcile_signing_key(admin: Admin, realm: str) -> None:
    """Make an ES256 key unless the realm has one, be it by rotation or of Keycloak's own making.

    Left to itself Keycloak makes the key at its first use, which is the first token: the services
    would have read the realm's keys without it.
    """
    found = admin.get(f"realms/{realm}")["id"]
    held = admin.get(f"realms/{realm}/components", parent=found, type=PROVIDER_TYPE)
    if any(key["providerId"] == PROVIDER for key in held):
        return
    key = {
        "name": "es256",
        "providerId": PROVIDER,
        "providerType": PROVIDER_TYPE,
        "parentId": found,
        "config": {
            "priority": ["100"],
            "enabled": ["true"],
            "active": ["true"],
            "ecdsaEllipticCurveKey": [CURVE],
        },
    }
    admin.post(f"realms/{realm}/components", key, f"{realm}: signing key")
