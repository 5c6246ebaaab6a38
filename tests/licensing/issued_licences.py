"""A licence that was issued, and the verifier that strangers use, for tests of licences."""

import importlib.util
import json
import re
import sys
import zlib
from pathlib import Path
from typing import Any

from licensing_office import OfficeOfTests
from played_case import PlayedCase

from contracts import procedures as p
from kernel.events import CaseRef

ROOT = Path(__file__).resolve().parents[2]


def verify_py() -> Any:
    spec = importlib.util.spec_from_file_location("verify", ROOT / "verify.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["verify"] = module
    spec.loader.exec_module(module)
    return module


def public(office: OfficeOfTests, name: str) -> dict[str, Any]:
    path = office.settings.keys / "public" / f"{name}.json"
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def unpacked(pdf: bytes) -> bytes:
    """The file's streams, inflated: its metadata are in one of them."""
    found = b""
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            found += zlib.decompress(packed)
        except zlib.error:
            found += packed
    return found


def keyed(case: PlayedCase, n: str = "1") -> p.Keyed:
    found = case.office.sql(
        "select id from issuance where application_id = %s order by round desc limit 1", case.id
    )
    loaded = case.issuing.load_issuance(CaseRef(subject=found[0][0]))
    return p.Keyed(
        key=f"{case.id}:{n}", subject=found[0][0], application_id=case.id, edition=loaded.edition
    )


def licence_of(case: PlayedCase) -> str:
    return str(case.fact("licence.issued")[4]["licence_code"])
