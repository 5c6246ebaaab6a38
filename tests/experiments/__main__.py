"""Runs experiments and says what they found: `python -m tests.experiments [R1 …] [--size SIZE]`.

Ends non-zero when a promise is broken. A seed that was printed can be given again with `--seed`.
"""

import argparse
import logging
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from tests.experiments.catalogue import EXPERIMENTS
from tests.experiments.report import ACCEPTANCE, EVERY_RUN, write
from tests.plain_logs import plain_logs
from tests.run import scratch_postgres


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="experiments", description=__doc__)
    parser.add_argument("ids", nargs="*", metavar="ID")
    parser.add_argument("--size", choices=(EVERY_RUN, ACCEPTANCE), default=EVERY_RUN)
    parser.add_argument("--seed", type=int, default=None)
    asked = parser.parse_args(words)
    unknown = sorted(set(asked.ids) - set(EXPERIMENTS))
    if unknown:
        parser.error(f"there is no {', '.join(unknown)}; there are {', '.join(EXPERIMENTS)}")
    plain_logs()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    seed = secrets.randbits(32) if asked.seed is None else asked.seed
    findings = []
    with server() as admin:
        for name in asked.ids or EXPERIMENTS:
            print(f"{name} begins at {asked.size} size with seed {seed}", flush=True)
            finding = EXPERIMENTS[name](admin, asked.size, seed)
            print(finding.say(), flush=True)
            findings.append(finding)
    print(f"written to {write(findings)}")
    return 0 if all(one.kept for one in findings) else 1


@contextmanager
def server() -> Iterator[str]:
    """The PostgreSQL that is given, or one of its own that is gone afterwards."""
    given = os.environ.get("CORNERPOST_TEST_ADMIN_URL")
    if given:
        yield given
        return
    with scratch_postgres() as admin:
        yield admin


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
