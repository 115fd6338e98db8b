"""The disk is full: plain words meanwhile, nothing half-written, and at work again as soon as there is room.

Three disks of a few megabytes each: one for uploads alone, one for the database alone, and one for the whole instance
folder with queue and logs (and, on SQLite, everything).
"""

import errno
import hashlib
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import func, select, text

from helpdesk.db import db
from helpdesk.models import Attachment, StagedUpload, Ticket
from helpdesk.uploads import storage
from tests.faults.browser import Browser, Form
from tests.faults.crowd import NEW, Crowd
from tests.faults.postgres import own_postgres
from tests.faults.shopper import Answer
from tests.faults.site import DATABASES, Site, SlowPostOffice, post_office, site
from tests.faults.verdict import Verdict, judge
from tests.fixtures import papers

MEGABYTE = 1024 * 1024
UPLOADS, SQLITE, INSTANCE, POSTGRES = 4, 12, 16, 120
PICTURE = papers.saved(papers.noise(200, 200), "PNG")
ROOM = (0, 0, 4, 16, 64, 96, 112, 116, 120, 124)
"""Kilobytes that are left for a picture and its small one, so that the one fits and the other does not."""
FULL, AFTER = 8.0, 5.0
BACK_WITHIN = 5.0
NOT_UPLOADED = "could not be uploaded"


class Disk:
    """A small file system of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._filler = path / "filler"

    def fill(self, leave_kilobytes: int = 0) -> None:
        with self._filler.open("ab", buffering=0) as filler:
            try:
                while True:
                    filler.write(b"\0" * 4096)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
        os.truncate(self._filler, max(0, self._filler.stat().st_size - leave_kilobytes * 1024))

    def free(self) -> None:
        self._filler.unlink()


@contextmanager
def small_disk(megabytes: int) -> Iterator[Disk]:
    """A file system in memory; mounting one needs root."""
    mount, unmount = shutil.which("mount"), shutil.which("umount")
    assert mount
    assert unmount
    with TemporaryDirectory(prefix="faults_disk_") as path:
        command = [mount, "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", path]
        subprocess.run(command, check=True)  # noqa: S603 - our own command
        try:
            yield Disk(Path(path))
        finally:
            subprocess.run([unmount, "--lazy", path], check=True)  # noqa: S603 - our own command


def uploads(kind: str) -> Verdict:
    """A complaint with a picture is refused in words until there is room, and leaves nothing behind."""
    verdict = Verdict("disk_full: uploads", kind)
    with small_disk(UPLOADS) as disk, site(kind, UPLOADS_URL=str(disk.path)) as here:
        here.start_web(processes=2, threads=2)
        for number, kilobytes in enumerate(ROOM):
            shopper, email = Browser(here.port), f"full{number}@example.com"
            fields = shopper.complaint_form(email, "The bottle arrived broken.")
            form = Form(NEW, fields, {"label.png": PICTURE})
            disk.fill(kilobytes)
            refused = shopper.send(form)
            if refused.status != 422 or NOT_UPLOADED not in refused.text:
                verdict.wrong(f"answered {refused.status} with {kilobytes} kB left")
            _judge_refused(here, disk, email, verdict)
            disk.free()
            _judge_taken(here, shopper.send(form), email, verdict)
        verdict.tries = 2 * len(ROOM)
    return verdict


def _judge_refused(here: Site, disk: Disk, email: str, verdict: Verdict) -> None:
    with here.inside():
        tickets = select(func.count()).where(Ticket.contact_email == email)
        if db.session.scalar(tickets) or db.session.scalar(select(StagedUpload.id).limit(1)):
            verdict.wrong("a refused form left a row")
        known = set(db.session.scalars(select(Attachment.stored_name)))
    files = [one for one in disk.path.rglob("*") if one.is_file() and one.name != "filler"]
    for left in files:
        if left.name.partition(".")[0] not in known or left.name.endswith(storage.HALF_ENDING):
            verdict.wrong("a refused file left something behind")


def _judge_taken(here: Site, taken: Answer, email: str, verdict: Verdict) -> None:
    if taken.status != 303:
        verdict.wrong(f"answered {taken.status} when there was room again")
        return
    with here.inside():
        ticket = db.session.scalars(select(Ticket).where(Ticket.contact_email == email)).all()
        verdict.once(len(ticket), "complaint that was acknowledged")
        file = db.session.scalars(select(Attachment).order_by(Attachment.id.desc())).first()
        if file is None:
            verdict.lost("the picture of a complaint")
            return
        with storage.opened(file.stored_name) as kept:
            if hashlib.sha256(kept.read()).hexdigest() != file.sha256:
                verdict.wrong("a kept picture is not what its row says")


def database(kind: str) -> Verdict:
    """No room for the database: nothing is taken, what is there can be read."""
    verdict = Verdict("disk_full: database", kind)
    with ExitStack() as stack:
        disk = stack.enter_context(small_disk(POSTGRES if kind == "postgres" else SQLITE))
        office, server = stack.enter_context(post_office()), None
        if kind == "postgres":
            server = stack.enter_context(own_postgres(disk.path))
            here = stack.enter_context(site(kind, office, server=server.url))
        else:
            url = f"sqlite:///{disk.path / 'helpdesk.db'}"
            here = stack.enter_context(site(kind, office, DATABASE_URL=url))
        _live_through(here, office, disk, verdict, mend=server.start if server else _nothing)
        if not verdict.notes["503 while full"]:
            verdict.wrong("nobody met the full disk: this run proves nothing")
    return verdict


def instance(kind: str) -> Verdict:
    """No room for queue and logs; on SQLite not for the database either."""
    verdict = Verdict("disk_full: instance folder", kind)
    with (
        small_disk(INSTANCE) as disk,
        post_office() as office,
        site(kind, office, folder=disk.path) as here,
    ):
        _live_through(here, office, disk, verdict, mend=_nothing)
        if kind == "postgres" and verdict.notes["503 while full"]:
            verdict.wrong("a full log or queue kept somebody from the database")
    return verdict


def _live_through(
    here: Site, office: SlowPostOffice, disk: Disk, verdict: Verdict, *, mend: Callable[[], None]
) -> None:
    """A crowd before, while it is full, and after; then the journal is held against the rows."""
    here.start_web(processes=2, threads=4)
    worker = here.start_worker()
    with Crowd(here, readers=4, senders=4, pace=5) as crowd:
        crowd.settle()
        disk.fill()
        filled = time.monotonic()
        time.sleep(FULL)
        disk.free()
        mend()
        back = time.monotonic()
        time.sleep(AFTER)
    _judge_times(crowd, filled, back, verdict)
    if worker.poll() is not None:
        verdict.wrong(f"the worker ended with {worker.returncode}")
        here.start_worker()
    crowd.judge_mails(office, verdict)
    with here.inside():
        crowd.judge(verdict)
        if here.app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite"):
            for fault in db.session.scalars(text("PRAGMA integrity_check")).all():
                if fault != "ok":
                    verdict.wrong(f"the database is damaged: {fault}")


def _judge_times(crowd: Crowd, filled: float, back: float, verdict: Verdict) -> None:
    full = [one for one in crowd.since(filled) if one.at < back]
    last = max((one.at for one in crowd.seen if one.status == 503), default=back)
    verdict.notes["503 while full"] = sum(one.status == 503 for one in full)
    verdict.notes["200 while full"] = sum(one.status == 200 for one in full)
    verdict.notes["last 503 after s"] = round(max(0.0, last - back), 1)
    if last - back > BACK_WITHIN:
        verdict.wrong(f"still sent away {last - back:.1f} s after there was room")
    if not any(one.status == 303 for one in crowd.since(back)):
        verdict.wrong("no complaint was taken after there was room")


def _nothing() -> None:
    """SQLite has no server that might have to be started again."""


if __name__ == "__main__":
    judge(partial(play, kind) for play in (uploads, database, instance) for kind in DATABASES)
