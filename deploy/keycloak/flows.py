"""Builds sign-in flows that are missing. A flow is never edited: a new version gets a new alias."""

from urllib.parse import quote

from deploy.keycloak.admin import Admin, Document


def reconcile_flows(admin: Admin, realm: str, document: Document) -> None:
    """Build each top-level flow of the document whose alias the realm does not know yet."""
    known = {flow["alias"] for flow in admin.get(f"realms/{realm}/authentication/flows")}
    for flow in document["authenticationFlows"]:
        if flow["topLevel"] and flow["alias"] not in known:
            body = {"alias": flow["alias"], "providerId": flow["providerId"], "topLevel": True}
            path = f"realms/{realm}/authentication/flows"
            admin.post(path, body, f"{realm}: flow {flow['alias']}")
            _fill(admin, realm, document, flow["alias"])


def _fill(admin: Admin, realm: str, document: Document, alias: str) -> None:
    flows = {flow["alias"]: flow for flow in document["authenticationFlows"]}
    configs = {config["alias"]: config for config in document.get("authenticatorConfig", [])}
    for execution in flows[alias]["authenticationExecutions"]:
        inner = execution.get("flowAlias")
        if inner:
            made = _add(admin, realm, alias, "flow", {"alias": inner, "type": "basic-flow"})
        else:
            body = {"provider": execution["authenticator"]}
            made = _add(admin, realm, alias, "execution", body)
        _require(admin, realm, alias, made, execution)
        if "authenticatorConfig" in execution:
            path = f"realms/{realm}/authentication/executions/{made}/config"
            config = configs[execution["authenticatorConfig"]]
            admin.post(path, config, f"{realm}: flow {alias}, {config['alias']}")
        if inner:
            _fill(admin, realm, document, inner)


def _add(admin: Admin, realm: str, alias: str, kind: str, body: Document) -> str:
    """Add a step or a sub-flow to the flow `alias`; answers the id of the new execution."""
    path = f"realms/{realm}/authentication/flows/{quote(alias)}/executions"
    name = body.get("alias") or body["provider"]
    made = admin.post(f"{path}/{kind}", body, f"{realm}: flow {alias}, {name}")
    if kind == "execution":
        return made
    inner = [e for e in admin.get(path) if e.get("flowId") == made]
    execution: str = inner[0]["id"]
    return execution


def _require(admin: Admin, realm: str, alias: str, made: str, execution: Document) -> None:
    path = f"realms/{realm}/authentication/flows/{quote(alias)}/executions"
    found = next(e for e in admin.get(path) if e["id"] == made)
    wanted = {"requirement": execution["requirement"], "priority": execution["priority"]}
    admin.put(path, found | wanted, f"{realm}: flow {alias}, requirement of a step")
