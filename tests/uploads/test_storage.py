"""Keeping files: whole or not at all, under names nobody can guess, wherever the installation keeps them."""

import errno
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from fsspec.implementations.local import LocalFileSystem
from fsspec.implementations.memory import MemoryFileSystem

from helpdesk.config import Settings, SettingsError
from helpdesk.domain.errors import Invalid
from helpdesk.uploads import storage, take
from helpdesk.uploads.refusals import NOT_KEPT
from tests.fixtures import papers


@pytest.fixture(params=["folder", "memory"])
def place(request: pytest.FixtureRequest, app: Flask, tmp_path: Path) -> Iterator[str]:
    """Where files go: a folder, or a storage that has none."""
    memory = request.param == "memory"
    app.config["UPLOADS_URL"] = "memory://uploads" if memory else str(tmp_path / "uploads")
    with app.app_context():
        yield str(app.config["UPLOADS_URL"])
    MemoryFileSystem.store.clear()


def names(*, before: datetime | None = None) -> set[str]:
    late = datetime.now(UTC) + timedelta(minutes=1)
    return set().union(*storage.names_before(before or late))


def test_a_file_and_its_small_picture_are_found_again_and_deleted_together(place: str) -> None:
    stored, thumb = storage.keep("a.png", b"picture", b"small")
    assert thumb is not None
    assert (_read(stored), _read(thumb)) == (b"picture", b"small")
    assert names() == {stored}
    storage.remove([stored])
    assert not storage.exists(stored)
    assert not storage.exists(thumb)
    assert names() == set()
    storage.remove([stored])  # twice is no fault
    with pytest.raises(FileNotFoundError):
        storage.opened(stored)
    assert place


def test_every_file_has_a_name_of_its_own_that_says_nothing(place: str) -> None:
    kept = {storage.keep("same.pdf", b"same", None)[0] for _ in range(20)}
    assert len(kept) == 20
    assert min(map(len, kept)) >= 40
    assert place


def test_nothing_is_there_before_the_first_file(place: str) -> None:
    assert names() == set()
    assert place


def _read(stored: str) -> bytes:
    with storage.opened(stored) as file:
        return file.read()


@pytest.mark.parametrize("fails", ["the file", "the small picture"])
def test_a_full_disk_is_told_plainly_and_leaves_nothing_half_written(
    fails: str, app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Security, faults: disk full for uploads."""
    app.config["UPLOADS_URL"] = str(tmp_path)
    moves: list[str] = []

    def full(_place: LocalFileSystem, one: str, other: str, **_more: Any) -> None:
        moves.append(one)
        if len(moves) == (1 if fails == "the file" else 2):
            raise OSError(errno.ENOSPC, "No space left on device")
        os.replace(one, other)  # noqa: PTH105 - both are texts here

    monkeypatch.setattr(LocalFileSystem, "mv", full)
    with app.app_context(), pytest.raises(Invalid) as refusal:
        storage.keep("photo.png", b"picture", b"small")
    assert (refusal.value.text, refusal.value.values) == (NOT_KEPT, {"name": "photo.png"})
    assert refusal.value.field == "files"
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == []


def test_a_storage_that_is_away_while_deleting_stops_nobody(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    app.config["UPLOADS_URL"] = str(tmp_path)
    with app.app_context():
        stored, _none = storage.keep("a.txt", b"text", None)

        def away(*_arguments: object) -> None:
            raise ConnectionError

        monkeypatch.setattr(LocalFileSystem, "rm_file", away)
        storage.remove([stored])
        assert storage.exists(stored)
    assert "could not be deleted" in caplog.text
    assert stored not in caplog.text


def test_what_is_taken_is_what_is_kept(place: str) -> None:
    upload = take("شكوى.pdf", papers.pdf(), limit_mb=1)
    assert (upload.name, upload.mime, upload.thumb_name) == ("شكوى.pdf", "application/pdf", None)
    assert _read(upload.stored_name) == papers.pdf()
    assert upload.size == len(papers.pdf())
    photo = take("PHOTO.JPEG", papers.photo(), limit_mb=1)
    assert photo.thumb_name is not None
    assert papers.CAMERA.encode() not in _read(photo.stored_name)
    assert photo.size == len(_read(photo.stored_name))
    assert photo.sha256 == take("again.jpg", papers.photo(), limit_mb=1).sha256
    assert place


def test_a_refused_file_is_not_kept(place: str) -> None:
    with pytest.raises(Invalid):
        take("photo.png", papers.PROGRAM, limit_mb=1)
    assert names() == set()
    assert place


@pytest.mark.parametrize(
    "address",
    [
        *("http://files.example/x", "https://files.example", "nonsense://x", "/proc/nowhere"),
        *("s3://bucket/files", "/etc/hostname"),
    ],
)
def test_an_address_that_cannot_be_used_stops_the_start_in_one_sentence(
    address: str, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError, match="UPLOADS_URL") as refusal:
        Settings.from_env({"INSTANCE": str(tmp_path), "UPLOADS_URL": address})
    assert "\n" not in str(refusal.value)


def test_files_go_to_the_instance_folder_unless_another_place_is_named(tmp_path: Path) -> None:
    instance, other = tmp_path / "instance", tmp_path / "files"
    usual = Settings.from_env({"INSTANCE": str(instance)})
    assert usual.uploads_url == str(instance / "uploads")
    assert (instance / "uploads").is_dir()
    for address in (str(other), f"file://{other}"):
        named = Settings.from_env({"INSTANCE": str(instance), "UPLOADS_URL": address})
        assert named.uploads_url == str(other)
    away = Settings.from_env({"INSTANCE": str(instance), "UPLOADS_URL": "memory://x"})
    assert away.uploads_url == "memory://x"
