"""Files of messages: staged by the browser that brought them, then kept with the message they were sent with.

What they look like inside was checked before (`helpdesk/uploads`); here are their rows. Whoever may read a message
may fetch its files (`domain/downloads.py`).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, bindparam, func, select, update

from helpdesk import vault
from helpdesk.db import db, writing
from helpdesk.domain import tenancy, throttle
from helpdesk.domain.errors import Invalid, LimitReached, NotFound
from helpdesk.domain.permissions import Actor
from helpdesk.models import FILES_LIMIT, Attachment, Message, StagedUpload, Store
from helpdesk.words import N_

STAGED_FOR = timedelta(hours=6)
PER_HOUR_AND_ADDRESS = 60
TOO_MANY = N_("You can only select up to %(limit)s files.")
GONE = N_("A file you chose is no longer here. Choose it again.")
FULL = N_(
    "So many files are waiting to be sent that no more can be taken right now."
    " Please try again in some minutes; what you typed is still here."
)
FULL_WAIT_SECONDS = 600
ONE_STORAGE = "the files of every store lie on the same disk"
TOO_OFTEN = N_(
    "Many files came from here within an hour. Please wait and try again; what you typed is still here."
)


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file that was checked and stored, before any row knows of it."""

    name: str
    stored_name: str
    thumb_name: str | None
    """The small picture of an image."""
    mime: str
    size: int
    sha256: str


def admit(actor: Actor, *, now: datetime) -> None:
    """Count a file that somebody brings, before any work goes into it; staff are not counted.

    Raises:
        LimitReached: more than 60 an hour from one address.
    """
    if not actor.is_staff:
        throttle.spend(f"stage-ip:{actor.ip_hash}", PER_HOUR_AND_ADDRESS, now=now, text=TOO_OFTEN)


def refuse_when_full(actor: Actor, most_bytes: int) -> None:
    """Keep visitors of many addresses from filling the disk together; staff are let in, for they answer them.

    Nothing is locked: files that arrive at the same moment may pass the limit by their own size. What waits is little
    enough to be added up for every file.

    Raises:
        LimitReached: what waits in all stores together has that many bytes.
    """
    if actor.is_staff:
        return
    with tenancy.unscoped(ONE_STORAGE):
        waiting = db.session.scalar(select(func.sum(StagedUpload.size))) or 0
    if waiting >= most_bytes:
        raise LimitReached(FULL, wait_seconds=FULL_WAIT_SECONDS)


def stage(store: Store, upload: Upload, actor: Actor, *, now: datetime) -> StagedUpload:
    """Let a file wait for its form: for this browser, in this store, for six hours."""
    row = StagedUpload(
        store_id=store.id,
        browser_hash=actor.browser_hash,
        token=vault.new_token(),
        created_at=now,
        **asdict(upload),
    )
    db.session.add(row)
    db.session.flush()
    return row


def staged(
    tokens: Collection[str], store_id: int, browser_hash: str, *, now: datetime
) -> list[StagedUpload]:
    """Those of these files that wait for this browser in this store, in the order asked for."""
    if not tokens:
        return []
    query = _waiting(browser_hash, now).where(
        StagedUpload.store_id == store_id, StagedUpload.token.in_(tokens)
    )
    if writing():
        query = query.order_by(StagedUpload.id).with_for_update()
    found = {one.token: one for one in db.session.scalars(query)}
    return [found[token] for token in dict.fromkeys(tokens) if token in found]


def staged_here(token: str, browser_hash: str, *, now: datetime) -> StagedUpload:
    """The file of this token that waits for this browser, whichever store it is for.

    Raises:
        NotFound: there is none, or another browser brought it.
    """
    found = db.session.scalar(_waiting(browser_hash, now).where(StagedUpload.token == token))
    if found is None:
        raise NotFound
    return found


def unstage(token: str, browser_hash: str, *, now: datetime) -> str:
    """Take a file back before it was sent; the stored name of what may be deleted now.

    Raises:
        NotFound: see `staged_here`.
    """
    row = staged_here(token, browser_hash, now=now)
    db.session.delete(row)
    return row.stored_name


def move_staged(old_browser_hash: str, new_browser_hash: str) -> None:
    """Take the waiting files along when the browser gets a new session id."""
    db.session.execute(
        update(StagedUpload)
        .where(StagedUpload.browser_hash == old_browser_hash)
        .values(browser_hash=new_browser_hash)
    )


def attach(message: Message, tokens: Sequence[str], actor: Actor, *, now: datetime) -> None:
    """Make the staged files with these tokens files of the message, in this order.

    Raises:
        Invalid: more than five (S2-69), or one that is not there (any more).
    """
    wanted = list(dict.fromkeys(tokens))
    if len(wanted) > FILES_LIMIT:
        raise Invalid(TOO_MANY, field="files", limit=FILES_LIMIT)
    found = staged(wanted, message.store_id, actor.browser_hash, now=now)
    if len(found) < len(wanted):
        raise Invalid(GONE, field="files")
    for position, row in enumerate(found, start=1):
        db.session.add(
            Attachment(
                store_id=message.store_id,
                message_id=message.id,
                position=position,
                token=vault.new_token(),
                created_at=now,
                **_upload(row),
            )
        )
        db.session.delete(row)
    db.session.flush()


def return_to_staging(message: Message, actor: Actor, *, now: datetime) -> list[str]:
    """Let the files of a message that is taken back wait again for a form of its writer; their tokens."""
    tokens = []
    for kept in of_messages([message])[message.id]:
        row = StagedUpload(
            store_id=message.store_id,
            browser_hash=actor.browser_hash,
            token=vault.new_token(),
            created_at=now,
            **_upload(kept),
        )
        db.session.add(row)
        db.session.delete(kept)
        tokens.append(row.token)
    db.session.flush()
    return tokens


_OF_MESSAGES = (
    select(Attachment)
    .where(Attachment.message_id.in_(bindparam("messages", expanding=True)))
    .order_by(Attachment.message_id, Attachment.position)
)


def of_messages(messages: Iterable[Message]) -> dict[int, list[Attachment]]:
    """The files of each of these messages, by its id, in one question."""
    ids = [message.id for message in messages]
    found: dict[int, list[Attachment]] = defaultdict(list)
    if ids:
        for one in db.session.scalars(_OF_MESSAGES, {"messages": ids}):
            found[one.message_id].append(one)
    return found


def forget_staged(*, now: datetime) -> list[str]:
    """Drop what waited for six hours; the stored names of what may be deleted now."""
    old = select(StagedUpload).where(StagedUpload.created_at <= now - STAGED_FOR)
    names = []
    for row in db.session.scalars(old.order_by(StagedUpload.id).with_for_update()):
        names.append(row.stored_name)
        db.session.delete(row)
    return names


def unknown(stored_names: Collection[str]) -> set[str]:
    """Those of these stored files that no row knows."""
    known = set()
    for table in (Attachment, StagedUpload):
        query = select(table.stored_name).where(table.stored_name.in_(stored_names))
        known |= set(db.session.scalars(query))
    return set(stored_names) - known


def _waiting(browser_hash: str, now: datetime) -> Select[StagedUpload]:
    return select(StagedUpload).where(
        StagedUpload.browser_hash == browser_hash, StagedUpload.created_at > now - STAGED_FOR
    )


def _upload(row: Attachment | StagedUpload) -> dict[str, str | int | None]:
    names = ("name", "stored_name", "thumb_name", "mime", "size", "sha256")
    return {name: getattr(row, name) for name in names}
