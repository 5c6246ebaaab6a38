"""Calls Keycloak's admin API as a service account of realm `master`, noting every change."""

from types import TracebackType
from typing import Any, Self

import httpx

from deploy.keycloak.start import AdminAccount

Document = dict[str, Any]  # Keycloak's own representations: its documents, not ours


class AdminRefused(Exception):
    """Keycloak did not accept an administrative call; the message holds its own words."""

    def __init__(self, call: str, answer: httpx.Response) -> None:
        super().__init__(f"{call}: {answer.status_code} {answer.text[:300]}")
        self.status = answer.status_code


class Admin:
    """One conversation with the server at `base_url`; `changes` grows with every write."""

    def __init__(self, base_url: str, account: AdminAccount) -> None:
        self.changes: list[str] = []
        self._account = account
        self._base = base_url
        self._http = httpx.Client(base_url=f"{base_url}/admin/", timeout=60)

    def __enter__(self) -> Self:
        self._sign_in()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.close()

    def find(self, path: str, **params: str | int | bool) -> Any | None:  # noqa: ANN401 - foreign JSON
        """What is at `path`, or None when Keycloak knows no such thing."""
        answer = self._call("GET", path, params=params)
        return None if answer.status_code == httpx.codes.NOT_FOUND else self._json(path, answer)

    def get(self, path: str, **params: str | int | bool) -> Any:  # noqa: ANN401 - foreign JSON
        """What is at `path`. Raises AdminRefused, also when there is nothing."""
        return self._json(path, self._call("GET", path, params=params))

    def post(self, path: str, body: Document | list[Document], change: str) -> str:
        """Make something; answers the id Keycloak gave it (empty when it gives none)."""
        answer = self._write("POST", path, body, change)
        where: str = answer.headers.get("location", "")
        return where.rpartition("/")[2]

    def put(self, path: str, body: Document | list[Document] | None, change: str) -> None:
        """Replace something."""
        self._write("PUT", path, body, change)

    def delete(self, path: str, body: list[Document] | None, change: str) -> None:
        """Take something away."""
        self._write("DELETE", path, body, change)

    def _write(
        self, method: str, path: str, body: Document | list[Document] | None, change: str
    ) -> httpx.Response:
        answer = self._call(method, path, json=body)
        if answer.is_error:
            raise AdminRefused(f"{method} {path}", answer)
        self.changes.append(change)
        return answer

    def _call(self, method: str, path: str, **rest: Any) -> httpx.Response:  # noqa: ANN401
        answer = self._http.request(method, path, **rest)
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            self._sign_in()  # the token lives one minute, a first import may take longer
            answer = self._http.request(method, path, **rest)
        return answer

    def _sign_in(self) -> None:
        where = f"{self._base}/realms/master/protocol/openid-connect/token"
        form = {"grant_type": "client_credentials"}
        proof = (self._account.client_id, self._account.secret)
        answer = httpx.post(where, data=form, auth=proof, timeout=60)
        if answer.is_error:
            raise AdminRefused("signing in as the reconciler", answer)
        self._http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    @staticmethod
    def _json(path: str, answer: httpx.Response) -> Any:  # noqa: ANN401 - foreign JSON
        if answer.is_error:
            raise AdminRefused(f"GET {path}", answer)
        return answer.json()
