import ast
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from source_tree import PROGRAM, ROOT, Module, dotted, everything, program

LINES = 300
FUNCTION_LINES = 40
NESTING = 2
WHOLE_BY_INTENT = {"verify.py"}  # one file, so that a stranger can read all of what he runs
CLOCKS = re.compile(
    r"(datetime\.(now|utcnow|today)|date\.today|time\.time(_ns)?|uuid\.uuid[14]|^uuid[14])$"
)
SQL_CLOCK = re.compile(
    r"\b(now\(\)|(current|local)_?(timestamp|time|date)\b|(clock|statement|transaction)_timestamp"
    r"|timeofday\()",
    re.IGNORECASE,
)
SQL = re.compile(
    r"^\s*(select\s.+\sfrom\s|select\s+\w+\(|insert\s+into\s|update\s+\w+\s+set\s|delete\s+from\s"
    r"|create\s+(table|index|view|schema)\s|alter\s+table\s|with\s+\w+\s+as\s)",
    re.IGNORECASE | re.DOTALL,
)
SQL_BUILDERS = {"select", "insert", "update", "delete", "text", "func", "exists", "literal_column"}
LATER = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|NotImplementedError")
VAGUE_FILES = {"utils.py", "util.py", "helpers.py", "helper.py", "common.py", "misc.py"}
VAGUE_CLASS = re.compile(r"(Manager|Handler|Helper|Service|Info|Data|Util|Utils)$")
METHODS = {"get", "post", "put", "patch", "delete"}


def test_files_and_functions_fit_on_a_desk() -> None:
    long = [
        f"{module.name}: {len(module.text.splitlines())} lines"
        for module in everything()
        if len(module.text.splitlines()) > LINES and module.name not in WHOLE_BY_INTENT
    ]
    long += [
        f"{module.name}:{function.lineno} {function.name}: {_size(function)} lines"
        for module in everything()
        for function in module.functions()
        if _size(function) > FUNCTION_LINES and "versions" not in module.path.parts
    ]
    assert not long, "\n".join(long)


def test_no_function_nests_blocks_more_than_twice() -> None:
    deep = [
        f"{module.name}:{function.lineno} {function.name}"
        for module in program()
        for function in module.functions()
        if _depth(function.body) - 1 > NESTING
    ]
    assert not deep, "\n".join(deep)


def test_only_the_chassis_asks_the_machine_for_the_time_or_for_chance_ids() -> None:
    found = [
        f"{module.name}:{call.lineno} {dotted(call.func)}"
        for module in program()
        if not module.name.startswith(("chassis/", "deploy/fakes/"))
        for call in module.calls()
        if CLOCKS.search(dotted(call.func))
    ]
    assert not found, "\n".join(found)


def test_no_sql_asks_the_database_for_the_time() -> None:
    found = [
        f"{module.name}:{line}"
        for module in program()
        for line, words in module.strings()
        if SQL_CLOCK.search(words)
    ]
    found += [
        f"{module.name}:{call.lineno} {dotted(call.func)}"
        for module in program()
        for call in module.calls()
        if re.search(r"func\.(now|current_|clock_|local|statement_t|transaction_t)",
                     dotted(call.func))
    ]
    found += [
        str(path.relative_to(ROOT))
        for folder in PROGRAM
        for path in (ROOT / folder).rglob("*.sql")
        if SQL_CLOCK.search(re.sub(r"--.*", "", path.read_text()))
    ]
    assert not found, "\n".join(found)


def test_sql_stands_in_store_and_migrations_only() -> None:
    found = []
    for module in program("services", "portal", "workflows", "cli"):
        if {"store", "migrations"} & set(module.path.parts):
            continue
        found += [f"{module.name}:{n} {w[:50]!r}" for n, w in module.strings() if SQL.match(w)]
        found += [
            f"{module.name}:{node.lineno} imports {alias.name}"
            for node in ast.walk(module.tree)
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy")
            for alias in node.names
            if alias.name in SQL_BUILDERS
        ]
    assert not found, "\n".join(found)


def test_every_route_declares_who_may_ask() -> None:
    silent = [
        f"{module.name}:{function.lineno} {function.name}"
        for module in program("services")
        if "routes" in module.path.parts
        for function in module.functions()
        if _is_route(function) and not _says_who(function)
    ]
    assert not silent, "\n".join(silent)


def test_package_files_are_empty_and_tests_have_none() -> None:
    full = [m.name for m in program() if m.path.name == "__init__.py" and m.text.strip()]
    full += [str(p.relative_to(ROOT)) for p in (ROOT / "tests").rglob("__init__.py")]
    assert not full, "\n".join(full)


def test_nothing_is_put_off() -> None:
    found = [
        f"{module.name}:{number}: {line.strip()[:80]}"
        for module in everything()
        if module.path != Path(__file__)
        for number, line in enumerate(module.text.splitlines(), 1)
        if LATER.search(line)
    ]
    assert not found, "\n".join(found)


def test_names_say_what_a_thing_is() -> None:
    found = [module.name for module in program() if module.path.name in VAGUE_FILES]
    found += [
        f"{module.name}:{node.lineno} {node.name}"
        for module in program()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef) and VAGUE_CLASS.search(node.name)
    ]
    assert not found, "\n".join(found)


def test_no_failure_is_swallowed() -> None:
    found = [
        f"{module.name}:{node.lineno}"
        for module in everything()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ExceptHandler)
        and all(isinstance(statement, ast.Pass) for statement in node.body)
    ]
    assert not found, "\n".join(found)


def test_lock_files_hold_no_addresses() -> None:
    locks = sorted(ROOT.glob("requirements*.lock"))
    assert locks
    holding = [p.name for p in locks if re.search(r"https?://|--(extra-)?index-url", p.read_text())]
    assert not holding


def test_the_rules_see_what_they_forbid() -> None:
    tree = ast.parse(
        "@router.get('/x')\ndef naked(): ...\n"
        "def deep():\n for a in b:\n  if a:\n   while a:\n    if a: a()\n"
    )
    naked, deep = (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef))
    assert _is_route(naked)
    assert not _says_who(naked)
    assert _depth(deep.body) - 1 > NESTING
    assert CLOCKS.search("datetime.now")
    assert CLOCKS.search("uuid4")
    assert SQL_CLOCK.search("select now()")
    assert SQL.match("select id from application")
    assert LATER.search("# TODO")
    module = Module(ROOT / "x.py", "", ast.parse('"""select id from a"""\nq = "select b from c"'))
    assert [words for _, words in module.strings()] == ["select b from c"]


def _size(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Its lines; the lists of columns in migrations are no reading matter and not measured."""
    return (function.end_lineno or 0) - function.lineno + 1


def _depth(body: list[ast.stmt], over: int = 0) -> int:
    """How deep `if`, loops and `match` stand in each other; `elif` is no deeper than `if`."""
    deepest = over
    for statement in body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        inside = over + isinstance(
            statement, ast.If | ast.For | ast.AsyncFor | ast.While | ast.Match
        )
        deepest = max(deepest, inside, *(_depth(b, _level(statement, b, inside, over))
                                         for b in _bodies(statement)))
    return deepest


def _level(statement: ast.stmt, body: list[ast.stmt], inside: int, over: int) -> int:
    chained = isinstance(statement, ast.If) and body is statement.orelse
    return over if chained and len(body) == 1 and isinstance(body[0], ast.If) else inside


def _bodies(statement: ast.stmt) -> list[list[ast.stmt]]:
    found = [getattr(statement, name, []) for name in ("body", "orelse", "finalbody")]
    found += [handler.body for handler in getattr(statement, "handlers", [])]
    found += [case.body for case in getattr(statement, "cases", [])]
    return [body for body in found if isinstance(body, list)]


def _is_route(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    calls = [d for d in function.decorator_list if isinstance(d, ast.Call)]
    return any(isinstance(c.func, ast.Attribute) and c.func.attr in METHODS for c in calls)


def _says_who(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    spoken = [*function.decorator_list, function.args]
    names = {
        node.id for part in spoken for node in ast.walk(part) if isinstance(node, ast.Name)
    }
    return bool(names & WAYS_TO_SAY_WHO)


WAYS_TO_SAY_WHO = {"asks", "Asks"}
