"""Measures how fast the parts are, each beside its limit: `python -m tests.bench [--only NAME]`.

Writes `build/bench.json` and ends 0 whatever the figures are.
"""

import argparse
import json
import logging
import os
import secrets
import sys

import structlog

from tests.bench import engine, granting, life, lodging, posting
from tests.bench.measure import HEADING, Measure
from tests.experiments.__main__ import server
from tests.experiments.report import BUILD

BENCHES = {
    "engine": engine.measure,
    "granting": granting.measure,
    "lodging": lodging.measure,
    "posting": posting.measure,
    "life": life.measure,
}


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--only", choices=sorted(BENCHES))
    parser.add_argument("--seed", type=int, default=None)
    asked = parser.parse_args(words)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    seed = secrets.randbits(32) if asked.seed is None else asked.seed
    print(f"seed {seed}, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(HEADING, flush=True)
    found: list[Measure] = []
    with server() as admin:
        for name, measure in BENCHES.items():
            if asked.only in (None, name):
                found += _said(measure(admin, seed))
    BUILD.mkdir(exist_ok=True)
    path = BUILD / "bench.json"
    path.write_text(json.dumps([one.row() for one in found], indent=1) + "\n")
    print(f"written to {path}")
    return 0


def _said(measures: list[Measure]) -> list[Measure]:
    for one in measures:
        print(one.say(), flush=True)
    return measures


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
