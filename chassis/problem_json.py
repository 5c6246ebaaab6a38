"""Refusals on the wire: RFC 9457 problem documents, and the stable addresses of their types."""

import json
from typing import Any, Final

from pydantic_core import to_jsonable_python
from starlette.requests import Request
from starlette.responses import Response

from kernel.problems import Problem

TYPES: Final = "urn:cornerpost:problem:"
MEDIA: Final = "application/problem+json"


def body_of(problem: Problem, path: str) -> dict[str, Any]:
    """The problem document: its own facts, then the members of the standard, which always win."""
    facts: dict[str, Any] = to_jsonable_python(problem.facts, fallback=str)
    return facts | {
        "type": TYPES + problem.slug(),
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "instance": path,
    }


def headers_of(problem: Problem) -> dict[str, str]:
    """Retry-After where the problem says when to come again; how to sign in after a 401."""
    headers = {"Cache-Control": "no-store"}
    if "retry_after" in problem.facts:
        headers["Retry-After"] = str(problem.facts["retry_after"])
    if "offset" in problem.facts:
        headers["Upload-Offset"] = str(problem.facts["offset"])
    if problem.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return headers


def render_at(path: str, problem: Problem) -> Response:
    """The answer for a refusal. `path` is repeated only as far as it is plain text."""
    plain = path.encode("ascii", "replace").decode() if path.isprintable() else "/"
    text = json.dumps(body_of(problem, plain), ensure_ascii=True, separators=(",", ":"))
    return Response(text, problem.status, headers_of(problem), MEDIA)


def render(request: Request, problem: Problem) -> Response:
    return render_at(request.url.path, problem)


def answers(*problems: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """For a route's `responses=`: the refusals it may answer with, by status, with their types."""
    told: dict[int | str, dict[str, Any]] = {}
    for status in sorted({problem.status for problem in problems}):
        kinds = sorted((p for p in problems if p.status == status), key=lambda p: p.slug())
        examples = {
            p.slug(): {"value": {"type": TYPES + p.slug(), "title": p.title, "status": status}}
            for p in kinds
        }
        told[status] = {
            "description": " / ".join(p.title for p in kinds),
            "content": {MEDIA: {"schema": {"$ref": PROBLEM_REF}, "examples": examples}},
        }
    return told


PROBLEM_REF: Final = "#/components/schemas/Problem"
PROBLEM_SCHEMA: Final[dict[str, Any]] = {
    "title": "Problem",
    "type": "object",
    "description": "A refusal (RFC 9457). Further members are the facts that the title speaks of.",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
    },
    "additionalProperties": True,
}
