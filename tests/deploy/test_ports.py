from deploy import ports
from deploy.temporal.config import MEMBERSHIP_LIMIT


def test_no_two_processes_share_a_port() -> None:
    assert len(set(ports.OFFSETS.values())) == len(ports.OFFSETS)


def test_a_stack_and_the_tests_stack_fit_side_by_side() -> None:
    assert max(ports.OFFSETS.values()) < ports.TEST_BASE - ports.BASE


def test_temporals_membership_ports_fit_the_column_that_holds_them() -> None:
    members = [ports.port(name, ports.TEST_BASE) for name in ports.OFFSETS if "member" in name]
    assert len(members) == 4
    assert max(members) < MEMBERSHIP_LIMIT
