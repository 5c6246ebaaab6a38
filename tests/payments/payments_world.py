"""The fake operator's doors for tests of payments."""

from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.served import eventually


@dataclass
class Operator:
    """The fake operator's doors for tests."""

    url: str
    http: httpx.Client = field(default_factory=httpx.Client)

    def wait(self) -> None:
        eventually(lambda: self._up(), "the operator does not come up", 20)

    def _up(self) -> bool:
        try:
            return self.http.get(f"{self.url}/healthz").status_code == 200
        except httpx.TransportError:
            return False

    def fault(self, payer: str = "*", **mode: Any) -> None:
        self.http.put(f"{self.url}/control/faults/{payer}", json=mode).raise_for_status()

    def clear(self) -> None:
        self.http.delete(f"{self.url}/control/faults").raise_for_status()

    def forge(self, url: str, **members: Any) -> str:
        asked = {"url": url, "members": members}
        answer: str = self.http.post(f"{self.url}/control/forge", json=asked).json()["answer"]
        return answer

    def transaction(self, payment: str) -> dict[str, Any]:
        found: dict[str, Any] = self.http.get(f"{self.url}/responses/{payment}").json()
        return found

    def completed(self, payment: str) -> bool:
        return self.transaction(payment).get("transactionStatus") == "completed"

    def calls(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.http.get(f"{self.url}/control/calls").json()
        return found

    def reverse(self, reference: str) -> None:
        self.http.post(f"{self.url}/transactions/{reference}/reversals").raise_for_status()
