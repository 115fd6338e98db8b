"""Long exports: claimed by one worker, written with the rights of that moment, gone after a day (X-01, X-04)."""

import csv
import errno
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

import pytest
from flask import Flask
from fsspec.implementations.local import LocalFileSystem
from fsspec.implementations.memory import MemoryFileSystem
from sqlalchemy import select, update

from helpdesk import exports as writer
from helpdesk import files, jobs
from helpdesk.db import db, transaction
from helpdesk.domain import exports
from helpdesk.domain.errors import LimitReached, NotAllowed, NotFound
from helpdesk.domain.permissions import Actor
from helpdesk.enums import EventKind, ExportFormat, ExportStatus, Lang, TicketStatus
from helpdesk.models import Event, Export, Membership, Notification, Role, Store, User
from helpdesk.uploads import storage
from tests.fixtures.factory import Make
from tests.fixtures.mailbox import Mailbox

S = TicketStatus
X = ExportStatus
Order = Callable[..., int]


@pytest.fixture(autouse=True)
def folder(app: Flask, session: Any, tmp_path: Path) -> Path:  # noqa: ARG001
    """An empty folder for the files of this test."""
    app.config["UPLOADS_URL"] = str(tmp_path)
    return tmp_path


@pytest.fixture
def order(make: Make) -> Order:
    def run(
        actor: Actor,
        place: Store | None = None,
        listing: str = "complaints",
        *,
        query: dict[str, list[str]] | None = None,
        file_format: ExportFormat = ExportFormat.CSV,
        lang: Lang = Lang.EN,
    ) -> int:
        where = place or make.store()
        with transaction():
            ordered = exports.order(
                listing, query or {}, file_format, where, actor, lang=lang, now=make.clock()
            )
        return ordered.id

    return run


@pytest.fixture
def owner(make: Make) -> User:
    return make.user("store_owner")


def write(make: Make) -> bool:
    return writer.write_next(make.clock)


def state(export: int) -> tuple[X, int, int]:
    """Status, attempts, rows."""
    db.session.rollback()
    row = db.session.get_one(Export, export)
    return row.status, row.attempts, row.rows_written


def kept(folder: Path) -> list[Path]:
    """Every file that lies in the storage."""
    return [one for one in folder.rglob("*") if one.is_file()]


def table(export: int) -> list[list[str]]:
    """The rows of a finished CSV file."""
    db.session.rollback()
    with storage.opened(str(db.session.get_one(Export, export).file_name)) as file:
        text = file.read().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def events(kind: EventKind) -> list[dict[str, Any]]:
    query = select(Event).where(Event.kind == kind).order_by(Event.id)
    return [one.data | {"actor": one.actor_id} for one in db.session.scalars(query)]


def leave_role(user: User, role: str | None) -> None:
    """The person's membership is taken away, or turned into another role."""
    with transaction():
        membership = db.session.scalars(
            select(Membership).where(Membership.user_id == user.id)
        ).one()
        if role is None:
            db.session.delete(membership)
        else:
            found = db.session.scalars(select(Role).where(Role.key == role)).one()
            membership.role_id = found.id


def test_an_order_is_written_down_and_then_written(make: Make, order: Order, owner: User) -> None:
    """X-04: who took what out; when it is done the owner is told of it."""
    filed = make.complaint(S.PENDING_ADMIN, name="Huda Elsewhere")
    actor = make.acting(owner)
    export = order(actor, query={"status": ["pending_admin"]})
    assert state(export) == (X.QUEUED, 0, 0)
    asked = {"list": "complaints", "query": {"status": ["pending_admin"]}, "format": "csv"}
    assert events(EventKind.LIST_EXPORTED) == [asked | {"actor": owner.id}]
    assert write(make) is True
    assert state(export) == (X.DONE, 1, 1)
    assert [row[:2] for row in table(export)[1:]] == [[filed.number, "Huda Elsewhere"]]
    finished = {"export_id": export, "user_id": owner.id, "list": "complaints"}
    assert events(EventKind.EXPORT_FINISHED) == [finished | {"actor": None}]
    assert write(make) is False


def test_the_job_writes_all_that_wait_and_their_owners_are_told_in_the_app(
    make: Make, order: Order, owner: User, mailbox: Mailbox
) -> None:
    actor = make.acting(owner)
    waiting = [order(actor), order(actor, listing="deliveries", file_format=ExportFormat.XLSX)]
    jobs.JOBS["export"](make.clock)
    assert [state(one)[0] for one in waiting] == [X.DONE, X.DONE]
    told = db.session.scalars(select(Notification)).all()
    assert [(one.user_id, one.template_key) for one in told] == [(owner.id, "export_finished")] * 2
    assert mailbox.take() == []


def test_only_the_owner_finds_a_finished_export_and_only_where_it_was_asked_for(
    make: Make, order: Order, owner: User
) -> None:
    """X-01: everybody else's answer is that of a missing one."""
    actor, now = make.acting(owner), make.clock()
    export = order(actor)
    assert [one.id for one in exports.of(make.store(), actor)] == [export]
    with pytest.raises(NotFound):
        exports.find(export, make.store(), actor, now=now)
    assert write(make) is True
    assert exports.find(export, make.store(), actor, now=now).id == export
    for place, who, moment in (
        (make.store(), make.actor("store_owner"), now),
        (make.store("najd"), actor, now),
        (make.platform(), make.actor("platform_admin"), now),
        (make.store(), actor, now + exports.KEPT),
    ):
        with pytest.raises(NotFound):
            exports.find(export, place, who, now=moment)
    for place, who in (
        (make.store(), make.actor("store_owner")),
        (make.store("najd"), actor),
        (make.platform(), make.actor("platform_admin")),
    ):
        assert exports.of(place, who) == []


def test_three_may_wait_and_a_fourth_is_told_to(make: Make, order: Order, owner: User) -> None:
    actor = make.acting(owner)
    for _ in range(3):
        order(actor)
    with pytest.raises(LimitReached):
        order(actor)
    assert len(events(EventKind.LIST_EXPORTED)) == 3
    order(make.actor("store_owner"))
    assert write(make) is True
    order(actor)


@pytest.mark.parametrize("role", ["agent", "tech_support"])
def test_taking_out_needs_the_right_to(role: str, make: Make, order: Order) -> None:
    place = make.platform() if role == "tech_support" else make.store()
    with pytest.raises(NotAllowed):
        order(make.actor(role), place)
    assert db.session.scalars(select(Export)).all() == []
    assert events(EventKind.LIST_EXPORTED) == []


class Died(BaseException):
    """The worker was killed: nothing in it gets to clean up."""


@pytest.fixture
def killed(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Any]:
    """Half a file is written, and then the row is not touched by that worker any more."""

    def half(_asked: object, _format: object, file: IO[bytes], _told: object) -> None:
        file.write(b"half a file")
        raise Died

    def die(make: Make) -> None:
        with monkeypatch.context() as now:
            now.setattr(files, "write", half)
            with pytest.raises(Died):
                write(make)

    return die  # type: ignore[return-value]


def test_a_dead_workers_export_is_written_by_the_next_one_and_one_file_remains(
    make: Make, order: Order, owner: User, folder: Path, killed: Callable[[Make], None]
) -> None:
    make.complaint()
    export = order(make.acting(owner))
    killed(make)
    assert state(export)[:2] == (X.RUNNING, 1)
    assert write(make) is False, "its lease still runs"
    make.clock.move(minutes=5)
    assert write(make) is True
    assert state(export) == (X.DONE, 2, 1)
    assert len(table(export)) == 2
    assert len(kept(folder)) == 1


def test_an_export_that_kills_every_worker_is_given_up_after_three(
    make: Make, order: Order, owner: User, folder: Path, killed: Callable[[Make], None]
) -> None:
    export = order(make.acting(owner))
    healthy = order(make.acting(owner))
    for _ in range(3):
        killed(make)
        make.clock.move(minutes=5)
    assert write(make) is True
    assert write(make) is False
    assert state(export)[:2] == (X.FAILED, 3)
    assert state(healthy)[:2] == (X.DONE, 1)
    make.clock.move(hours=25)
    writer.clean_up(now=make.clock())
    assert kept(folder) == []


def test_a_worker_that_slept_past_its_lease_gives_way(
    make: Make,
    order: Order,
    owner: User,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The other one's file is the one that stays."""
    make.complaint()
    export = order(make.acting(owner))
    whole = files.write

    def slowly(*args: Any) -> None:
        monkeypatch.setattr(files, "write", whole)
        db.session.rollback()
        make.clock.move(minutes=6)
        assert write(make) is True
        whole(*args)

    monkeypatch.setattr(files, "write", slowly)
    assert write(make) is True
    assert "taken over" in caplog.text
    assert state(export) == (X.DONE, 2, 1)
    assert [one.name for one in kept(folder)] == [db.session.get_one(Export, export).file_name]
    assert len(events(EventKind.EXPORT_FINISHED)) == 1


def test_one_that_is_taken_over_at_the_very_end_is_not_finished_twice(
    make: Make, order: Order, owner: User
) -> None:
    export = order(make.acting(owner))
    for attempt in (1, 2):
        with transaction():
            assert exports.claim(now=make.clock()) == export
        make.clock.move(minutes=5)
        assert db.session.get_one(Export, export).attempts == attempt
    with transaction():
        assert exports.advance(export, 1, 7, now=make.clock()) is False
        assert exports.finish(export, 1, "first.csv", 7, now=make.clock()) is False
        exports.fail(export, 1, now=make.clock(), for_good=True)
    assert state(export) == (X.RUNNING, 2, 0)
    assert events(EventKind.EXPORT_FINISHED) == []


def test_three_failures_are_enough_and_the_others_go_on(
    make: Make,
    order: Order,
    owner: User,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    poison, healthy = order(make.acting(owner)), order(make.acting(owner), listing="deliveries")
    whole = files.write

    def stumble(asked: Any, *args: Any) -> None:
        if asked.listing.name == "complaints":
            args[1].write(b"half")
            raise RuntimeError("poison")
        whole(asked, *args)

    monkeypatch.setattr(files, "write", stumble)
    while write(make):
        make.clock.move(seconds=1)
    assert state(poison)[:2] == (X.FAILED, 3)
    assert state(healthy)[:2] == (X.DONE, 1)
    assert caplog.text.count(f"export {poison} could not be written") == 3
    assert len(kept(folder)) == 1
    assert [one["export_id"] for one in events(EventKind.EXPORT_FINISHED)] == [healthy]


def _gone(user: User) -> None:
    leave_role(user, None)


def _demoted(user: User) -> None:
    leave_role(user, "agent")


def _deactivated(user: User) -> None:
    with transaction():
        db.session.get_one(User, user.id).active = False


@pytest.mark.parametrize("change", [_gone, _demoted, _deactivated])
def test_who_has_lost_the_right_meanwhile_gets_no_file(
    change: Callable[[User], None], make: Make, order: Order, owner: User, folder: Path
) -> None:
    make.complaint()
    export = order(make.acting(owner))
    change(owner)
    assert write(make) is True
    assert state(export) == (X.FAILED, 1, 0)
    assert kept(folder) == []
    assert events(EventKind.EXPORT_FINISHED) == []
    assert write(make) is False


def test_who_may_still_export_but_not_read_this_list_gets_no_file(
    make: Make, order: Order, owner: User, folder: Path
) -> None:
    export = order(make.acting(owner), listing="deliveries")
    leave_role(owner, "analyst")
    assert write(make) is True
    assert state(export)[:2] == (X.FAILED, 1)
    assert kept(folder) == []


def test_a_manager_who_became_an_analyst_is_given_initials(
    make: Make, order: Order, owner: User
) -> None:
    make.complaint(name="Sara Alqahtani")
    export = order(make.acting(owner))
    leave_role(owner, "analyst")
    assert write(make) is True
    assert table(export)[1][1] == "S. A."


def test_a_stores_export_holds_that_store_alone(make: Make, order: Order, owner: User) -> None:
    """X-01: also where the query names another store."""
    own, _other = make.complaint(), make.complaint(store=make.store("najd"))
    export = order(make.acting(owner), query={"store": ["najd"]})
    assert write(make) is True
    assert [row[0] for row in table(export)[1:]] == [own.number]


@pytest.mark.parametrize("listing", ["complaints", "deliveries"])
def test_the_platforms_export_holds_every_store_or_the_one_it_was_narrowed_to(
    listing: str, make: Make, order: Order, deliver: Any, mailbox: Mailbox
) -> None:
    """X-02."""
    make.complaint(), make.complaint(store=make.store("najd"))
    deliver()
    mailbox.take()
    admin = make.actor("platform_admin")
    whole = order(admin, make.platform(), listing)
    narrow = order(admin, make.platform(), listing, query={"store": ["najd"]})
    assert write(make) is True
    assert write(make) is True
    assert write(make) is False
    assert {row[1] for row in table(whole)[1:]} == {"Noor", "Najd"}
    assert {row[1] for row in table(narrow)[1:]} == {"Najd"}
    assert state(narrow)[:2] == (X.DONE, 1)


def test_an_export_of_a_store_that_was_closed_meanwhile_does_not_widen(
    make: Make, order: Order, folder: Path
) -> None:
    make.complaint(), make.complaint(store=make.store("najd"))
    narrow = order(make.actor("platform_admin"), make.platform(), query={"store": ["najd"]})
    make.store("najd", is_active=False)
    assert write(make) is True
    assert state(narrow)[0] is X.FAILED
    assert kept(folder) == []


def test_a_long_list_is_told_batch_by_batch_and_keeps_its_lease(
    make: Make, order: Order, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = [make.complaint().number for _ in range(5)]
    monkeypatch.setattr(files, "BATCH", 2)
    export = order(make.acting(owner))
    heard: list[tuple[int, timedelta]] = []
    advance = exports.advance

    def listen(export_id: int, attempt: int, rows: int, *, now: Any) -> bool:
        told = advance(export_id, attempt, rows, now=now)
        lease = db.session.get_one(Export, export_id).lease_until
        assert lease is not None
        heard.append((rows, lease - now))
        return told

    monkeypatch.setattr(exports, "advance", listen)
    assert write(make) is True
    assert heard == [(2, exports.LEASE), (4, exports.LEASE), (5, exports.LEASE)]
    assert sorted(row[0] for row in table(export)[1:]) == sorted(numbers)
    assert state(export) == (X.DONE, 1, 5)


def test_a_day_after_it_was_finished_file_and_row_are_gone(
    make: Make, order: Order, owner: User, folder: Path
) -> None:
    order(make.acting(owner))
    make.clock.move(hours=3)
    assert write(make) is True
    order(make.actor("store_owner"))
    assert write(make) is True
    for hours, left in ((23, 2), (1, 0)):
        make.clock.move(hours=hours)
        writer.clean_up(now=make.clock())
        assert len(kept(folder)) == left
        assert len(db.session.scalars(select(Export)).all()) == left


def test_the_minutely_job_cleans_up_also_where_a_file_is_gone_already(
    make: Make, order: Order, owner: User, folder: Path
) -> None:
    order(make.acting(owner))
    assert write(make) is True
    for file in kept(folder):
        file.unlink()
    make.clock.move(hours=24)
    jobs.JOBS["minutely"](make.clock)
    assert db.session.scalars(select(Export)).all() == []


def test_one_that_waits_for_a_day_is_never_written(make: Make, order: Order, owner: User) -> None:
    order(make.acting(owner))
    make.clock.move(hours=24)
    writer.clean_up(now=make.clock())
    assert write(make) is False


def test_an_arabic_readers_file_has_arabic_headings_and_words(
    make: Make, order: Order, owner: User
) -> None:
    make.complaint(name="سارة القحطاني")
    export = order(make.acting(owner), lang=Lang.AR)
    assert write(make) is True
    headings, row = table(export)
    assert row[1] == "سارة القحطاني"
    assert all(any("\u0600" <= char <= "\u06ff" for char in one) for one in headings)
    assert not [one for one in headings if one.isascii()]


def test_a_file_lies_where_every_machine_finds_it(
    make: Make, order: Order, owner: User, app: Flask
) -> None:
    """Not on the disk of the worker that wrote it."""
    filed = make.complaint()
    app.config["UPLOADS_URL"] = "memory://exports"
    before = set(Path(app.instance_path).rglob("*"))
    export = order(make.acting(owner))
    assert write(make) is True
    assert [row[0] for row in table(export)[1:]] == [filed.number]
    assert set(Path(app.instance_path).rglob("*")) == before
    make.clock.move(hours=24)
    writer.clean_up(now=make.clock())
    assert MemoryFileSystem.store == {}


def test_a_file_whose_worker_died_before_it_could_say_so_is_tidied_away_and_no_other(
    make: Make, order: Order, owner: User, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_all: object, **_named: object) -> None:
        raise Died

    order(make.acting(owner))
    with monkeypatch.context() as now:
        now.setattr(exports, "finish", die)
        now.setattr(storage, "remove", lambda _names: None)
        with pytest.raises(Died):
            write(make)
    make.clock.move(minutes=5)
    assert write(make) is True
    assert len(kept(folder)) == 2
    jobs.JOBS["tidy"](lambda: datetime.now(UTC) + timedelta(hours=25))
    [whole] = db.session.scalars(select(Export.file_name))
    assert [one.name for one in kept(folder)] == [whole]


def test_a_storage_that_is_full_fails_the_export_and_keeps_no_half_of_it(
    make: Make, order: Order, owner: User, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_all: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    export = order(make.acting(owner))
    monkeypatch.setattr(LocalFileSystem, "mv", full)
    assert write(make) is True
    assert state(export)[:2] == (X.QUEUED, 1)
    assert kept(folder) == []


def test_a_list_that_is_no_more_fails_and_says_so(
    make: Make, order: Order, owner: User, caplog: pytest.LogCaptureFixture
) -> None:
    export = order(make.acting(owner))
    with transaction() as session:
        session.execute(update(Export).values(list="no such list"))
    while write(make):
        make.clock.move(seconds=1)
    assert state(export)[:2] == (X.FAILED, 3)
    assert "could not be written" in caplog.text
