"""The fake operator's own book: what it was asked and what became of it, in one SQLite file."""

import json
import sqlite3
import threading
from pathlib import Path
from typing import Any

SCHEMA = """
create table if not exists tx (
  server text primary key, client text unique not null, reference text unique not null,
  kind text not null,
  status text not null, amount text not null, currency text not null,
  payer text not null, payee text not null,
  asked real not null, settles real not null, ended real, callback text,
  body text not null, reason text);
create table if not exists faults (scope text primary key, mode text not null);
create table if not exists calls (n integer primary key, at real not null, server text not null,
  url text not null,
  kind text not null, answer text not null);
create table if not exists due (n integer primary key, server text not null, at real not null,
  kind text not null);
"""
COLUMNS = (
    "server", "client", "reference", "kind", "status", "amount", "currency", "payer", "payee",
    "asked", "settles", "ended", "callback", "body", "reason",
)  # fmt: skip


class Book:
    """Every method is one short transaction; the lock keeps one writer at a time."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        self._lock = threading.RLock()
        with self._lock, self._db:
            self._db.executescript(SCHEMA)

    def _all(self, sql: str, *values: object) -> list[dict[str, Any]]:
        with self._lock, self._db:
            return [dict(row) for row in self._db.execute(sql, values).fetchall()]

    def _one(self, sql: str, *values: object) -> dict[str, Any] | None:
        rows = self._all(sql, *values)
        return rows[0] if rows else None

    def add(self, tx: dict[str, Any]) -> dict[str, Any]:
        """Enter a request once: the same client correlation id gets the first entry back."""
        marks = ",".join("?" * len(COLUMNS))
        values = [tx.get(c) for c in COLUMNS]
        with self._lock:
            self._all(f"insert or ignore into tx ({','.join(COLUMNS)}) values ({marks})", *values)
            found = self.by_client(tx["client"])
        assert found is not None
        return found

    def by_client(self, client: str) -> dict[str, Any] | None:
        return self._one("select * from tx where client = ?", client)

    def by_server(self, server: str) -> dict[str, Any] | None:
        return self._one("select * from tx where server = ?", server)

    def by_reference(self, reference: str) -> dict[str, Any] | None:
        return self._one("select * from tx where reference = ?", reference)

    def pending(self, now: float) -> list[dict[str, Any]]:
        return self._all("select * from tx where status = 'pending' and settles <= ?", now)

    def end(self, server: str, status: str, now: float, reason: str | None = None) -> None:
        self._all(
            "update tx set status = ?, ended = ?, reason = ?"
            " where server = ? and status = 'pending'",
            status, now, reason, server,
        )  # fmt: skip

    def reverse(self, reference: str, now: float) -> bool:
        rows = self._all(
            "update tx set status = 'reversed', ended = ? where reference = ?"
            " and status = 'completed'"
            " returning server",
            now, reference,
        )  # fmt: skip
        return bool(rows)

    def statement(self, account: str, after: float, upto: float) -> list[dict[str, Any]]:
        """Money in and out of one account, in the order in which it moved."""
        return self._all(
            "select * from tx where (payee = ? or payer = ?)"
            " and status in ('completed', 'reversed')"
            " and ended > ? and ended <= ? order by ended, reference",
            account, account, after, upto,
        )  # fmt: skip

    def fault(self, payer: str) -> dict[str, Any]:
        """The mode for this payer, else the mode for everybody, else none."""
        row = self._one("select mode from faults where scope = ?", payer) or self._one(
            "select mode from faults where scope = '*'"
        )
        return dict(json.loads(row["mode"])) if row else {}

    def set_fault(self, scope: str, mode: dict[str, Any]) -> None:
        self._all("insert or replace into faults values (?, ?)", scope, json.dumps(mode))

    def clear_faults(self) -> None:
        self._all("delete from faults")

    def schedule(self, server: str, at: float, kind: str) -> None:
        self._all("insert into due (server, at, kind) values (?, ?, ?)", server, at, kind)

    def take_due(self, now: float) -> list[dict[str, Any]]:
        with self._lock:
            rows = self._all("select * from due where at <= ? order by at, n", now)
            for row in rows:
                self._all("delete from due where n = ?", row["n"])
        return rows

    def called(self, at: float, server: str, url: str, kind: str, answer: str) -> None:
        self._all(
            "insert into calls (at, server, url, kind, answer) values (?, ?, ?, ?, ?)",
            at, server, url, kind, answer,
        )  # fmt: skip

    def calls(self, server: str | None = None) -> list[dict[str, Any]]:
        if server is None:
            return self._all("select * from calls order by n")
        return self._all("select * from calls where server = ? order by n", server)
