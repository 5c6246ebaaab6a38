"""Walking through the rules of an edition along their types: who refers to what, and from where."""

from collections.abc import Iterator
from types import UnionType
from typing import Annotated, NamedTuple, Union, get_args, get_origin

from kernel.law.source import Where
from kernel.law.words import Cel, Refers, Rule


class Marked(NamedTuple):
    """A value whose type carries a mark, with the path to it."""

    path: Where
    value: str
    mark: Refers | Cel


def marked(rule: Rule, path: Where = ()) -> Iterator[Marked]:
    """Every marked value in a rule and below it, in the order of its members."""
    for name, field in type(rule).model_fields.items():
        marks = tuple(mark for mark in field.metadata if isinstance(mark, Refers | Cel))
        yield from _in(getattr(rule, name), field.annotation, marks, (*path, name))


def _in(
    value: object, kind: object, marks: tuple[Refers | Cel, ...], path: Where
) -> Iterator[Marked]:
    if get_origin(kind) is Annotated:
        inner, *more = get_args(kind)
        found = tuple(mark for mark in more if isinstance(mark, Refers | Cel))
        yield from _in(value, inner, (*marks, *found), path)
    elif get_origin(kind) in (Union, UnionType):
        for inner in get_args(kind):
            if inner is not type(None) and value is not None:
                yield from _in(value, inner, marks, path)
    elif isinstance(value, Rule):
        yield from marked(value, path)
    elif isinstance(value, tuple):
        inner = get_args(kind)[0]
        for n, item in enumerate(value):
            yield from _in(item, inner, (), (*path, n))
    elif isinstance(value, dict):
        yield from _in_mapping(value, kind, path)
    elif isinstance(value, str):
        yield from (Marked(path, value, mark) for mark in marks)


def _in_mapping(value: dict[str, object], kind: object, path: Where) -> Iterator[Marked]:
    keys, values = get_args(kind)
    for key, item in value.items():
        yield from _in(key, keys, (), (*path, key))
        yield from _in(item, values, (), (*path, key))
