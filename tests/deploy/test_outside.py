"""What a stack is told of the world outside: stand-ins, real gateways, or that there are none."""

from pathlib import Path

import pytest

from cli.main import run
from deploy.stack import outside
from deploy.stack.environment import environment
from deploy.stack.layout import Mode, Refused, Stack, establish
from deploy.stack.processes import FAKES, OURS, processes
from services.messages.settings import Settings as Messages
from services.payments.settings import Settings as Payments

BASE = 29000
FAKE = {one.name for one in FAKES}


def running(stack: Stack) -> set[str]:
    return {one.name for one in processes(stack)}


def told(stack: Stack, service: str) -> dict[str, str]:
    return environment(next(one for one in OURS if one.name == service), stack)


def settings_told(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> tuple[Messages, Payments]:
    """Both services' settings as their processes read them."""
    for service in ("messages", "payments"):
        for name, value in told(stack, service).items():
            monkeypatch.setenv(name, value)
    return Messages(), Payments()


def test_a_production_stack_starts_no_stand_ins_unless_they_are_asked_for(folder: Path) -> None:
    assert running(establish(folder / "a", Mode.PRODUCTION, BASE)) & FAKE == set()
    assert running(establish(folder / "b", Mode.PRODUCTION, BASE, fakes=True)) >= FAKE
    assert running(establish(folder / "c", Mode.TRAINING, BASE)) >= FAKE


def test_that_stand_ins_were_asked_for_is_remembered_until_it_is_taken_back(folder: Path) -> None:
    establish(folder / "d", Mode.PRODUCTION, BASE, fakes=True)
    assert Stack.recorded(folder / "d").fakes
    assert establish(folder / "d", Mode.PRODUCTION, BASE).fakes
    assert not establish(folder / "d", Mode.PRODUCTION, BASE, fakes=False).fakes
    assert not Stack.recorded(folder / "d").fakes


def test_a_production_stack_that_was_told_of_no_gateway_tells_its_services_of_none(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = establish(folder / "d", Mode.PRODUCTION, BASE)
    messages, payments = settings_told(stack, monkeypatch)
    assert (messages.sms_url, messages.smtp_host, payments.mobile_money_url) == (None, None, None)
    assert (len(messages.lacking), len(payments.lacking)) == (2, 1)


def test_every_setting_of_the_world_outside_reaches_its_service(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = {"SECONDS": "3", "DAYS": "3", "PORT": "587", "STARTTLS": "true", "CODE": "+255"}
    for name in outside.SETTINGS:
        monkeypatch.setenv(name, numbers.get(name.rpartition("_")[2], f"https://{name.lower()}"))
    monkeypatch.setenv("CORNERPOST_MESSAGES_SMS_SENDER", "MINES")
    stack = establish(folder / "d", Mode.PRODUCTION, BASE)
    read = settings_told(stack, monkeypatch)
    for one in read:
        prefix = one.model_config["env_prefix"]
        for name in [name for name in outside.SETTINGS if name.startswith(prefix)]:
            assert name.removeprefix(prefix).lower() in one.model_fields_set
    assert (read[0].smtp_port, read[0].lacking, read[1].lacking) == (587, (), ())
    assert not [name for name in told(stack, "licensing") if name in outside.SETTINGS]


def test_a_stack_with_stand_ins_takes_no_real_gateway(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CORNERPOST_MESSAGES_SMS_URL", "https://sms.example")
    for mode, fakes in ((Mode.TRAINING, None), (Mode.PRODUCTION, True)):
        with pytest.raises(Refused, match="CORNERPOST_MESSAGES_SMS_URL"):
            establish(folder / mode, mode, BASE, fakes)
    assert run(["up", "--with-fakes", "--data", str(folder / "production")]) == 1
    assert "stand-ins" in capsys.readouterr().err
    assert establish(folder / "production", Mode.PRODUCTION, BASE).given


def test_what_was_given_before_is_forgotten_when_it_is_given_empty(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CORNERPOST_MESSAGES_SMS_URL", "https://sms.example")
    establish(folder / "d", Mode.PRODUCTION, BASE)
    monkeypatch.setenv("CORNERPOST_MESSAGES_SMS_URL", "")
    assert "CORNERPOST_MESSAGES_SMS_URL" not in establish(folder / "d", Mode.PRODUCTION, BASE).given
    assert Stack.recorded(folder / "d").given == {}


def test_the_passwords_of_gateways_are_kept_for_their_owner_only(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CORNERPOST_MESSAGES_SMTP_PASSWORD", "theirs")
    stack = establish(folder / "d", Mode.PRODUCTION, BASE)
    assert (stack.secrets / "given.json").stat().st_mode & 0o077 == 0
    assert "theirs" not in (stack.data / "stack.json").read_text()
