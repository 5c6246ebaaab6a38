"""Becomes Keycloak: decides at each start how Java is called, so that nothing else must know."""

import os
import sys
from pathlib import Path

from deploy.stack.environment import keycloak_launch
from deploy.stack.layout import Stack


def main(data: Path) -> None:
    launch = keycloak_launch(Stack.recorded(data))
    os.execvpe(launch.command[0], launch.command, os.environ | launch.environment)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
