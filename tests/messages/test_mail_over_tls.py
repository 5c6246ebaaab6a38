"""Mail servers that are asked who they are, and that ask who we are."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import structlog
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from own_authority import OwnAuthority
from post_office import PostOffice
from pydantic import SecretStr

from services.messages.dispatch import Dispatch
from services.messages.gateways.nowhere import mail_of, texts_of
from tests.served import free_port

HERE, ELSEWHERE = "127.0.0.1", "127.0.0.2"
USER, WORD = "cornerpost", "a-word-for-mails"
TOLD = {"code": "AMP-2026-000123-X", "reason": "The ground is taken"}


class Kept:
    """What the server took, and the passwords that it was told."""

    def __init__(self) -> None:
        self.mails: list[Envelope] = []
        self.words: list[bytes] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert session.ssl is not None
        self.mails.append(envelope)
        return "250 taken"

    def known(
        self, server: SMTP, session: Session, envelope: Envelope, kind: str, who: object
    ) -> AuthResult:
        assert isinstance(who, LoginPassword)
        self.words.append(who.password)
        right = (who.login, who.password) == (USER.encode(), WORD.encode())
        return AuthResult(success=right, handled=False)


@pytest.fixture
def authority(tmp_path: Path) -> OwnAuthority:
    return OwnAuthority(tmp_path)


@pytest.fixture
def server(authority: OwnAuthority, request: pytest.FixtureRequest) -> Iterator[Controller]:
    """A server here; its certificate is for the address that the test names, or for here."""
    kept, shown = Kept(), authority.server(getattr(request, "param", HERE))
    asking = {"auth_required": True, "authenticator": kept.known}
    tls = {"tls_context": shown, "require_starttls": True}
    one = Controller(kept, hostname=HERE, port=free_port(), **asking, **tls)
    one.start()
    yield one
    one.stop()


@pytest.fixture
def mail(office: PostOffice) -> UUID:
    return office.hand_over("office:mines-north", "office-issuance-returned", params=TOLD)


def send(office: PostOffice, port: int, ca_file: Path | None, **other: Any) -> list[str]:
    """One round of sending; gives why mails wait."""
    told: dict[str, Any] = {"smtp_port": port, "smtp_starttls": True, "smtp_ca_file": ca_file}
    told |= {"smtp_user": USER, "smtp_password": SecretStr(WORD)}
    settings = office.settings.model_copy(update=told | other)
    office.retry_now()
    with structlog.testing.capture_logs() as said:
        Dispatch(office.works, office.desk, texts_of(settings), mail_of(settings)).send_mail()
    return [one["error"] for one in said if one["event"] == "gateway.away"]


def must_wait(office: PostOffice, mail: UUID) -> None:
    row = office.row(mail)
    assert (row["sent_at"], row["failed"], row["attempts"]) == (None, None, 1)
    assert row["next_try"] is not None


def test_a_mail_goes_to_a_server_whose_certificate_is_of_our_own_authority(
    office: PostOffice, server: Controller, authority: OwnAuthority, mail: UUID
) -> None:
    assert send(office, server.port, authority.file) == []
    assert office.row(mail)["sent_at"] is not None
    assert any(TOLD["code"].encode() in one.content for one in server.handler.mails)


def test_a_server_of_an_authority_that_nobody_named_is_told_no_mail_and_no_password(
    office: PostOffice, server: Controller, authority: OwnAuthority, mail: UUID
) -> None:
    (why,) = send(office, server.port, None)
    assert "certificate is not to be trusted" in why
    assert "CORNERPOST_MESSAGES_SMTP_CA_FILE" in why
    assert (server.handler.mails, server.handler.words) == ([], [])
    must_wait(office, mail)
    assert send(office, server.port, authority.file) == []
    assert office.row(mail)["sent_at"] is not None


@pytest.mark.parametrize("server", [ELSEWHERE], indirect=True)
def test_a_certificate_for_another_server_is_not_believed(
    office: PostOffice, server: Controller, authority: OwnAuthority, mail: UUID
) -> None:
    (why,) = send(office, server.port, authority.file)
    assert f"not valid for '{HERE}'" in why
    assert (server.handler.mails, server.handler.words) == ([], [])
    must_wait(office, mail)


@pytest.mark.parametrize("content", [None, "not a certificate"])
def test_mails_wait_while_the_file_of_the_authority_cannot_be_read(
    office: PostOffice, server: Controller, tmp_path: Path, mail: UUID, content: str | None
) -> None:
    file = tmp_path / "theirs.pem"
    if content is not None:
        file.write_text(content)
    (why,) = send(office, server.port, file)
    assert why.startswith("CORNERPOST_MESSAGES_SMTP_CA_FILE cannot be read")
    must_wait(office, mail)


def test_a_server_without_tls_is_told_nothing(
    office: PostOffice, authority: OwnAuthority, mail: UUID
) -> None:
    port = office.settings.smtp_port  # the fake telecom's, which offers no TLS
    (why,) = send(office, port, authority.file, smtp_user="")
    assert why == "SMTPNotSupportedError"
    must_wait(office, mail)


def test_a_mail_waits_while_the_server_refuses_our_password(
    office: PostOffice, server: Controller, authority: OwnAuthority, mail: UUID
) -> None:
    (why,) = send(office, server.port, authority.file, smtp_password=SecretStr("an-old-word"))
    assert why == "the mail server does not let us in (535)"
    must_wait(office, mail)
    assert send(office, server.port, authority.file) == []
    assert office.row(mail)["sent_at"] is not None
