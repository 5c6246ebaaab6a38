"""The fake telecom's own book: texts and mails it took, kept over a restart in one SQLite file."""

import json
import sqlite3
import threading
from pathlib import Path
from typing import Any

SCHEMA = """
create table if not exists message (
  n integer primary key, id text unique not null, reference text, channel text not null,
  recipient text not null,
  sender text, subject text, body text not null, status text not null, at real not null,
  report_at real,
  callback text, reported text);
create index if not exists message_recipient on message (recipient, n);
create unique index if not exists message_reference on message (reference)
  where reference is not null;
create table if not exists faults (scope text primary key, mode text not null);
"""


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

    def add(self, message: dict[str, Any]) -> dict[str, Any]:
        """Take a message once: the same reference gets the first entry back."""
        names = ",".join(message)
        marks = ",".join("?" * len(message))
        self._all(f"insert or ignore into message ({names}) values ({marks})", *message.values())
        if message.get("reference"):
            return self._all("select * from message where reference = ?", message["reference"])[0]
        return self._all("select * from message where id = ?", message["id"])[0]

    def get(self, message_id: str) -> dict[str, Any] | None:
        rows = self._all("select * from message where id = ?", message_id)
        return rows[0] if rows else None

    def inbox(self, recipient: str, after: int = 0) -> list[dict[str, Any]]:
        return self._all(
            "select n, id, channel, sender, subject, body, status, at from message"
            " where recipient = ? and n > ? and status <> 'failed' order by n",
            recipient, after,
        )  # fmt: skip

    def recipients(self) -> list[dict[str, Any]]:
        return self._all(
            "select recipient, channel, count(*) as messages, max(at) as newest from message"
            " group by recipient, channel order by newest desc"
        )

    def take_reports(self, now: float) -> list[dict[str, Any]]:
        return self._all(
            "update message set reported = 'due', report_at = null"
            " where report_at <= ? returning *",
            now,
        )

    def settle(self, message_id: str, status: str, reported: str | None) -> None:
        self._all(
            "update message set status = ?, reported = ? where id = ?", status, reported, message_id
        )

    def fault(self, recipient: str) -> dict[str, Any]:
        """The mode for this recipient, else the mode for everybody, else none."""
        rows = self._all("select mode from faults where scope = ?", recipient) or self._all(
            "select mode from faults where scope = '*'"
        )
        return dict(json.loads(rows[0]["mode"])) if rows else {}

    def set_fault(self, scope: str, mode: dict[str, Any]) -> None:
        self._all("insert or replace into faults values (?, ?)", scope, json.dumps(mode))

    def clear_faults(self) -> None:
        self._all("delete from faults")
