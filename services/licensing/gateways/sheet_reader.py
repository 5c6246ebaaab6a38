"""Run as a program of its own: reads a stranger's spreadsheet under limits and prints its cells.

Usage: `python -I sheet_reader.py FILE`. Prints one JSON object: `rows`, a list of lists of text, or
`refused`, a word. Imports nothing of ours, so that a fault in a parser harms nobody.
"""

import csv
import io
import json
import math
import resource
import sys
import warnings
import zipfile
from pathlib import Path

MEMORY = 1536 * 1024 * 1024  # bytes of address space; libraries map most of it without using it
CPU_SECONDS = 10
ROWS = 5000
COLUMNS = 60
CELL = 500  # characters
UNPACKED = 64 * 1024 * 1024
OPTIONS = {
    f"OGR_{kind}_{name}": value
    for kind in ("XLSX", "ODS")
    for name, value in (("HEADERS", "DISABLE"), ("FIELD_TYPES", "STRING"))
}


class Refused(Exception):
    """The file is no list that can be read; the word says why."""


def limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def read(path: Path) -> list[list[str]]:
    """The first sheet's cells as text, trailing empty ones cut."""
    head = path.open("rb").read(8)
    if head.startswith(b"PK\x03\x04"):
        return read_workbook(path)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused("old-excel")
    return read_text(path.read_bytes())


def read_workbook(path: Path) -> list[list[str]]:
    import pyogrio

    with zipfile.ZipFile(path) as archive:
        if sum(member.file_size for member in archive.infolist()) > UNPACKED:
            raise Refused("too-large")
        names = set(archive.namelist())
    suffix = ".xlsx" if "xl/workbook.xml" in names else ".ods" if "content.xml" in names else None
    if suffix is None or path.suffix != suffix:
        raise Refused("not-a-spreadsheet" if suffix is None else suffix)
    pyogrio.set_gdal_config_options(OPTIONS)
    sheets = pyogrio.list_layers(path)
    if not len(sheets):
        return []
    columns = pyogrio.raw.read(path, layer=sheets[0][0], read_geometry=False, max_features=ROWS + 1)
    values = columns[3]
    if len(values) > COLUMNS:
        raise Refused("too-many-columns")
    return [[as_text(cell) for cell in row] for row in zip(*values, strict=True)]


def read_text(content: bytes) -> list[list[str]]:
    text = decode(content)
    first = text.split("\n", 1)[0]
    delimiter = max(";,\t|", key=first.count)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def decode(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="strict")
    if "\0" in text:
        raise Refused("not-a-spreadsheet")
    return text


def as_text(cell: object) -> str:
    empty = cell is None or (isinstance(cell, float) and math.isnan(cell))
    return "" if empty else str(cell)


def tidy(rows: list[list[str]]) -> list[list[str]]:
    if len(rows) > ROWS:
        raise Refused("too-many-rows")
    if any(len(row) > COLUMNS for row in rows):
        raise Refused("too-many-columns")
    return [[cell.strip()[:CELL] for cell in row] for row in rows]


def main() -> None:
    warnings.simplefilter("ignore")
    limit()
    try:
        answer: dict[str, object] = {"rows": tidy(read(Path(sys.argv[1])))}
    except Refused as why:
        answer = {"refused": str(why)}
    except (ValueError, zipfile.BadZipFile, csv.Error, MemoryError, RuntimeError):
        answer = {"refused": "not-a-spreadsheet"}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
