"""Builds sign-in flows that are missing. A flow is never edited: a new version gets a new alias.

It bears that alias once it is whole: what was cut off is removed by the next run, and built anew.
"""

from urllib.parse import quote

from deploy.keycloak.admin import Admin, Document

UNFINISHED = " unfinished"
"""What an alias ends with while its flow is being built."""


def reconcile_flows(admin: Admin, realm: str, document: Document) -> None:
    """Build each top-level flow of the document whose alias the realm does not know yet."""
    path = f"realms/{realm}/authentication/flows"
    known = {flow["alias"]: flow for flow in admin.get(path)}
    for flow in document["authenticationFlows"]:
        if flow["topLevel"] and flow["alias"] not in known:
            begun = flow["alias"] + UNFINISHED
            if begun in known:  # with all that is in it
                admin.delete(f"{path}/{known[begun]['id']}", None, f"{realm}: flow {begun} removed")
            _build(admin, realm, document, flow)


def _build(admin: Admin, realm: str, document: Document, flow: Document) -> None:
    path, alias = f"realms/{realm}/authentication/flows", flow["alias"]
    begun = flow | {"alias": alias + UNFINISHED}
    body = {"alias": begun["alias"], "providerId": flow["providerId"], "topLevel": True}
    made = admin.post(path, body, f"{realm}: flow {alias}")
    others = [one for one in document["authenticationFlows"] if one is not flow]
    _fill(admin, realm, document | {"authenticationFlows": [begun, *others]}, begun["alias"])
    found = next(one for one in admin.get(path) if one["id"] == made)
    admin.put(f"{path}/{made}", found | {"alias": alias}, f"{realm}: flow {alias} is whole")


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
