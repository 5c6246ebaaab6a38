"""Canonical bytes: the one spelling of a JSON value that is hashed and signed."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, NoReturn, TypeAlias

JSON: TypeAlias = "bool | int | str | Sequence[JSON] | Mapping[str, JSON] | None"

MAX_INTEGER = 2**53
MAX_DEPTH = 64
FLAT = frozenset({str, bool, type(None)})
HOLDERS = frozenset({dict, list, tuple})
_spell = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False
).encode


class NotCanonical(ValueError):
    """The value has no canonical bytes; `where` is a path into it such as `$.lines[2].hectares`."""

    def __init__(self, detail: str, where: str = "$") -> None:
        super().__init__(f"{where}: {detail}")
        self.detail, self.where = detail, where


def canonical(value: JSON) -> bytes:
    """UTF-8 JSON without spaces, keys sorted by code point, text left as it is (no normalisation).

    Integers only, within ±2^53, so that every reader in every language sees the same number;
    decimals travel as strings. Raises NotCanonical for floats, NaN, lone surrogates, keys that are
    not text, objects that are not JSON and nesting deeper than 64.
    """
    if _is_plain(value, 0):
        with suppress(UnicodeEncodeError):  # the longer way says where half a pair stands
            return _spell(value).encode()
    return _spell(_plain(value, "$", 0)).encode()


def parse_canonical(data: bytes) -> JSON:
    """The value these bytes are the canonical spelling of; any other spelling is refused."""
    try:
        value: JSON = json.loads(
            data.decode("utf-8"), parse_constant=_no_number, parse_float=_no_number
        )
    except RecursionError as deep:
        raise NotCanonical(f"nested deeper than {MAX_DEPTH}") from deep
    except NotCanonical:
        raise
    except ValueError as unreadable:
        raise NotCanonical("these bytes are not JSON in UTF-8") from unreadable
    if canonical(value) != data:
        raise NotCanonical("this JSON is spelled in another way than the canonical one")
    return value


def _is_plain(value: object, depth: int) -> bool:
    """Whether `_plain` would give it back unchanged, text left aside; in doubt no."""
    kind = type(value)
    if kind is int:
        return -MAX_INTEGER <= value <= MAX_INTEGER  # type: ignore[operator]
    if depth >= MAX_DEPTH or kind not in HOLDERS:
        return kind in FLAT and depth < MAX_DEPTH
    inner: Any = value
    if kind is dict:
        if not set(map(type, inner)) <= {str}:
            return False
        inner = inner.values()
    for item in inner:  # noqa: SIM110 - a generator takes half as long again
        if type(item) not in FLAT and not _is_plain(item, depth + 1):
            return False
    return True


def _no_number(_: str) -> NoReturn:
    raise NotCanonical("only whole numbers are canonical; send decimals as text")


def _plain(value: object, where: str, depth: int) -> object:
    if depth > MAX_DEPTH:
        raise NotCanonical(f"nested deeper than {MAX_DEPTH}", where)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return _integer(value, where)
    if isinstance(value, str):
        return _text(value, where)
    if isinstance(value, Mapping):
        return {
            _key(key, where): _plain(member, f"{where}.{key}", depth + 1)
            for key, member in value.items()
        }
    if isinstance(value, list | tuple):
        return [_plain(item, f"{where}[{n}]", depth + 1) for n, item in enumerate(value)]
    raise NotCanonical(f"a {type(value).__name__} is not canonical JSON", where)


def _integer(value: int, where: str) -> int:
    if abs(value) > MAX_INTEGER:
        raise NotCanonical("whole numbers beyond 2^53 travel as text", where)
    return int(value)


def _text(value: str, where: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError as lone:
        raise NotCanonical("the text holds half of a surrogate pair", where) from lone
    return str.__str__(value)


def _key(key: object, where: str) -> str:
    if not isinstance(key, str):
        raise NotCanonical("member names are text", where)
    return _text(key, where)
