"""Where files lie: a folder, or whatever fsspec reaches by an address (`UPLOADS_URL`). Nobody reaches it from outside.

A file has a random name; its small picture has the same with an ending, so a row that knows one knows both.
"""

import logging
import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from io import BytesIO
from pathlib import PurePosixPath
from shutil import copyfileobj
from typing import IO

from flask import current_app
from fsspec import AbstractFileSystem
from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

from helpdesk import vault
from helpdesk.uploads.refusals import NOT_KEPT, refusal

log = logging.getLogger(__name__)
THUMB_ENDING = ".thumb"
HALF_ENDING = ".half"


def keep(name: str, content: bytes, small: bytes | None) -> tuple[str, str | None]:
    """Store a file and its small picture, both or neither; the names to find them by.

    Raises:
        Invalid: the storage is full or away.
    """
    stored_name = vault.new_token()
    thumb_name = stored_name + THUMB_ENDING if small is not None else None
    try:
        _write(stored_name, content)
        if thumb_name is not None and small is not None:
            _write(thumb_name, small)
    except Exception as error:  # every storage fails in its own way
        log.exception("a file could not be kept")
        remove([stored_name])
        raise refusal(NOT_KEPT, name) from error
    return stored_name, thumb_name


def keep_long(content: IO[bytes]) -> str:
    """Store a file of our own making, however long it is; the name to find it by."""
    stored_name = vault.new_token()
    place, path = _at(stored_name)
    try:
        if isinstance(place, LocalFileSystem):
            _write_here(place, path, content)
        else:
            with place.open(path, "wb") as file:
                copyfileobj(content, file)
    except BaseException:
        remove([stored_name])
        raise
    return stored_name


def opened(stored_name: str) -> IO[bytes]:
    """A kept file, to be read and closed.

    Raises:
        FileNotFoundError: it is not there (any more).
    """
    place, path = _at(stored_name)
    found: IO[bytes] = place.open(path, "rb")
    return found


def exists(stored_name: str) -> bool:
    """Whether the file is there."""
    place, path = _at(stored_name)
    return bool(place.exists(path))


def remove(stored_names: Iterable[str]) -> None:
    """Delete files without rows, with all that belongs to them. What cannot be deleted now is found later."""
    for name in stored_names:
        place, path = _at(name)
        for ending in ("", HALF_ENDING, THUMB_ENDING, THUMB_ENDING + HALF_ENDING):
            try:
                if place.exists(path + ending):
                    place.rm_file(path + ending)
            except Exception:
                log.exception("a file could not be deleted")


def names_before(moment: datetime) -> Iterator[set[str]]:
    """The names of what was last written before then, folder by folder; small pictures count as their file."""
    place, root = _root()
    if not place.exists(root):
        return
    for folder in place.ls(root, detail=False):
        paths = place.ls(folder, detail=False)
        old = [PurePosixPath(one).name for one in paths if place.modified(one) < moment]
        yield {one.partition(".")[0] for one in old}


def _write(stored_name: str, content: bytes) -> None:
    place, path = _at(stored_name)
    if not isinstance(place, LocalFileSystem):
        place.pipe_file(path, content)  # an object appears whole or not at all
        return
    _write_here(place, path, BytesIO(content))


def _write_here(place: LocalFileSystem, path: str, content: IO[bytes]) -> None:
    place.makedirs(path.rpartition("/")[0], exist_ok=True)
    with place.open(path + HALF_ENDING, "wb") as file:
        copyfileobj(content, file)
        file.flush()
        os.fsync(file.fileno())
    place.mv(path + HALF_ENDING, path)


def _at(stored_name: str) -> tuple[AbstractFileSystem, str]:
    """Spread over folders by the first two letters: no folder gets a million files."""
    place, root = _root()
    return place, f"{root}/{stored_name[:2]}/{stored_name}"


def _root() -> tuple[AbstractFileSystem, str]:
    place, root = url_to_fs(current_app.config["UPLOADS_URL"])
    return place, root.rstrip("/")
