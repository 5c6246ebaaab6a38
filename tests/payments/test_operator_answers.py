"""What the operator's refusals mean: only what it says of the payment itself ends it."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from contracts.payments.language import PaymentStatus
from kernel.money import Money
from services.payments.domain.payment import Prompt
from services.payments.gateways.mobile_money import MobileMoney
from services.payments.gateways.provider import Payout, ProviderAway

PROMPT = Prompt("7f0c", "+255700000001", Money(40_00, "EXD"), "INV-2026-000001")
FOUND = (
    b'{"transactionReference": "MM1", "transactionStatus": "completed", "amount": "40.00",'
    b' "currency": "EXD", "originalTransactionReference": "7f0c"}'
)


class Desk(ThreadingHTTPServer):
    """An operator's door that answers requests with `asking` and look-ups with `found`."""

    asking, found = 202, FOUND


class Door(BaseHTTPRequestHandler):
    server: Desk

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(self.server.asking, b'{"errorCode": "said"}')

    def do_GET(self) -> None:
        known = self.server.found if self.path == "/responses/7f0c" else b""
        self._answer(200 if known else 404, known)

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


@pytest.fixture
def operator(desk: Desk) -> Iterator[MobileMoney]:
    url = f"http://127.0.0.1:{desk.server_port}"
    made = MobileMoney(url, "http://127.0.0.1:9/", "W", 5.0, lambda money: money.decimals(2))
    yield made
    made.close()


@pytest.mark.parametrize("status", [401, 403, 404, 405, 408, 425, 429])
def test_a_refusal_that_does_not_speak_of_the_payment_does_not_end_it(
    desk: Desk, operator: MobileMoney, status: int
) -> None:
    desk.asking = status
    with pytest.raises(ProviderAway):
        operator.ask_payer(PROMPT)


@pytest.mark.parametrize("status", [400, 402, 422])
def test_a_refusal_of_the_payment_ends_it(desk: Desk, operator: MobileMoney, status: int) -> None:
    desk.asking = status
    answer = operator.ask_payer(PROMPT)
    assert (answer.status, answer.reason) == (PaymentStatus.FAILED, "said")


def test_a_request_that_is_there_already_is_looked_up(desk: Desk, operator: MobileMoney) -> None:
    desk.asking = 409
    answer = operator.ask_payer(PROMPT)
    assert (answer.status, answer.reference) == (PaymentStatus.COMPLETED, "MM1")
    desk.found = b""
    with pytest.raises(ProviderAway):
        operator.ask_payer(PROMPT)


def test_a_batch_that_is_there_already_is_taken(desk: Desk, operator: MobileMoney) -> None:
    line = Payout("b:0", "TREASURY-0001", Money(26_00, "EXD"), "INV-2026-000001/treasury")
    desk.asking = 409
    operator.pay_out("b", [line])
    desk.asking = 403
    with pytest.raises(ProviderAway):
        operator.pay_out("b", [line])
