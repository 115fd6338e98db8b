"""From a clone to the first page with `make run`, a second start, and Ctrl-C, after which nothing is left running.

It builds an environment from the package index, so `make faults` leaves it out.
"""

import os
import signal
import subprocess
import sys
import time
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.faults.site import ROOT, free_port, wait_until
from tests.faults.verdict import Verdict, judge

FIRST_START = 900
SECOND_START = 120
STOP = 30
OURS = ("PATH", "HOME", "LANG", "TERM", "USER", "TMPDIR")


def run(source: Path) -> Verdict:
    verdict = Verdict("fresh_clone", "sqlite")
    with TemporaryDirectory(prefix="faults_") as name:
        clone = Path(name) / "clone"
        subprocess.run(["git", "clone", "--quiet", str(source), str(clone)], check=True)  # noqa: S603, S607
        for start, seconds in (("first", FIRST_START), ("second", SECOND_START)):
            verdict.tries += 1
            _start_and_stop(clone, start, seconds, verdict)
    return verdict


def _start_and_stop(clone: Path, start: str, seconds: float, verdict: Verdict) -> None:
    port = free_port()
    began = time.monotonic()
    with (clone.parent / f"{start}.log").open("wb") as log:
        make = subprocess.Popen(  # noqa: S603
            ["make", "run", f"PORT={port}"],  # noqa: S607
            cwd=clone,
            env=_environment(clone),
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_until(lambda: make.poll() is not None or _answers(port), seconds, "the first page")
        verdict.notes[f"{start} page after s"] = round(time.monotonic() - began, 1)
        if make.poll() is not None:
            verdict.lost(f"the {start} start ended with {make.returncode}")
        else:
            verdict.notes[f"processes at the {start} start"] = len(_running_in(clone))
            _press_ctrl_c(make, clone, start, verdict)
    finally:
        for pid in _running_in(clone):
            verdict.wrong(f"a process is left after the {start} start: {_command(pid)}")
            os.kill(pid, signal.SIGKILL)


def _press_ctrl_c(
    make: "subprocess.Popen[bytes]", clone: Path, start: str, verdict: Verdict
) -> None:
    """What a terminal does: SIGINT to every process of its foreground group."""
    pressed = time.monotonic()
    os.killpg(make.pid, signal.SIGINT)
    try:
        make.wait(timeout=STOP)
        wait_until(lambda: not _running_in(clone), STOP, "its processes to end")
    except (subprocess.TimeoutExpired, TimeoutError):
        verdict.wrong(f"not stopped {STOP} s after Ctrl-C at the {start} start")
    verdict.notes[f"{start} stop after s"] = round(time.monotonic() - pressed, 1)


def _answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _environment(clone: Path) -> dict[str, str]:
    """A newcomer's: nothing of this shell but what finds programs and packages."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in OURS or name.startswith("PIP_") or name.lower().endswith("_proxy")
    }
    own = Path(sys.prefix) / "bin"
    path = [part for part in kept["PATH"].split(os.pathsep) if Path(part) != own]
    return kept | {"PATH": os.pathsep.join(path), "PWD": str(clone)}


def _running_in(clone: Path) -> list[int]:
    """Every process that works in the clone or runs its Python."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            at_home = (entry / "cwd").resolve().is_relative_to(clone)
        except OSError:
            continue
        if at_home or str(clone) in _command(int(entry.name)):
            found.append(int(entry.name))
    return [pid for pid in found if pid != os.getpid() and _command(pid)]


def _command(pid: int) -> str:
    """Empty for one that has ended and only waits to be reaped."""
    try:
        return (Path("/proc") / str(pid) / "cmdline").read_text().replace("\0", " ").strip()
    except OSError:
        return ""


if __name__ == "__main__":
    judge([partial(run, Path(sys.argv[1]) if sys.argv[1:] else ROOT)])
