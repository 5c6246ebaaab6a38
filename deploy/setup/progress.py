"""Says what set-up is doing, and that it still lives when a step takes long."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

EVERY = 15.0  # seconds between signs of life


def say(line: str) -> None:
    """One line, at once, also into a pipe."""
    print(line, flush=True)


@contextmanager
def step(name: str) -> Iterator[None]:
    """Announce a step, give a sign of life while it lasts, say how long it took."""
    began = time.monotonic()
    over = threading.Event()

    def sign_of_life() -> None:
        while not over.wait(EVERY):
            say(f"   … {name}: {time.monotonic() - began:.0f} s")

    say(f"== {name}")
    watcher = threading.Thread(target=sign_of_life, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
    say(f"   {name}: done in {time.monotonic() - began:.0f} s")


def give_up(message: str) -> None:
    """End set-up with the reason."""
    sys.exit(f"Set-up cannot go on: {message}")
