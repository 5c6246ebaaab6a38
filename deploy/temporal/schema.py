"""Bring Temporal's two databases to the schema that the server of this version needs."""

import os
import subprocess
from pathlib import Path

from deploy.temporal.config import TemporalDatabase

SCHEMAS = {"core": "postgresql/v12/temporal", "visibility": "postgresql/v12/visibility"}


class SchemaFailed(Exception):
    """Temporal's own schema tool refused; the message is the end of what it said."""


def update_schemas(tool: Path, database: TemporalDatabase) -> None:
    """Create or update both schemas; the databases exist already. Harmless to repeat."""
    for name, schema in ((database.core, "core"), (database.visibility, "visibility")):
        if _run(tool, database, name, "update-schema", "--schema-name", SCHEMAS[schema]) is None:
            continue
        _demand(tool, database, name, "setup-schema", "-v", "0.0")
        _demand(tool, database, name, "update-schema", "--schema-name", SCHEMAS[schema])


def _demand(tool: Path, database: TemporalDatabase, name: str, *command: str) -> None:
    said = _run(tool, database, name, *command)
    if said is not None:
        raise SchemaFailed(f"{name}: {' '.join(command)}: {said[-600:]}")


def _run(tool: Path, database: TemporalDatabase, name: str, *command: str) -> str | None:
    """None when it went well, otherwise what the tool said."""
    environment = os.environ | {
        "SQL_PLUGIN": "postgres12",
        "SQL_HOST": database.host,
        "SQL_PORT": str(database.port),
        "SQL_USER": database.user,
        "SQL_PASSWORD": database.password,
    }
    done = subprocess.run(
        [tool, "--db", name, *command], env=environment, capture_output=True, text=True, check=False
    )
    return None if done.returncode == 0 else done.stdout + done.stderr
