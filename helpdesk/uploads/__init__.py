"""Files that people bring: looked into, made harmless, and kept under a random name (security: files).

All of it happens before a transaction opens; the rows are the business of `domain/attachments.py`.
"""

import hashlib

from helpdesk.domain.attachments import Upload
from helpdesk.uploads import inspection, pictures, storage

__all__ = ["storage", "take"]


def take(name: str, content: bytes, *, limit_mb: int) -> Upload:
    """Check a file and keep it; a picture is drawn anew, without what its camera wrote into it, and gets a small one.

    Raises:
        Invalid: no file that may be brought, one that is damaged or too large, or the storage did not take it.
    """
    found = inspection.inspect(name, content, limit_mb=limit_mb)
    small = None
    if found.kind in pictures.FORMATS:
        content, small = pictures.redrawn(found.name, content, found.kind)
    stored_name, thumb_name = storage.keep(found.name, content, small)
    return Upload(
        name=found.name,
        stored_name=stored_name,
        thumb_name=thumb_name,
        mime=found.mime,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )
