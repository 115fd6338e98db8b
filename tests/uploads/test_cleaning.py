"""Files that nobody waits for are deleted; those that somebody does are not."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from helpdesk import jobs
from helpdesk.db import db, transaction
from helpdesk.domain import attachments, complaints
from helpdesk.models import Attachment, StagedUpload
from helpdesk.uploads import cleaning, storage, take
from tests.fixtures import papers
from tests.fixtures.factory import Make
from tests.fixtures.mailbox import Mailbox


@pytest.fixture(autouse=True)
def folder(app: Flask, tmp_path: Path) -> Path:
    app.config["UPLOADS_URL"] = str(tmp_path)
    return tmp_path


def bring(make: Make) -> StagedUpload:
    upload = take("a.jpg", papers.photo(), limit_mb=1)
    store = make.store()
    with transaction():
        return attachments.stage(store, upload, make.shopper(), now=make.clock())


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file()}


def test_what_waited_for_six_hours_goes_with_its_files_and_what_was_sent_stays(
    folder: Path, make: Make, mailbox: Mailbox
) -> None:
    """Domain limits: staged uploads 6 h."""
    sent, forgotten = bring(make), bring(make)
    store, draft = make.store(), make.draft(files=(sent.token,))
    kept = {sent.stored_name, f"{sent.stored_name}.thumb"}
    gone = {forgotten.stored_name, f"{forgotten.stored_name}.thumb"}
    with transaction():
        complaints.submit(store, draft, make.shopper(), now=make.clock())
    make.clock.move(hours=5, minutes=59)
    jobs.minutely(make.clock)
    assert files(folder) == kept | gone
    make.clock.move(minutes=1)
    fresh = bring(make)
    jobs.minutely(make.clock)
    assert files(folder) == kept | {fresh.stored_name, f"{fresh.stored_name}.thumb"}
    db.session.rollback()
    for table in (StagedUpload, Attachment):
        assert db.session.scalar(select(func.count()).select_from(table)) == 1
    mailbox.take()


def test_a_file_that_no_row_knows_goes_after_a_day_and_not_before(folder: Path, make: Make) -> None:
    """It may belong to an upload that is about to be written down."""
    known = bring(make)
    lost, _thumb = storage.keep("lost.jpg", b"x", b"y")
    (folder / lost[:2] / f"{lost}.half").write_bytes(b"half")
    now = datetime.now(UTC)
    cleaning.tidy(now=now)
    assert len(files(folder)) == 5
    for path in folder.rglob("*"):
        if path.is_file():
            day_old = (now - timedelta(hours=25)).timestamp()
            os.utime(path, (day_old, day_old))
    jobs.tidy(lambda: now)
    assert files(folder) == {known.stored_name, f"{known.stored_name}.thumb"}


def test_tidying_an_empty_place_is_no_fault(folder: Path, make: Make) -> None:
    make.store()
    folder.rmdir()
    cleaning.tidy(now=make.clock())
    assert not folder.exists()
