"""Becomes a process: reads its environment from a file, to the letter, and runs its command.

A supervisor's configuration has quotes, comments and expansions of its own, which a secret may
hold; JSON says each value as it is. Nothing else is imported here: this runs before every process.
"""

import json
import os
import sys
from pathlib import Path


def main(told: Path, command: list[str]) -> None:
    os.execve(command[0], command, os.environ | json.loads(told.read_bytes()))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
