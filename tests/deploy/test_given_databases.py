"""Addresses of databases that run elsewhere: as people write them, and those that will not do."""

from pathlib import Path

import pytest

from cli.main import run
from deploy.stack.commands import temporal_server
from deploy.stack.environment import keycloak_launch
from deploy.stack.given_databases import Place, place_of, refuse_unfit
from deploy.stack.layout import Mode, Refused, Stack, establish


def given(folder: Path, mode: Mode = Mode.PRODUCTION, **urls: str) -> Stack:
    told = {f"CORNERPOST_DATABASE_URL_{name.upper()}": url for name, url in urls.items()}
    return Stack(folder / "d", mode, 29000, told, False)


def test_an_address_may_leave_out_what_is_usual() -> None:
    assert place_of("postgresql://u:p@db/temporal") == Place("db", 5432, "temporal", "u", "p")
    assert place_of("postgresql://u@/x?host=db") == Place("db", 5432, "x", "u", "")


def test_foreign_servers_are_told_the_usual_port(folder: Path) -> None:
    stack = given(folder, temporal="postgresql://u:p@db/temporal",
                  temporal_visibility="postgresql://u:p@db/seen",
                  keycloak="postgresql://k:p@db/keycloak")
    database = temporal_server(stack).database
    assert (database.port, database.visibility) == (5432, "seen")
    (stack.data / "secrets").mkdir(parents=True)
    told = keycloak_launch(stack).environment.values()
    assert any("db:5432/keycloak" in value for value in told)


@pytest.mark.parametrize("name", ["temporal", "temporal_visibility", "keycloak"])
def test_tls_that_could_not_be_asked_for_is_refused(folder: Path, name: str) -> None:
    url = "postgresql://u:p@db/x?sslmode=verify-full&sslrootcert=/ca.pem"
    with pytest.raises(Refused, match=f"database {name} is reached without TLS"):
        refuse_unfit(given(folder, **{name: url}))
    refuse_unfit(given(folder, **{name: "postgresql://u:p@db/x?sslmode=prefer"}))


def test_a_register_is_not_kept_by_one_role_alone(folder: Path) -> None:
    one, other = "postgresql://app:p@db/licensing", "postgresql://owner:p@db/licensing"
    with pytest.raises(Refused, match="CORNERPOST_DATABASE_URL_LICENSING_OWNER"):
        refuse_unfit(given(folder, licensing=one))
    with pytest.raises(Refused, match="CORNERPOST_DATABASE_URL_LICENSING_OWNER"):
        refuse_unfit(given(folder, licensing=one, licensing_owner=one))
    refuse_unfit(given(folder, licensing=one, licensing_owner=other))
    said: list[str] = []
    refuse_unfit(given(folder, licensing=one, licensing_owner=other), said.append)
    assert said == []
    refuse_unfit(given(folder, Mode.TRAINING, licensing=one), said.append)
    assert [line[:45] for line in said] == ["WARNING: Name CORNERPOST_DATABASE_URL_LICENSI"]


def test_up_refuses_it_before_it_starts_anything(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CORNERPOST_DATABASE_URL_PAYMENTS", "postgresql://app:p@127.0.0.1:1/x")
    where = ["--data", str(folder / "d"), "--port-base", "29000"]
    assert run(["up", "--with-fakes", *where]) == 1
    assert "CORNERPOST_DATABASE_URL_PAYMENTS_OWNER" in capsys.readouterr().err
    assert not (folder / "d" / "run" / "supervisor.sock").exists()
    assert establish(folder / "d", Mode.PRODUCTION, 29000, True).given
