from datetime import UTC, datetime
from pathlib import Path

from deploy.keycloak.one_time_codes import OneTimeCodes, code_at, provisioning_secret

SEED = "12345678901234567890"


def test_codes_are_those_of_rfc_6238() -> None:
    """Appendix B, rows of SHA-1, the last six of their eight digits."""
    assert code_at(SEED, 59 // 30) == "287082"
    assert code_at(SEED, 1111111109 // 30) == "081804"
    assert code_at(SEED, 20000000000 // 30) == "353130"


def test_an_authenticator_app_takes_the_seed_as_base32() -> None:
    assert provisioning_secret(SEED) == "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


def test_two_processes_never_get_the_same_code(tmp_path: Path) -> None:
    """The second gets the next period's code early; the third waits for a period to begin."""
    almost_over = 59.95
    def now() -> datetime:
        return datetime.fromtimestamp(almost_over, UTC)

    got = [OneTimeCodes(tmp_path, now).next("director", SEED) for _ in range(3)]
    assert got == [code_at(SEED, step) for step in (1, 2, 3)]


def test_officers_do_not_disturb_each_other(tmp_path: Path) -> None:
    codes = OneTimeCodes(tmp_path, lambda: datetime.fromtimestamp(60, UTC))
    assert codes.next("one", SEED) == codes.next("other", SEED)
