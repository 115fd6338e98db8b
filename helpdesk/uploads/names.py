"""What a file is called: as people know it, without what could mislead them (security: U+202E in file names)."""

import re
import unicodedata

from helpdesk import normalise
from helpdesk.models import FILE_NAME_LIMIT

_SEPARATORS = re.compile(r"[/\\]")


def read(typed: str) -> str:
    """The last part of the name, NFC, without control characters and signs that turn the reading direction.

    It has 120 characters at the most; a longer one keeps its extension.
    """
    bare = normalise.line(_SEPARATORS.split(typed.rstrip("/\\"))[-1]).strip(" .")
    name = unicodedata.normalize("NFC", bare)
    if len(name) <= FILE_NAME_LIMIT:
        return name
    kept = extension(name)
    end = f".{kept}" if kept else ""
    return name[: FILE_NAME_LIMIT - len(end)].rstrip() + end if len(end) < FILE_NAME_LIMIT else ""


def extension(name: str) -> str:
    """What follows the last dot, in small letters; empty when there is none, or nothing to see before it."""
    stem, dot, end = name.rpartition(".")
    return end.lower() if dot and normalise.is_visible(stem) else ""
