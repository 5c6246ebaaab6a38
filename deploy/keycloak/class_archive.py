"""The Java class archive that makes later starts quick: written at a stop, checked, then used."""

import subprocess
from pathlib import Path


def archive_option(archive: Path, jar: Path) -> str:
    """Use the archive when there is a sound one; otherwise have this run write one when it stops.

    A stop may be cut short, and Java crashes on half an archive. So it is written beside its name
    and gets the name only after Java has read it through and found it whole.
    """
    fresh = archive.with_name(f"{archive.name}.new")
    if fresh.is_file():
        if _sound(fresh, jar):
            fresh.replace(archive)
        else:
            fresh.unlink()
    if archive.is_file():
        return f"-XX:SharedArchiveFile={archive}"
    return f"-XX:ArchiveClassesAtExit={fresh}"


def _sound(archive: Path, jar: Path) -> bool:
    """Whether Java can map all of it and the checksums are right (0.2 s)."""
    check = (
        "java", f"-XX:SharedArchiveFile={archive}", "-Xshare:on", "-XX:+VerifySharedSpaces",
        "-XX:+UseSerialGC", "-XX:ErrorFile=/dev/null", "-XX:-CreateCoredumpOnCrash",
        "-cp", str(jar), "-version",
    )
    return subprocess.run(check, capture_output=True, check=False, timeout=60).returncode == 0
