"""Many at once: guesses are counted, codes are redeemed once, and a number is one subscriber."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import httpx
from phone_client import Client
from post_office import PostOffice, new_number

T = TypeVar("T")


def at_once(calls: list[Callable[[], T]]) -> list[T]:
    with ThreadPoolExecutor(len(calls)) as threads:
        return [done.result() for done in [threads.submit(call) for call in calls]]


def guess(client: Client, code: str) -> httpx.Response:
    """A guess beside the page's own connection, with its cookie and ticket."""
    assert client.page is not None
    ticket = client.page.text.split('name="ticket" value="')[1].split('"')[0]
    cookies = dict(client.browser.cookies)
    told = {"ticket": ticket, "code": code}
    with httpx.Client(cookies=cookies, timeout=20) as http:
        return http.post(f"{client.issuer}/code", data=told)


def test_guesses_at_the_same_time_are_counted_one_by_one(office: PostOffice) -> None:
    number, client = new_number(), office.keycloak()
    client.ask()
    client.fill(phone=number)
    right = int(office.telecom.code(number))
    wrong = [f"{(right + n) % 10**6:06d}" for n in range(1, 11)]
    answers = at_once([lambda code=code: guess(client, code) for code in wrong])
    still = [one for one in answers if "Tries left" in one.text]
    assert len(still) == 4
    assert guess(client, f"{right:06d}").status_code == 400


def test_a_code_redeemed_twice_at_once_is_redeemed_once(office: PostOffice) -> None:
    client = office.keycloak()
    code = client.answer(new_number())["code"]
    answers = at_once([lambda: client.redeem(code) for _ in range(6)])
    assert sorted(one.status_code for one in answers) == [200] + [400] * 5


def test_first_sign_ins_of_one_number_at_once_are_one_subscriber(office: PostOffice) -> None:
    number, clients = new_number(), [office.keycloak() for _ in range(3)]
    codes = []
    for client in clients:
        client.ask()
        client.fill(phone=number)
        codes.append(office.telecom.code(number))
    pairs = zip(clients, codes, strict=True)
    landed = at_once([lambda c=c, n=n: c.landed(guess(c, n)) for c, n in pairs])
    assert all("code" in one for one in landed)
    assert office.sql("select count(*) from subscriber where phone = %s", number) == [(1,)]
