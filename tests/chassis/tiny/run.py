"""Starts one process of the tiny service as a stack would: `run.py app|relay`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tiny.service import Settings, create_app

from chassis.app import run
from chassis.relay import run_relay

if __name__ == "__main__":
    if sys.argv[1] == "app":
        run(lambda: create_app(Settings()))
    else:
        run_relay(Settings())
