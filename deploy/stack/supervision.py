"""The supervisor: its generated configuration, starting it, and talking to it."""

import hashlib
import http.client
import json
import os
import shlex
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from supervisor.xmlrpc import SupervisorTransport

from deploy.stack import commands, orphans
from deploy.stack.environment import environment
from deploy.stack.layout import ROOT, Refused, Stack
from deploy.stack.processes import Process, python_command

PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "XDG_CACHE_HOME", "JAVA_HOME")
"""What processes inherit of the caller's environment; everything else is made."""

NOTHING = "{}"

TOLD = "CORNERPOST_TOLD"
"""A digest of what a process was told, so that the supervisor sees that it changed."""

NOT_THERE = (FileNotFoundError, ConnectionError, http.client.HTTPException)


@dataclass(frozen=True, slots=True)
class State:
    """What the supervisor says of a process; pid 0 when there is none.

    `began` is when it was last started, in whole seconds since 1970; it stays when the process
    has ended, and is 0 for one that was never started.
    """

    name: str
    word: str
    pid: int
    began: int

    @property
    def running(self) -> bool:
        return self.word == "RUNNING"


@dataclass(frozen=True, slots=True)
class Supervisor:
    """The supervisor of one stack."""

    stack: Stack

    @property
    def socket(self) -> Path:
        return self.stack.run / "supervisor.sock"

    @property
    def config(self) -> Path:
        return self.stack.run / "supervisord.conf"

    @property
    def told_to_stop(self) -> Path:
        """There once a command stopped the whole stack, until the supervisor is started again."""
        return self.stack.run / "stopped"

    def alive(self) -> bool:
        try:
            self._call("getState")
        except NOT_THERE:
            return False
        return True

    def keep(self, processes: Sequence[Process]) -> None:
        """Start the supervisor, or let a running one take up what changed since."""
        _tell(self.stack, processes)
        _write_secret(self.config, render(self.stack, processes))
        if not self.alive():
            orphans.end(self.stack)
            self._launch()
            return
        added, changed, removed = self._call("reloadConfig")[0]
        for name in (*changed, *removed):
            self._call("stopProcessGroup", name, True)
            self._call("removeProcessGroup", name)
        for name in (*changed, *added):
            self._call("addProcessGroup", name)

    def states(self) -> list[State]:
        """Every process the supervisor keeps, running or not."""
        try:
            found = self._call("getAllProcessInfo")
        except NOT_THERE:
            return []
        return [State(one["name"], one["statename"], one["pid"], one["start"]) for one in found]

    def start(self, name: str) -> None:
        self._ask("startProcess", name, harmless="ALREADY_STARTED")

    def stop(self, name: str, wait: bool = True) -> None:
        self._ask("stopProcess", name, wait, harmless="NOT_RUNNING")

    def shut_down(self) -> None:
        """End the supervisor itself; its processes were stopped before."""
        pid = int(self._call("getPID"))
        self._call("shutdown")
        for _ in range(600):
            if not _lives(pid):
                return
            time.sleep(0.05)
        raise Refused(f"The supervisor (pid {pid}) does not end")

    def _ask(self, method: str, name: str, wait: bool = False, *, harmless: str) -> None:
        try:
            self._call(method, name, wait)
        except xmlrpc.client.Fault as fault:
            if "BAD_NAME" in fault.faultString:
                raise Refused(f"This stack has no process {name}") from fault
            if harmless not in fault.faultString:
                raise Refused(f"{name}: {fault.faultString}") from fault

    def _launch(self) -> None:
        self.told_to_stop.unlink(missing_ok=True)
        kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        done = subprocess.run(
            [sys.executable, "-m", "supervisor.supervisord", "-c", str(self.config)],
            env=kept | {"TZ": "UTC", "PYTHONUNBUFFERED": "1"},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Refused(f"The supervisor did not start:\n{done.stdout}{done.stderr}")
        for _ in range(200):
            if self.alive():
                return
            time.sleep(0.05)
        raise Refused(f"The supervisor does not answer; its log is {self.stack.log('supervisor')}")

    def _call(self, method: str, *arguments: str | bool) -> Any:  # noqa: ANN401 - XML-RPC
        transport = SupervisorTransport(None, None, serverurl=f"unix://{self.socket}")
        server = xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport)
        try:
            return getattr(server.supervisor, method)(*arguments)
        finally:
            transport.close()


def render(stack: Stack, processes: Sequence[Process]) -> str:
    """The supervisor's configuration; what a process is told stands in a file of its own."""
    head = f"""[unix_http_server]
file={stack.run}/supervisor.sock
chmod=0700

[supervisord]
logfile={stack.log("supervisor")}
logfile_maxbytes=10MB
pidfile={stack.run}/supervisord.pid
childlogdir={stack.logs}
directory={ROOT}
minfds=4096
identifier=cornerpost

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
"""
    return head + "".join(_section(stack, process) for process in processes)


def _section(stack: Stack, process: Process) -> str:
    told, marks = _told(stack, process), {orphans.MARK: str(stack.data)}
    command = commands.command(process, stack)
    if told != NOTHING:
        file = str(_told_file(stack, process))
        command = [*python_command("deploy.stack.launch"), file, *command]
        marks[TOLD] = hashlib.sha256(told.encode()).hexdigest()
    settings: dict[str, object] = {
        "command": shlex.join(command).replace("%", "%%"),
        "environment": ",".join(f'{name}="{value}"' for name, value in marks.items()),
        "directory": "/" if process.account else ROOT,
        "autostart": "false",
        "autorestart": "true",
        "startretries": 1000000,
        "startsecs": 1,
        "stopsignal": process.stop_signal,
        "stopwaitsecs": process.stop_seconds,
        "stopasgroup": "false",
        "killasgroup": "true",
        "redirect_stderr": "true",
        "stdout_logfile": stack.log(process.name),
        "stdout_logfile_maxbytes": "20MB",
        "stdout_logfile_backups": 3,
    }
    if process.account:
        settings["user"] = process.account
    lines = [f"{name}={value}" for name, value in settings.items() if value != ""]
    return f"\n[program:{process.name}]\n" + "\n".join(lines) + "\n"


def _tell(stack: Stack, processes: Sequence[Process]) -> None:
    """Write down what each process is told, for its owner only; no process, no file."""
    folder = stack.run / "told"
    folder.mkdir(mode=0o700, exist_ok=True)
    files = {_told_file(stack, one): _told(stack, one) for one in processes}
    for stale in set(folder.iterdir()) - files.keys():
        stale.unlink()
    for file, told in files.items():
        if told != NOTHING:
            _write_secret(file, told)


def _told_file(stack: Stack, process: Process) -> Path:
    return stack.run / "told" / f"{process.name}.json"


def _told(stack: Stack, process: Process) -> str:
    return json.dumps(environment(process, stack), sort_keys=True)


def _write_secret(path: Path, text: str) -> None:
    fresh = path.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_text(text)
    fresh.replace(path)


def _lives(pid: int) -> bool:
    """One that has ended counts as gone, whether or not its new parent has noticed."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"
