"""Web servers as `flask up` starts them, each on a port of its own, and what their workers use."""

import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from bench.seed.fill import settings
from tests.faults.site import ROOT, free_port, listens, wait_until

START_SECONDS = 60
STOP_SECONDS = 15
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Server:
    """gunicorn with one application."""

    target: str
    url: str
    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        """What it says."""
        return self.folder / f"{self.target.partition(':')[0]}.log"

    def start(self) -> None:
        """Until it listens."""
        more = settings(self.url, self.folder, PUBLIC_URL=f"http://127.0.0.1:{self.port}")
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own command
                [
                    *(sys.executable, "-m", "gunicorn", self.target),
                    *("--bind", f"127.0.0.1:{self.port}"),
                ],
                cwd=ROOT,
                env=os.environ | more,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_until(lambda: listens(self.port), START_SECONDS, self.target)

    def stop(self) -> None:
        """This one and its workers."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def faults(self) -> list[str]:
        """Of every traceback in its log, the line that says what went wrong."""
        lines = iter(self.log.read_text().splitlines())
        return [
            next((one for one in lines if not one.startswith(" ")), line)
            for line in lines
            if line.startswith("Traceback")
        ]

    def workers(self) -> list[int]:
        """The processes that answer."""
        assert self.process is not None
        pid = self.process.pid
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def cpu_seconds(self) -> float:
        """What the workers have spent, in the system too."""
        return sum(_spent(pid) for pid in self.workers())

    def memory(self) -> list[dict[str, float]]:
        """RSS and PSS of each worker, in MiB."""
        return [_memory(pid) for pid in self.workers()]


def _spent(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _memory(pid: int) -> dict[str, float]:
    found = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        name, _, rest = line.partition(":")
        if name in {"Rss", "Pss"}:
            found[name.lower()] = int(rest.split()[0]) / 1024
    return found
