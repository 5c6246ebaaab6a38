"""The fake operator's business: takes requests, lets the payer answer, and calls back as its
fault modes say."""

import asyncio
import json
import time
import uuid
from decimal import Decimal, InvalidOperation
from typing import Any

import httpx

from deploy.fakes.mobile_money.book import Book

CALLBACK_SECONDS = 5.0
REVERSE = "reverse"  # what is due is no callback but a reversal


class Refused(Exception):
    """An error body of the GSMA API: category, code, description."""

    def __init__(self, status: int, code: str, description: str) -> None:
        super().__init__(description)
        self.status, self.code = status, code


class Operator:
    """Fault modes (set for one payer or for `*`):

    `outcome`: completed (the default), failed, pending (the payer never answers) · `settle_after`
    seconds ·
    `callback`: once (the default), none, twice, wrong-amount · `callback_after` seconds ·
    `answer_after` seconds (the request itself is slow) · `down`: every call answers 503 ·
    `reverse_after`: seconds after which a payment that was completed is taken back ·
    `reversal_callback`: none (the default), once.
    """

    def __init__(self, book: Book, settle_after: float) -> None:
        self.book, self.settle_after = book, settle_after

    def ask(
        self, kind: str, client: str, body: dict[str, Any], callback: str | None
    ) -> dict[str, Any]:
        payer, payee = party(body, "debitParty"), party(body, "creditParty")
        try:
            amount = Decimal(str(body["amount"]))
        except (KeyError, InvalidOperation):
            raise Refused(400, "formatError", "amount is not a number") from None
        if not amount.is_finite() or amount <= 0:
            raise Refused(400, "formatError", "amount must be above zero")
        now, mode = time.time(), self.book.fault(payer)
        return self.book.add(
            {
                "server": str(uuid.uuid4()), "client": client, "kind": kind, "status": "pending",
                "reference": f"MM{uuid.uuid4().hex[:12].upper()}", "amount": str(amount),
                "currency": str(body.get("currency", "")), "payer": payer, "payee": payee,
                "asked": now, "settles": now + float(mode.get("settle_after", self.settle_after)),
                "callback": callback, "body": json.dumps(body),
            }
        )  # fmt: skip

    def settle(self, now: float) -> None:
        """Let every payer whose time has come answer on the phone."""
        for tx in self.book.pending(now):
            mode = self.book.fault(tx["payer"])
            outcome = mode.get("outcome", "completed")
            if outcome == "pending":
                continue
            self.book.end(
                tx["server"], outcome, now, "payer declined" if outcome == "failed" else None
            )
            self._plan_callbacks(tx, mode, now)
            if outcome == "completed" and "reverse_after" in mode:
                self.book.schedule(tx["server"], now + float(mode["reverse_after"]), REVERSE)

    def _plan_callbacks(self, tx: dict[str, Any], mode: dict[str, Any], now: float) -> None:
        callback = mode.get("callback", "once")
        if not tx["callback"] or callback == "none":
            return
        kind = "wrong-amount" if callback == "wrong-amount" else "true"
        at = now + float(mode.get("callback_after", 0))
        for n in range(2 if callback == "twice" else 1):
            self.book.schedule(tx["server"], at + n * 0.05, kind)

    def reverse(self, reference: str, now: float) -> bool:
        """Take a completed payment back, and call back about it where the fault mode says so."""
        if not self.book.reverse(reference, now):
            return False
        tx = self.book.by_reference(reference) or {}
        mode = self.book.fault(tx["payer"])
        if tx["callback"] and mode.get("reversal_callback", "none") != "none":
            self.book.schedule(tx["server"], now + float(mode.get("callback_after", 0)), "true")
        return True

    async def call_back(self, http: httpx.AsyncClient) -> None:
        for due in self.book.take_due(time.time()):
            tx = self.book.by_server(due["server"])
            if tx is None:
                continue
            if due["kind"] == REVERSE:
                self.reverse(tx["reference"], time.time())
                continue
            body = shown(tx)
            if due["kind"] == "wrong-amount":
                body["amount"] = str(Decimal(body["amount"]) + 1)
            await self._put(http, tx, body, due["kind"])

    async def forge(self, http: httpx.AsyncClient, url: str, body: dict[str, Any]) -> str:
        """What a stranger would send: a callback for something this operator does not know."""
        return await self._put(http, {"server": "forged", "callback": url}, body, "forged")

    async def _put(
        self, http: httpx.AsyncClient, tx: dict[str, Any], body: dict[str, Any], kind: str
    ) -> str:
        try:
            answer = await http.post(tx["callback"], json=body, timeout=CALLBACK_SECONDS)
            result = str(answer.status_code)
        except httpx.HTTPError as error:
            result = type(error).__name__
        self.book.called(time.time(), tx["server"], tx["callback"], kind, result)
        return result

    async def work(self, every: float = 0.05) -> None:
        """The operator's night shift: settles and calls back until the process ends."""
        async with httpx.AsyncClient() as http:
            while True:
                self.settle(time.time())
                await self.call_back(http)
                await asyncio.sleep(every)


def party(body: dict[str, Any], side: str) -> str:
    """The `msisdn`, `walletid` or `accountid` of a debitParty or creditParty list."""
    for entry in body.get(side) or []:
        if isinstance(entry, dict) and entry.get("key") in {"msisdn", "walletid", "accountid"}:
            return str(entry.get("value", ""))
    raise Refused(400, "formatError", f"{side} names no msisdn, walletid or accountid")


def shown(tx: dict[str, Any]) -> dict[str, Any]:
    """A transaction as the API gives it."""
    asked = json.loads(tx["body"])
    return {
        "transactionReference": tx["reference"],
        "transactionStatus": tx["status"],
        "type": tx["kind"],
        "amount": tx["amount"],
        "currency": tx["currency"],
        "debitParty": asked.get("debitParty"),
        "creditParty": asked.get("creditParty"),
        "requestingOrganisationTransactionReference": asked.get(
            "requestingOrganisationTransactionReference"
        ),
        "originalTransactionReference": tx["client"],
        "creationDate": stamp(tx["asked"]),
        "modificationDate": stamp(tx["ended"] or tx["asked"]),
        "requestDate": asked.get("requestDate"),
    }


def stamp(seconds: float) -> str:
    whole = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
    return f"{whole}.{int(seconds % 1 * 1000):03d}Z"
