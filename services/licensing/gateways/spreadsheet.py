"""Strangers' spreadsheets (XLSX, ODS, CSV) as rows of text, read where they do no harm."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from kernel.problems import Malformed

READER: Final = Path(__file__).with_name("sheet_reader.py")
SECONDS: Final = 20
SUFFIXES: Final = (".xlsx", ".ods")
WHY: Final = {
    "too-many-rows": "The list has more than 5000 rows",
    "too-many-columns": "The list has more than 60 columns",
    "too-large": "The file is too large when it is unpacked",
    "old-excel": "This is the format of Excel before 2007; save it as .xlsx",
    "not-a-spreadsheet": "The file is no .xlsx, .ods or .csv",
}


class SpreadsheetNotReadable(Malformed):
    """The file cannot be read as a list; the facts say what to do about it."""

    title = "The list cannot be read"


def read_sheet(file: Path) -> list[list[str]]:
    """The cells of the first sheet as text, row by row. Raises SpreadsheetNotReadable.

    The reader runs in a process with limits on memory, processor time and files; one that is
    stopped by them, or dies, has read a file that is no list.
    """
    answer: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as folder:
        for suffix in SUFFIXES:
            link = Path(folder) / f"list{suffix}"
            link.symlink_to(file.resolve())
            answer = _ask(link)
            if answer.get("refused") not in SUFFIXES:
                break
    rows = answer.get("rows")
    if not isinstance(rows, list):
        why = str(answer.get("refused"))
        raise SpreadsheetNotReadable(WHY.get(why, WHY["not-a-spreadsheet"]), reason=why)
    return rows


def _ask(link: Path) -> dict[str, object]:
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(READER), str(link)],
            capture_output=True,
            timeout=SECONDS,
            env={"LC_ALL": "C.UTF-8"},
            check=False,
        )
        answer: dict[str, object] = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        return {"refused": "not-a-spreadsheet"}
    return answer
