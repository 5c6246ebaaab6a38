import asyncio
from collections import Counter
from collections.abc import Callable
from uuid import uuid4

import httpx
import pytest
from tiny.service import Settings, create_app

Headers = Callable[..., dict[str, str]]


async def send_at_once(
    settings: Settings, count: int, headers: list[dict[str, str]]
) -> list[httpx.Response]:
    app = create_app(settings)
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://things") as client,
    ):
        return await asyncio.gather(
            *(
                client.post("/v1/things", json={"name": str(uuid4())}, headers=headers[n])
                for n in range(count)
            )
        )


@pytest.mark.slow
def test_three_hundred_at_once_on_five_connections_are_all_answered(
    settings: Settings, token: Headers, key: Headers
) -> None:
    patient = settings.model_copy(update={"queue": 300})
    headers = [token() | key() for _ in range(300)]
    answers = asyncio.run(send_at_once(patient, 300, headers))
    assert Counter(a.status_code for a in answers) == {201: 300}


def test_beyond_the_queue_the_answer_is_when_to_come_again(
    settings: Settings, token: Headers, key: Headers
) -> None:
    headers = [token() | key() for _ in range(100)]
    answers = asyncio.run(send_at_once(settings, 100, headers))
    counted = Counter(a.status_code for a in answers)
    assert set(counted) == {201, 503}
    assert counted[201] >= 55
    assert all(a.headers["retry-after"] == "2" for a in answers if a.status_code == 503)
