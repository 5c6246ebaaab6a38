"""The OpenAPI documents in `docs/openapi` are those that the services publish.

After a change of the border: `CORNERPOST_WRITE_OPENAPI=1` with this file writes them anew.
"""

import json
import os
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.experiments.scratch import SERVICES, scratch

PUBLISHED = Path(__file__).parents[2] / "docs" / "openapi"


def test_the_published_documents_are_what_the_services_answer(postgres: str) -> None:
    with scratch(postgres) as place:
        for service in SERVICES:
            with TestClient(place.app(place.settings(service))) as client:
                document = client.get("/openapi.json").json()
            text = json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
            file = PUBLISHED / f"{service}.json"
            if os.environ.get("CORNERPOST_WRITE_OPENAPI"):
                file.write_text(text)
            if not file.is_file() or file.read_text() != text:
                pytest.fail(f"docs/openapi/{service}.json is not what {service} publishes")
            assert document["openapi"].startswith("3.1")


def test_every_approval_names_the_missing_second_person_alike() -> None:
    named = {}
    for service in SERVICES:
        paths = json.loads((PUBLISHED / f"{service}.json").read_text())["paths"]
        for path in paths:
            if path.endswith("/approval"):
                refused = paths[path]["post"]["responses"]["403"]["content"]
                named[path] = set(refused["application/problem+json"]["examples"])
    assert len(named) == 3
    assert [path for path in named if "second-person-needed" not in named[path]] == []
