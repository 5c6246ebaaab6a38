"""The fake network: takes texts and mails, delivers them to phones and boxes, and reports
delivery."""

import asyncio
import email
import email.policy
import time
import uuid
from typing import Any

import httpx
from aiosmtpd.smtp import SMTP, Envelope, Session

from deploy.fakes.telecom.book import Book

REPORT_SECONDS = 5.0


class Network:
    """Fault modes (set for one recipient or for `*`):

    `delivery`: delivered (the default), failed, silent (no report ever) · `report_after` seconds
    (0.1) ·
    `report`: once (the default), twice · `refuse`: the gateway answers 422 · `down`: it answers
    503.
    """

    def __init__(self, book: Book) -> None:
        self.book = book

    def take_text(
        self, to: str, text: str, sender: str | None, reference: str | None, callback: str | None
    ) -> dict[str, Any]:
        mode, now = self.book.fault(to), time.time()
        return self.book.add(
            {
                "id": str(uuid.uuid4()), "reference": reference, "channel": "sms", "recipient": to,
                "sender": sender, "body": text, "at": now, "callback": callback,
                "status": "failed" if mode.get("delivery") == "failed" else "accepted",
                "report_at": None if mode.get("delivery") == "silent"
                else now + float(mode.get("report_after", 0.1)),
            }
        )  # fmt: skip

    async def report(self, http: httpx.AsyncClient) -> None:
        """Send the delivery reports that are due to whoever asked for them."""
        for message in self.book.take_reports(time.time()):
            mode = self.book.fault(message["recipient"])
            status = mode.get("delivery", "delivered")
            answer = None
            for _ in range(2 if mode.get("report") == "twice" else 1):
                answer = await self._post(http, message, status)
            self.book.settle(message["id"], status, answer)

    async def _post(
        self, http: httpx.AsyncClient, message: dict[str, Any], status: str
    ) -> str | None:
        if not message["callback"]:
            return None
        body = {
            "id": message["id"],
            "reference": message["reference"],
            "status": status,
            "at": time.time(),
        }
        try:
            answer = await http.post(message["callback"], json=body, timeout=REPORT_SECONDS)
            return str(answer.status_code)
        except httpx.HTTPError as error:
            return type(error).__name__

    async def work(self, every: float = 0.05) -> None:
        async with httpx.AsyncClient() as http:
            while True:
                await self.report(http)
                await asyncio.sleep(every)


class Mailbox:
    """aiosmtpd's receiving end: each recipient of each mail gets an entry in the book."""

    def __init__(self, book: Book) -> None:
        self.book = book

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 (aiosmtpd's name)
        content = envelope.content or b""
        raw = content if isinstance(content, bytes) else content.encode()
        mail = email.message_from_bytes(raw, policy=email.policy.default)
        body = mail.get_body(("plain", "html"))
        text = body.get_content() if body else ""
        for recipient in envelope.rcpt_tos:
            mode = self.book.fault(recipient)
            if mode.get("down"):
                return "451 the mail server is down"
            if mode.get("refuse") or mode.get("delivery") == "failed":
                return "550 no such mailbox"
            self.book.add(
                {
                    "id": str(uuid.uuid4()), "reference": None, "channel": "email", "recipient":
                    recipient,
                    "sender": envelope.mail_from, "subject": str(mail["subject"] or ""), "body":
                    text,
                    "status": "delivered", "at": time.time(),
                }
            )  # fmt: skip
        return "250 taken"
