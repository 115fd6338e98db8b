"""The application as the web server runs it, but a request may say at which moment its process is killed.

`Die-At: 3` means the third moment that this request passes: one lies just before each commit, one just after it, and
the last one before the finished answer leaves.
"""

import os
import signal
import threading
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy.engine.default import DefaultDialect

from app import app as healthy

_commit = DefaultDialect.do_commit
_request = threading.local()


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The WSGI application."""
    _request.left = int(environ.get("HTTP_DIE_AT", "0"))
    answer = healthy(environ, start_response)
    _pass_by()
    return answer


def _commit_in_danger(dialect: DefaultDialect, connection: Any) -> None:
    _pass_by()
    _commit(dialect, connection)
    _pass_by()


def _pass_by() -> None:
    _request.left = getattr(_request, "left", 0) - 1
    if _request.left == 0:
        os.kill(os.getpid(), signal.SIGKILL)


DefaultDialect.do_commit = _commit_in_danger  # type: ignore[method-assign]
