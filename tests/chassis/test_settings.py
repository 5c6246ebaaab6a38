from pathlib import Path

import pytest
from pydantic import ValidationError
from tiny.service import Settings

from chassis.settings import SettingNotReadable, UnknownSetting

SHARED = {
    "CORNERPOST_MODE": "training",
    "CORNERPOST_DATABASE_URL_MESSAGES": "postgresql://app:secret@db/messages",
    "CORNERPOST_DATABASE_URL_MESSAGES_OWNER": "postgresql://owner@db/messages",
    "CORNERPOST_TEMPORAL": "temporal:7233",
    "CORNERPOST_KEYS": "/keys",
}


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SHARED.items():
        monkeypatch.setenv(name, value)


def test_what_the_stack_shares_and_what_is_the_services_own_are_both_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CORNERPOST_MESSAGES_POOL", "7")
    monkeypatch.setenv("CORNERPOST_MESSAGES_PUBLIC_AZP", "portal-public, phone")
    monkeypatch.setenv("CORNERPOST_LICENSING_POOL", "3")
    read = Settings()
    assert (read.pool, read.waiting, read.temporal) == (7, 70, "temporal:7233")
    assert (read.public_azp, read.keys) == (("portal-public", "phone"), Path("/keys"))
    assert read.database.get_secret_value().endswith("@db/messages")


def test_the_services_own_name_goes_before_the_shared_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORNERPOST_MESSAGES_TEMPORAL", "other:1")
    assert Settings().temporal == "other:1"


def test_a_misspelt_name_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORNERPOST_MESSAGES_POOOL", "7")
    with pytest.raises(UnknownSetting, match="CORNERPOST_MESSAGES_POOOL"):
        Settings()


def test_a_setting_out_of_range_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORNERPOST_MESSAGES_POOL", "0")
    with pytest.raises(ValidationError):
        Settings()
    monkeypatch.setenv("CORNERPOST_MESSAGES_POOL", "5")
    monkeypatch.setenv("CORNERPOST_MESSAGES_STAFF_AZP", "[not json")
    with pytest.raises(SettingNotReadable):
        Settings()


def test_there_is_no_default_database_and_no_default_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CORNERPOST_MODE", "CORNERPOST_DATABASE_URL_MESSAGES"):
        monkeypatch.delenv(name)
    with pytest.raises(ValidationError) as refused:
        Settings()
    assert {error["loc"][0] for error in refused.value.errors()} == {"mode", "database"}


def test_settings_are_frozen_and_do_not_show_their_secrets() -> None:
    read = Settings()
    assert "secret" not in repr(read)
    with pytest.raises(ValidationError):
        read.pool = 3  # type: ignore[misc]
