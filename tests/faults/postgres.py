"""A PostgreSQL of the experiment's own: it may be stopped, killed and filled up without anybody else noticing."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from tests.faults.site import free_port, wait_until

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
SERVERS_USER = "postgres"
WAYS = {"fast": signal.SIGINT, "immediate": signal.SIGQUIT, "kill -9": signal.SIGKILL}


class Postgres:
    """A server of its own: a folder, a port, and the way to end it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self._engine = create_engine(self.url, poolclass=NullPool)
        self._server: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://{SERVERS_USER}@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start it, again and again until the processes of one that was killed are gone."""
        wait_until(self._started, 60, "PostgreSQL")

    def stop(self, way: str = "fast") -> None:
        """End it in one of `WAYS`, and wait until its first process has ended."""
        if self._server is not None and self._server.poll() is None:
            self._server.send_signal(WAYS[way])
            self._server.wait(timeout=60)

    def initialise(self) -> None:
        command = ["initdb", "--auth=trust", "--username", SERVERS_USER, "--encoding=UTF8"]
        self._run([*command, "--locale=C.UTF-8", "--pgdata", str(self._data)]).wait(timeout=120)

    def _started(self) -> bool:
        if self._server is None or self._server.poll() is not None:
            options = ["-c", "listen_addresses=127.0.0.1", "-c", "max_connections=60"]
            place = ["-D", str(self._data), "-p", str(self.port), "-k", str(self.folder)]
            self._server = self._run(["postgres", *place, *options])
        with suppress(OperationalError):
            self._engine.connect().close()
            return True
        return False

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _run(self, command: list[str]) -> "subprocess.Popen[bytes]":
        """PostgreSQL refuses to run as root, so there it runs as the user of its package."""
        program = BINARIES[-1] / command[0]
        user = SERVERS_USER if os.geteuid() == 0 else None
        with (self.folder / "postgres.log").open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - our own commands
                [str(program), *command[1:]],
                cwd=self.folder,
                stdout=log,
                stderr=log,
                user=user,
                group=user,
                extra_groups=[] if user else None,
                start_new_session=True,
            )


@contextmanager
def own_postgres(folder: Path | None = None) -> Iterator[Postgres]:
    """One that runs, in `folder` or in one that is gone again at the end."""
    with TemporaryDirectory(prefix="faults_pg_") as made:
        place = folder or Path(made)
        if os.geteuid() == 0:
            shutil.chown(place, SERVERS_USER)
        server = Postgres(place)
        server.initialise()
        try:
            server.start()
            yield server
        finally:
            server.stop("immediate")
