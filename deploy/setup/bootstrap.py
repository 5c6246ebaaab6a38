"""Brings a bare Debian 12 to where `cornerpost` runs; a second run finds everything done."""

import sys
import time

from deploy.keycloak.install import NotInstalled, install
from deploy.setup.debian import install_packages
from deploy.setup.portal_build import build_portal
from deploy.setup.progress import give_up, say
from deploy.setup.python import prepare_python
from deploy.setup.temporal_build import build_temporal


def main(testing: bool) -> None:
    """Every part in turn; the long ones are built once per machine, not once per clone."""
    began = time.monotonic()
    install_packages(testing)
    prepare_python()
    build_portal()
    try:
        install(say=lambda line: say(f"== {line}"))
    except NotInstalled as failure:
        give_up(str(failure))
    build_temporal()
    say(f"Set-up is complete ({time.monotonic() - began:.0f} s)")


if __name__ == "__main__":
    main(testing="--testing" in sys.argv[1:])
