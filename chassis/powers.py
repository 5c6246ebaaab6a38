"""The powers table: which route may be used by whom, checked at start and published in OpenAPI."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Self

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import compile_path

from chassis.problem_json import MEDIA, PROBLEM_REF, PROBLEM_SCHEMA
from chassis.spool import spooled
from chassis.who import Caller, Rule
from kernel.authority import Actor

EVERYWHERE = ("422", "500", "503")


class RouteWithoutRule(RuntimeError):
    """A route that does not say who may use it would be public by omission."""


@dataclass(frozen=True, slots=True)
class RouteRule:
    method: str
    path: str
    rule: Rule


def powers_of(app: FastAPI) -> list[RouteRule]:
    """Every route with its rule. Raises RouteWithoutRule for one that declares none, or two."""
    table = []
    for context in iter_route_contexts(app.router.routes):
        if not isinstance(context.original_route, APIRoute):
            continue
        rules = list(_rules(context.dependant))
        if len(rules) != 1:
            raise RouteWithoutRule(f"{context.path} declares {len(rules)} rules of who may ask")
        table += [
            RouteRule(method, context.path or "", rules[0])
            for method in sorted(context.methods or ())
        ]
    return table


@dataclass(frozen=True, slots=True)
class Uploads:
    """The addresses that take files, each with its rule."""

    taken: tuple[tuple[re.Pattern[str], Rule], ...]

    @classmethod
    def of(cls, app: FastAPI) -> Self:
        """Found by what the routes depend on: a route for files asks for the upload."""
        found = []
        for context in iter_route_contexts(app.router.routes):
            dependant = context.dependant if isinstance(context.original_route, APIRoute) else None
            if dependant is not None and _asks_for(dependant, spooled):
                pattern, _, _ = compile_path(context.path or "")
                found += [(pattern, rule) for rule in _rules(dependant)]
        return cls(tuple(found))

    def take(self, path: str, actor: Actor) -> bool:
        """Whether an address takes files. Raises NotSignedIn, NotAllowed: not from this person."""
        for pattern, rule in self.taken:
            if pattern.match(path):
                rule.check_caller(actor)
                return True
        return False


def _asks_for(dependant: Dependant, call: Callable[..., object]) -> bool:
    return any(
        inner.call is call or _asks_for(inner, call) for inner in dependant.dependencies
    )


def _rules(dependant: Dependant | None) -> Iterator[Rule]:
    for inner in dependant.dependencies if dependant else ():
        if isinstance(inner.call, Rule):
            yield inner.call
        else:
            yield from _rules(inner)


def describe(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI 3.1 document with problem types, the token's scheme and `x-powers`."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            routes=app.routes,
        )
        components = document.setdefault("components", {})
        schemas = components.setdefault("schemas", {})
        schemas["Problem"] = PROBLEM_SCHEMA
        for replaced in ("HTTPValidationError", "ValidationError"):
            schemas.pop(replaced, None)
        components["securitySchemes"] = {
            "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
        }
        for row in powers_of(app):
            operation = document["paths"].get(row.path, {}).get(row.method.lower())
            if operation is not None:
                _describe(operation, row.rule)
        app.openapi_schema = document
    return app.openapi_schema


def _describe(operation: dict[str, Any], rule: Rule) -> None:
    operation["x-powers"] = rule.published()
    told = operation.setdefault("responses", {})
    problem = {"content": {MEDIA: {"schema": {"$ref": PROBLEM_REF}}}}
    told.pop("422", None) if "HTTPValidationError" in str(told.get("422")) else None
    for status in (*EVERYWHERE, *(("401", "403") if rule.caller is not Caller.PUBLIC else ())):
        told.setdefault(status, {"description": WORDS[status]} | problem)
    operation["security"] = [{}, {"token": []}] if rule.caller is Caller.PUBLIC else [{"token": []}]


WORDS = {
    "401": "Sign in first",
    "403": "You may not do this here",
    "422": "The request is malformed",
    "500": "The service made a mistake",
    "503": "Try again in a moment",
}
