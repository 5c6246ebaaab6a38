"""What set-up built for the portal: named by content, compressed, our own, and of no other host."""

import gzip
import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import brotli
import pytest

from deploy.setup import portal_build
from deploy.setup.portal_build import SERVED, SOURCES, build_portal, built

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def manifest() -> dict[str, str]:
    told: dict[str, str] = json.loads((SERVED / "manifest.json").read_text())
    return told


def test_a_files_name_is_its_content_and_its_compressed_forms_are_the_same(
    manifest: dict[str, str],
) -> None:
    assert {"portal.css", "portal.rtl.css", "mark.svg"} <= manifest.keys()
    for plain, hashed in manifest.items():
        content = (SERVED / hashed).read_bytes()
        stem, _, ending = plain.rpartition(".")
        assert hashed == f"{stem}.{hashlib.sha256(content).hexdigest()[:12]}.{ending}"
        assert gzip.decompress((SERVED / f"{hashed}.gz").read_bytes()) == content
        assert brotli.decompress((SERVED / f"{hashed}.br").read_bytes()) == content


def test_the_letters_and_signs_of_another_government_are_not_in_it(
    manifest: dict[str, str],
) -> None:
    for hashed in manifest.values():
        content = (SERVED / hashed).read_text()
        assert "GDS Transport" not in content
        assert "@font-face" not in content
        assert not re.search(r"url\(|crown|crest", content, re.I)


def test_the_other_stylesheet_is_the_first_one_turned_round(manifest: dict[str, str]) -> None:
    left, right = ((SERVED / manifest[f"portal{way}.css"]).read_text() for way in ("", ".rtl"))
    assert left != right
    assert abs(len(left) - len(right)) < len(left) / 20


def test_the_stylesheet_fits_into_what_a_page_may_weigh(manifest: dict[str, str]) -> None:
    for sheet in ("portal.css", "portal.rtl.css"):
        assert (SERVED / f"{manifest[sheet]}.gz").stat().st_size < 13_000


def test_whose_work_is_in_it_is_told() -> None:
    told = (SERVED / "THIRD_PARTY_NOTICES.txt").read_text()
    assert "govuk-frontend 6.3.0 (MIT)" in told
    assert "Permission is hereby granted" in told


def test_the_lock_names_hashes_and_no_host() -> None:
    lock = json.loads((SOURCES / "package-lock.json").read_text())
    modules = {path: about for path, about in lock["packages"].items() if path}
    assert modules
    assert all("integrity" in about for about in modules.values())
    assert "://" not in json.dumps(lock), "run `npm run lock` in portal/assets"


def test_what_was_built_from_these_sources_is_not_built_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(portal_build, "SERVED", tmp_path / "dist")
    monkeypatch.setattr(portal_build, "_build", lambda ready: pytest.fail("built again"))
    build_portal()
    assert (tmp_path / "dist/manifest.json").is_file()


def test_a_changed_source_is_another_build(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = built().name
    copy = tmp_path / "portal/assets"
    shutil.copytree(SOURCES, copy, ignore=shutil.ignore_patterns("node_modules"))
    shutil.copy(portal_build.LOCK, tmp_path)
    monkeypatch.setattr(portal_build, "ROOT", tmp_path)
    monkeypatch.setattr(portal_build, "SOURCES", copy)
    monkeypatch.setattr(portal_build, "LOCK", tmp_path / portal_build.LOCK.name)
    assert built().name == before
    with (copy / "portal.scss").open("a") as sheet:
        sheet.write("// another word\n")
    assert built().name != before


def test_set_up_needs_nothing_that_set_up_installs() -> None:
    done = subprocess.run(
        [sys.executable, "-S", "-c", "import deploy.setup.portal_build"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )
    assert done.returncode == 0, done.stderr
