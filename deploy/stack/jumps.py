"""The jump of a training clock, written down before anything moves and until everything has."""

from pathlib import Path
from uuid import UUID

from pydantic import BaseModel, ConfigDict, ValidationError

from chassis.clock import machine_now, new_uuid
from deploy.stack import durable
from deploy.stack.layout import Refused, Stack


class Jump(BaseModel):
    """From one offset of legal time to a later one, both in whole seconds ahead of the machine.

    It lists no cases: every open case that runs less than `to_offset` ahead has still to be moved,
    whether it was open when the jump began, or was begun later by a service not yet moved.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: UUID
    from_offset: int
    to_offset: int

    @property
    def seconds(self) -> int:
        return self.to_offset - self.from_offset


def begin(stack: Stack, from_offset: int, seconds: int) -> Jump:
    """Write a new jump down; it is on disk when this returns."""
    jump = Jump(
        id=new_uuid(machine_now()), from_offset=from_offset, to_offset=from_offset + seconds
    )
    durable.write(_file(stack), jump.model_dump_json(indent=1) + "\n")
    return jump


def unfinished(stack: Stack) -> Jump | None:
    """The jump that was begun and is not over. Raises Refused for a file that nobody here wrote."""
    file = _file(stack)
    if not file.is_file():
        return None
    try:
        return Jump.model_validate_json(file.read_bytes())
    except ValidationError as unreadable:
        raise Refused(f"{file} says of no jump of the clock what it should") from unreadable


def end(stack: Stack) -> None:
    """Everything has arrived."""
    durable.remove(_file(stack))


def _file(stack: Stack) -> Path:
    return stack.data / "jump.json"
