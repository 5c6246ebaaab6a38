"""Runs migrations for the databases named to it; its environment says where they are."""

import importlib
import sys

from chassis.migrate import migrate


def main(names: list[str]) -> None:
    for name in names:
        home = "portal" if name == "portal" else f"services.{name}"
        settings = importlib.import_module(f"{home}.settings").Settings()
        sys.stdout.write(f"{name} is at {migrate(settings)}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
