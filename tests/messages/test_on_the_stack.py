"""On the whole stack: a miner signs in through Keycloak, and is who messages says."""

import httpx
import pytest
from post_office import SIX_DIGITS, new_number

from deploy.keycloak.sign_in import Browser, PortalClient, refresh, sign_in_miner
from deploy.stack.environment import keycloak_address
from deploy.stack.layout import Stack
from deploy.stack.vault import secret

pytestmark = pytest.mark.stack


@pytest.fixture
def portal(stack: Stack) -> PortalClient:
    return PortalClient(
        f"{keycloak_address(stack)}/realms/public",
        "portal-public",
        secret(stack, "client-portal-public"),
        f"{stack.address('portal')}/signin/callback",
    )


def texts(stack: Stack, number: str) -> list[str]:
    found = httpx.get(f"{stack.address('telecom')}/phones/{number}/messages").json()
    return [one["body"] for one in found]


def me(stack: Stack, access: str) -> dict[str, str]:
    answer = httpx.get(
        f"{stack.address('messages')}/v1/subscribers/me",
        headers={"Authorization": f"Bearer {access}"},
    )
    assert answer.status_code == 200, answer.text
    told: dict[str, str] = answer.json()
    return told


def test_keycloak_knows_a_miner_by_the_subscribers_id(stack: Stack, portal: PortalClient) -> None:
    number = new_number()

    def read(number: str) -> str:
        found = SIX_DIGITS.search(texts(stack, number)[-1])
        assert found is not None
        return found[1]

    with Browser() as browser:
        first = sign_in_miner(browser, portal, number, read)
        told = me(stack, first.access)
        assert told["phone_ends"] == number[-3:]
        again = sign_in_miner(browser, portal, number, read)
        assert len(texts(stack, number)) == 1
        proved = sign_in_miner(browser, portal, number, read, prompt="login", ui_locales="sw")
        assert len(texts(stack, number)) == 2
        for tokens in (again, proved, refresh(portal, proved)):
            assert me(stack, tokens.access)["person"] == told["person"]
