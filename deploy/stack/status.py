"""How a stack stands: every process with pid, state, address and readiness."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass

from deploy.stack.layout import Stack
from deploy.stack.processes import Process, Ready, processes
from deploy.stack.readiness import lacking, ready
from deploy.stack.supervision import Supervisor

BARE = (Ready.POSTGRES, Ready.TEMPORAL)
"""These speak a protocol of their own at their address."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One line of `cornerpost status`."""

    name: str
    pid: int
    state: str
    address: str
    ready: bool
    lacking: tuple[str, ...] = ()

    def plain(self) -> dict[str, object]:
        return asdict(self)


def standings(stack: Stack) -> list[Standing]:
    """All processes of the stack, in their starting order; given servers are not among them."""
    states = {one.name: one for one in Supervisor(stack).states()}
    wanted = processes(stack)
    with ThreadPoolExecutor(max_workers=8) as pool:
        answers = list(pool.map(lambda one: ready(one, stack), wanted))
    found = []
    for process, answer in zip(wanted, answers, strict=True):
        state = states.get(process.name)
        running = state is not None and state.running
        found.append(
            Standing(
                process.name,
                state.pid if state else 0,
                state.word if state else "ABSENT",
                _address(process, stack),
                answer and running,
                lacking(process, stack) if answer and running else (),
            )
        )
    return found


def _address(process: Process, stack: Stack) -> str:
    address = stack.address(process.name)
    return address.removeprefix("http://") if process.ready in BARE else address
