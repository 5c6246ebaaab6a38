"""A mobile-money operator of the outside world, in the shape of the GSMA Mobile Money API, with
fault modes.

Reads CORNERPOST_MOBILE_MONEY_HOST, _PORT, _DATA (folder of its book) and _SETTLE_AFTER (seconds
until the
payer answers, 0.2 unless told). Its API: POST
/transactions/type/{merchantpay|transfer|disbursement},
GET /requeststates/{serverCorrelationId}, GET /responses/{clientCorrelationId}, GET
/transactions/{reference},
POST /transactions/{reference}/reversals, POST /batchtransactions, GET
/accounts/{id}/statemententries.
For tests and demonstrations only: /control/faults, /control/forge, /control/calls.
"""

import asyncio
import os
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from deploy.fakes.mobile_money.book import Book
from deploy.fakes.mobile_money.operator import Operator, Refused, shown

KINDS = {"merchantpay", "transfer", "disbursement"}


def create_app(data: Path, settle_after: float = 0.2) -> FastAPI:
    operator = Operator(Book(data / "mobile-money.sqlite"), settle_after)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        shift = asyncio.create_task(operator.work())
        yield
        shift.cancel()

    app = FastAPI(title="Fake mobile-money operator", lifespan=lifespan)
    app.state.operator = operator
    app.add_exception_handler(Refused, refused)
    add_payments(app, operator)
    add_queries(app, operator)
    add_control(app, operator)
    return app


def refused(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refused)
    body = {"errorCategory": "validation", "errorCode": error.code, "errorDescription": str(error)}
    return JSONResponse(body, error.status)


async def must_be_up(operator: Operator, payer: str = "*") -> None:
    mode = operator.book.fault(payer)
    if delay := float(mode.get("answer_after", 0)):
        await asyncio.sleep(delay)
    if mode.get("down"):
        raise Refused(503, "serviceUnavailable", "the operator is down")


def state(tx: dict[str, Any]) -> dict[str, Any]:
    return {
        "serverCorrelationId": tx["server"],
        "status": "pending"
        if tx["status"] == "pending"
        else tx["status"].replace("reversed", "completed"),
        "notificationMethod": "callback" if tx["callback"] else "polling",
        "objectReference": tx["reference"],
        "pollLimit": 100,
    } | ({"pendingReason": "waiting for the payer"} if tx["status"] == "pending" else {})


def add_payments(app: FastAPI, operator: Operator) -> None:
    @app.post("/transactions/type/{kind}", status_code=202)
    async def ask(kind: str, request: Request) -> dict[str, Any]:
        client = request.headers.get("X-CorrelationID", "")
        if kind not in KINDS or not client:
            raise Refused(
                400, "mandatoryValueNotSupplied", "a known type and X-CorrelationID are needed"
            )
        body = await request.json()
        tx = operator.ask(kind, client, body, request.headers.get("X-Callback-URL"))
        await must_be_up(operator, tx["payer"])
        return state(tx)

    @app.post("/batchtransactions", status_code=202)
    async def batch(request: Request) -> dict[str, Any]:
        await must_be_up(operator)
        body, client = await request.json(), request.headers.get("X-CorrelationID", "")
        made = [
            operator.ask("disbursement", f"{client}:{n}", item, None)
            for n, item in enumerate(body.get("transactions", []))
        ]
        return {"batchId": client, "transactions": [shown(tx) for tx in made]}

    @app.post("/transactions/{reference}/reversals", status_code=202)
    async def reverse(reference: str) -> dict[str, Any]:
        await must_be_up(operator)
        if not operator.reverse(reference, time.time()):
            raise Refused(409, "transactionNotReversible", "unknown or not completed")
        return {"status": "completed", "objectReference": reference}


def add_queries(app: FastAPI, operator: Operator) -> None:
    def found(tx: dict[str, Any] | None) -> dict[str, Any]:
        if tx is None:
            raise Refused(404, "identifierError", "no such transaction")
        return tx

    @app.get("/requeststates/{server}")
    async def request_state(server: str) -> dict[str, Any]:
        await must_be_up(operator)
        return state(found(operator.book.by_server(server)))

    @app.get("/responses/{client}")
    async def response(client: str) -> dict[str, Any]:
        await must_be_up(operator)
        return shown(found(operator.book.by_client(client)))

    @app.get("/transactions/{reference}")
    async def transaction(reference: str) -> dict[str, Any]:
        await must_be_up(operator)
        return shown(found(operator.book.by_reference(reference)))

    @app.get("/accounts/{account}/statemententries")
    async def statement(account: str, after: float = 0, upto: float = 1e12) -> list[dict[str, Any]]:
        await must_be_up(operator)
        return [shown(tx) for tx in operator.book.statement(account, after, upto)]

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}


def add_control(app: FastAPI, operator: Operator) -> None:
    @app.put("/control/faults/{scope}")
    async def set_fault(scope: str, mode: dict[str, Any]) -> dict[str, str]:
        operator.book.set_fault(scope, mode)
        return {"status": "set"}

    @app.delete("/control/faults")
    async def clear() -> dict[str, str]:
        operator.book.clear_faults()
        return {"status": "cleared"}

    @app.post("/control/forge")
    async def forge(body: dict[str, Any]) -> dict[str, str]:
        made_up = {
            "transactionReference": f"MM{uuid.uuid4().hex[:12].upper()}",
            "transactionStatus": "completed",
        }
        async with httpx.AsyncClient() as http:
            answer = await operator.forge(http, body["url"], made_up | body.get("members", {}))
        return {"answer": answer}

    @app.get("/control/calls")
    async def calls(server: str | None = None) -> list[dict[str, Any]]:
        return operator.book.calls(server)


def main() -> None:
    env = {k.removeprefix("CORNERPOST_MOBILE_MONEY_"): v for k, v in os.environ.items()}
    app = create_app(Path(env["DATA"]), float(env.get("SETTLE_AFTER", "0.2")))
    uvicorn.run(app, host=env.get("HOST", "127.0.0.1"), port=int(env["PORT"]), log_level="warning")


if __name__ == "__main__":
    main()
