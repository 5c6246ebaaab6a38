"""Strict JSON: what two readers could understand differently is refused before anybody reads it."""

import json
from collections.abc import Iterator
from typing import Any, Final, NoReturn

from kernel.problems import Malformed

MAX_DEPTH: Final = 32
SMALLEST, LARGEST = -(2**63), 2**63 - 1


class NotStrictJson(Malformed):
    """The body is not JSON that every program reads in the same way (RFC 8259, I-JSON)."""

    title = "The body is not acceptable JSON"


class TooLarge(Malformed):
    """The body is larger than this service takes; `limit` is in bytes."""

    status = 413
    title = "The body is too large"


class WrongContentType(Malformed):
    """The body is not of a type that this service reads."""

    title = "The body has the wrong content type"


def parse(body: bytes) -> Any:
    """The value. Refuses NaN and infinities, lone surrogates, NUL, duplicate names, depth over 32,
    integers beyond 64 bits, numbers that overflow, and anything that is not UTF-8.
    """
    try:
        value = json.loads(
            body.decode("utf-8"),
            parse_constant=_no_constant,
            parse_int=_integer,
            parse_float=_number,
            object_pairs_hook=_members,
        )
    except RecursionError as deep:
        raise NotStrictJson(f"The JSON is nested deeper than {MAX_DEPTH}") from deep
    except UnicodeDecodeError as bytes_of_another:
        raise NotStrictJson("The body is not UTF-8") from bytes_of_another
    except ValueError as unreadable:
        raise NotStrictJson("The body is not JSON") from unreadable
    _judge(value)
    return value


def _no_constant(_: str) -> NoReturn:
    raise NotStrictJson("NaN and infinities are no JSON")


def _integer(digits: str) -> int:
    if len(digits) > 20 or not SMALLEST <= int(digits) <= LARGEST:
        raise NotStrictJson("A whole number is beyond 64 bits")
    return int(digits)


def _number(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise NotStrictJson("A number is too large")
    return number


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise NotStrictJson("An object has two members of the same name")
    return members


def _judge(value: Any) -> None:
    """Depth and text, without recursion."""
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        for text in (one for one in level if isinstance(one, str)):
            check_text(text)
        deeper = [one for one in level if isinstance(one, list | dict)]
        if not deeper:
            return
        level = [inner for one in deeper for inner in _inside(one)]
    raise NotStrictJson(f"The JSON is nested deeper than {MAX_DEPTH}")


def _inside(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from value
        yield from value.values()
    elif isinstance(value, list):
        yield from value


def check_text(text: str) -> None:
    """Refuse text that PostgreSQL cannot keep or that has no UTF-8 spelling."""
    if "\x00" in text:
        raise NotStrictJson("Text holds the character NUL")
    try:
        text.encode()
    except UnicodeEncodeError as lone:
        raise NotStrictJson("Text holds half of a surrogate pair") from lone
