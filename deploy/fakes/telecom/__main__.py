"""A telecom of the outside world: SMS gateway, phones to look at, mail server, fault modes.

Reads CORNERPOST_TELECOM_HOST, _PORT, _SMTP_PORT and _DATA (folder of its book). Its API:
POST /messages {"to", "text", "from", "reference", "callback"} -> 202 {"id", "status"};
GET /messages/{id}; delivery reports are POSTed to the callback. A person looks at
/phone/{number} and /mail/{address}; a program at
/phones/{number}/messages and /mailboxes/{address}. Faults: PUT /control/faults/{recipient or *}.
"""

import asyncio
import html
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

import uvicorn
from aiosmtpd.controller import Controller
from fastapi import FastAPI, HTTPException, Query
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from deploy.fakes.telecom.book import Book
from deploy.fakes.telecom.network import Mailbox, Network

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="3"><title>{title}</title>
<style>body{{font:17px/1.4 system-ui,sans-serif;
max-width:26rem;margin:1rem auto;padding:0 1rem;background:#eef3f0}}
.m{{background:#fff;border-radius:.8rem;
padding:.6rem .9rem;margin:.6rem 0;overflow-wrap:anywhere;white-space:pre-wrap}}
small{{color:#4d5a55}}</style>
<h1>{title}</h1>{body}</html>"""


class Text(BaseModel):
    to: str = Field(pattern=r"^\+[1-9][0-9]{6,14}$")
    text: str = Field(min_length=1, max_length=1600)
    sender: str | None = Field(default=None, alias="from")
    reference: str | None = None
    callback: str | None = None


def create_app(data: Path, host: str, smtp_port: int) -> FastAPI:
    network = Network(Book(data / "telecom.sqlite"))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        smtp = Controller(Mailbox(network.book), hostname=host, port=smtp_port)
        smtp.start()
        shift = asyncio.create_task(network.work())
        yield
        shift.cancel()
        smtp.stop()

    app = FastAPI(title="Fake telecom", lifespan=lifespan)
    app.state.network = network
    add_gateway(app, network)
    add_phones(app, network.book)
    add_control(app, network.book)
    return app


def add_gateway(app: FastAPI, network: Network) -> None:
    @app.post("/messages", status_code=202)
    async def take(text: Text) -> dict[str, str]:
        mode = network.book.fault(text.to)
        if mode.get("down"):
            raise HTTPException(503, "the gateway is down")
        if mode.get("refuse"):
            raise HTTPException(422, "the number is not in service")
        made = network.take_text(text.to, text.text, text.sender, text.reference, text.callback)
        return {"id": made["id"], "status": made["status"]}

    @app.get("/messages/{message_id}")
    async def message(message_id: str) -> dict[str, Any]:
        found = network.book.get(message_id)
        if found is None:
            raise HTTPException(404, "no such message")
        return {k: found[k] for k in ("id", "reference", "channel", "status", "at")}

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}


def add_phones(app: FastAPI, book: Book) -> None:
    @app.get("/phones/{number}/messages")
    async def phone(number: str, after: Annotated[int, Query(ge=0)] = 0) -> list[dict[str, Any]]:
        return book.inbox(number, after)

    @app.get("/mailboxes/{address}")
    async def mailbox(address: str, after: Annotated[int, Query(ge=0)] = 0) -> list[dict[str, Any]]:
        return book.inbox(address, after)

    @app.get("/phone/{recipient}", response_class=HTMLResponse)
    @app.get("/mail/{recipient}", response_class=HTMLResponse)
    async def screen(recipient: str) -> str:
        return PAGE.format(title=html.escape(recipient), body=bubbles(book.inbox(recipient)))

    @app.get("/", response_class=HTMLResponse)
    async def everybody() -> str:
        rows = "".join(
            f'<div class="m"><a href="/{"phone" if r["channel"] == "sms" else "mail"}/'
            f'{html.escape(r["recipient"])}">{html.escape(r["recipient"])}</a>'
            f" <small>{r['messages']}</small></div>"
            for r in book.recipients()
        )
        return PAGE.format(
            title="Phones and mailboxes", body=rows or "<p>Nothing has arrived yet.</p>"
        )


def bubbles(messages: list[dict[str, Any]]) -> str:
    shown = []
    for message in reversed(messages):
        when = time.strftime("%d %b %H:%M:%S", time.gmtime(message["at"]))
        head = html.escape(f"{message['sender'] or ''} {message['subject'] or ''}".strip())
        shown.append(
            f'<div class="m"><small>{head} {when}</small>\n{html.escape(message["body"])}</div>'
        )
    return "".join(shown) or "<p>Nothing has arrived yet.</p>"


def add_control(app: FastAPI, book: Book) -> None:
    @app.put("/control/faults/{scope}")
    async def set_fault(scope: str, mode: dict[str, Any]) -> dict[str, str]:
        book.set_fault(scope, mode)
        return {"status": "set"}

    @app.delete("/control/faults")
    async def clear() -> dict[str, str]:
        book.clear_faults()
        return {"status": "cleared"}


def main() -> None:
    env = {k.removeprefix("CORNERPOST_TELECOM_"): v for k, v in os.environ.items()}
    host = env.get("HOST", "127.0.0.1")
    app = create_app(Path(env["DATA"]), host, int(env["SMTP_PORT"]))
    uvicorn.run(app, host=host, port=int(env["PORT"]), log_level="warning")


if __name__ == "__main__":
    main()
