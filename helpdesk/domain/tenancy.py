"""The scope of a piece of work: one store, or, with a reason, all of them (X-01)."""

from collections.abc import Iterator
from contextlib import contextmanager

from helpdesk import db
from helpdesk.models import Store


@contextmanager
def scoped(store: Store) -> Iterator[None]:
    """Read and write the rows of `store` alone."""
    with db.scope(store.id):
        yield


@contextmanager
def unscoped(reason: str) -> Iterator[None]:
    """Read and write the rows of every store. The reason is for the reader of the code: give a true one."""
    if not reason:
        raise ValueError("say why every store's rows are needed")
    with db.scope(db.EVERY_STORE):
        yield
