"""An installation of its own for one experiment: a folder, a database, a mail server, web and worker as processes."""

import asyncio
import logging
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO
from uuid import uuid4

from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from helpdesk import clock
from helpdesk.config import Settings
from helpdesk.domain import tenancy
from helpdesk.factory import create_app
from tests.fixtures.clock import Clock
from tests.fixtures.databases import SERVERS
from tests.fixtures.factory import Make
from tests.fixtures.mailbox import PostOffice
from tests.fixtures.migrations import release

ROOT = Path(__file__).parents[2]
DATABASES = ("sqlite", "postgres")
STORE = "noor"
MADE_AGO = timedelta(hours=6)
LUCK = random.Random()  # noqa: S311 - it picks moments, not secrets
FAULTS_IN_LOGS = ("locked", "deadlock", "ERROR", "CRITICAL", "could not be")


logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd tells every line otherwise
logging.getLogger("alembic").setLevel(logging.WARNING)


class SlowPostOffice(PostOffice):
    """It takes a whole mail, keeps it, and only then thinks about its answer."""

    def __init__(self, slowest: float = 0.0) -> None:
        super().__init__()
        self.slowest = slowest
        self.unanswered = 0

    async def handle_DATA(  # noqa: N802 - the name that aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        answer = await super().handle_DATA(server, session, envelope)
        self.unanswered += 1
        try:
            await asyncio.sleep(LUCK.uniform(0, self.slowest))
        finally:
            self.unanswered -= 1
        return answer

    def code_for(self, recipient: str) -> str:
        """The six digits of the newest mail to this mailbox that has any."""
        found: list[str] = []

        def arrived() -> bool:
            texts = [mail.text for mail in self.mails if recipient in mail.to]
            found.extend(code for body in texts for code in re.findall(r"\b\d{6}\b", body))
            return bool(found)

        wait_until(arrived, 30, f"a code for {recipient}")
        return found[-1]


class Site:
    """Settings, an application in this process to look inside, and the real processes beside it."""

    def __init__(
        self, folder: Path, database_url: str, office: PostOffice | None, **settings: str
    ) -> None:
        self.folder = folder
        self.port = free_port()
        self.settings = {
            "DATABASE_URL": database_url,
            "INSTANCE": str(folder),
            "SECRET_KEY": "not a secret, for it is only used in experiments",
            "PUBLIC_URL": f"http://127.0.0.1:{self.port}",
            "PORT": str(self.port),
            "TRUSTED_PROXIES": "1",
            "DEMO": "0",
        }
        if office:
            self.settings |= {"MAIL_SERVER": office.host, "MAIL_PORT": str(office.port)}
        self.settings |= settings
        self.app: Flask = create_app(Settings.from_env(self.settings))
        self.running: list[subprocess.Popen[bytes]] = []
        self.make: Make | None = None

    def start(
        self, *command: str, stdin: int | None = None, **more: int
    ) -> subprocess.Popen[bytes]:
        """Start a process of this installation; what it says goes to a log in the folder."""
        with self._log(command) as log:
            process = subprocess.Popen(  # noqa: S603 - our own commands
                [sys.executable, "-m", *command],
                cwd=ROOT,
                env=os.environ | self.settings,
                stdin=stdin,
                stdout=more.get("stdout", log.fileno()),
                stderr=log.fileno(),
                start_new_session=True,
            )
        self.running.append(process)
        return process

    def start_web(self, processes: int, threads: int) -> None:
        """The web server, as `flask up` starts it."""
        self.start(
            *("gunicorn", "app:app", "--bind", f"127.0.0.1:{self.port}"),
            *("--workers", str(processes), "--threads", str(threads)),
        )
        self.wait_for_web()

    def wait_for_web(self, seconds: float = 60) -> None:
        wait_until(lambda: listens(self.port), seconds, "the web server")

    def start_worker(self) -> subprocess.Popen[bytes]:
        return self.start("flask", "--app", "app", "worker")

    def stop(self) -> None:
        """Stop whatever this experiment started, and nothing else."""
        for process in self.running:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
        for process in self.running:
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    @contextmanager
    def inside(self) -> Iterator[Make]:
        """The application's own session over every store, and `make`, whose clock stands some hours ago.

        What it waits for, such as the release of a reply, has then happened by now.
        """
        with self.app.app_context(), tenancy.unscoped("an experiment looks at every store"):
            self.make = self.make or Make(Clock(clock.now() - MADE_AGO))
            yield self.make

    def complaints_in_logs(self) -> list[str]:
        """Lines of the processes' logs that speak of a fault; of a traceback, the line that says which."""
        found = []
        for log in self.folder.glob("*.log"):
            lines = iter(log.read_text().splitlines())
            for line in lines:
                if line.startswith("Traceback"):
                    found.append(next((one for one in lines if not one.startswith(" ")), line))
                elif any(word in line for word in FAULTS_IN_LOGS):
                    found.append(line)
        return [re.sub(r"^[\d\-: ,]{20,}", "", line) for line in found]

    def _log(self, command: tuple[str, ...]) -> IO[bytes]:
        return (self.folder / f"{command[0].rpartition('.')[2]}.log").open("ab")


@contextmanager
def site(
    kind: str,
    office: PostOffice | None = None,
    *,
    server: str | None = None,
    folder: Path | None = None,
    **settings: str,
) -> Iterator[Site]:
    """A migrated installation with one store, gone again at the end.

    `server` is a PostgreSQL of its own, `folder` a place that was made for it.
    """
    with ExitStack() as stack:
        folder = folder or Path(stack.enter_context(TemporaryDirectory(prefix="faults_")))
        database_url = stack.enter_context(empty_database(kind, folder, server))
        made = Site(folder, database_url, office, **settings)
        stack.callback(release, made.app)
        with made.app.app_context():
            upgrade()
        with made.inside() as make:
            make.store(STORE)
        stack.callback(made.stop)
        yield made


@contextmanager
def post_office(slowest: float = 0.0) -> Iterator[SlowPostOffice]:
    office = SlowPostOffice(slowest)
    try:
        yield office
    finally:
        office.close()


@contextmanager
def empty_database(kind: str, folder: Path, server_url: str | None = None) -> Iterator[str]:
    """The address of a database in which nothing is yet."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'helpdesk.db'}"
        return
    url = make_url(server_url or os.environ.get("TEST_DATABASE_URL") or SERVERS[0]).set(
        drivername="postgresql+psycopg"
    )
    name = f"faults_{uuid4().hex[:12]}"
    server = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield url.set(database=name).render_as_string(hide_password=False)
    finally:
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        server.dispose()


def wait_until(reached: Callable[[], bool], seconds: float, what: str) -> None:
    """Look every tenth of a second, not for ever."""
    deadline = time.monotonic() + seconds
    while not reached():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds:g} s for {what}")
        time.sleep(0.1)


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port: int = door.getsockname()[1]
        return port


def listens(port: int) -> bool:
    with socket.socket() as door:
        door.settimeout(1)
        return door.connect_ex(("127.0.0.1", port)) == 0
