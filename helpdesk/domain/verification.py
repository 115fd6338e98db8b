"""Six-digit codes that prove a mailbox, and the grants they buy.

A code is bound to its ticket, purpose, mailbox and browser, lives ten minutes, and works once: a `view` code
never closes anything.
"""

from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import ColumnElement, delete, select, update

from helpdesk import normalise, vault
from helpdesk.clock import STEP
from helpdesk.db import changed, db, insert_once
from helpdesk.domain import throttle, timeline
from helpdesk.domain.errors import Invalid, LimitReached, WrongCode
from helpdesk.domain.permissions import Actor
from helpdesk.enums import CodePurpose, EventKind
from helpdesk.models import AccessGrant, Ticket, VerificationCode
from helpdesk.words import N_

LIFETIME = timedelta(minutes=10)
TRIES = 5
RESEND_AFTER = timedelta(seconds=60)
PER_HOUR = 4
GRANT_IDLE = timedelta(minutes=30)
GRANT_TOUCH = timedelta(minutes=1)

WRONG = N_("This code is not right, or it is no longer valid. Check it, or ask for a new one.")
EXPIRED = N_("This code has expired. Ask for a new one.")
SHAPE = N_("Enter the 6 digits of the code from the e-mail.")


def issue(ticket: Ticket, purpose: CodePurpose, actor: Actor, *, now: datetime) -> None:
    """Make a code and have it sent to the ticket's address.

    An older code stays valid for its own time, for mails overtake each other.

    Raises:
        LimitReached: less than a minute after the last one, or the fifth within an hour.
    """
    wait = seconds_until_resend(ticket, purpose, now=now)
    if wait:
        raise LimitReached(
            N_("We have just sent a code. Please wait a little before you ask again."),
            wait_seconds=wait,
        )
    plain = vault.new_verification_code()
    code = VerificationCode(
        store_id=ticket.store_id,
        ticket_id=ticket.id,
        purpose=purpose,
        code_hash=_hash(ticket, purpose, plain),
        sent_to_hash=_mailbox(ticket),
        browser_hash=actor.browser_hash,
        created_at=now,
        expires_at=now + LIFETIME,
    )
    db.session.add(code)
    timeline.record(
        EventKind.CODE_ISSUED,
        actor,
        ticket,
        now=now,
        data={"purpose": purpose.value, "expires_at": code.expires_at.isoformat()},
        secret=plain,
    )


def seconds_until_resend(ticket: Ticket, purpose: CodePurpose, *, now: datetime) -> int:
    """How long to wait before another code may be asked for; 0 when it may be now."""
    query = (
        select(VerificationCode.created_at)
        .where(
            VerificationCode.ticket_id == ticket.id,
            VerificationCode.purpose == purpose,
            VerificationCode.created_at > now - timedelta(hours=1),
            VerificationCode.created_at <= now + STEP,
        )
        .order_by(VerificationCode.created_at.desc())
    )
    sent = list(db.session.scalars(query))
    waits = [sent[0] + RESEND_AFTER - now] if sent else []
    if len(sent) >= PER_HOUR:
        waits.append(sent[PER_HOUR - 1] + timedelta(hours=1) - now)
    return max([0, *(ceil(wait.total_seconds()) for wait in waits)])


def awaited(ticket: Ticket, purpose: CodePurpose, actor: Actor, *, now: datetime) -> bool:
    """Whether a code for this browser is on its way or in the mailbox, and still of use."""
    query = select(VerificationCode.id).where(
        *_for(ticket, purpose, actor),
        VerificationCode.expires_at > now,
        VerificationCode.expires_at <= now + LIFETIME + STEP,
    )
    return db.session.scalar(query.limit(1)) is not None


def spend(ticket: Ticket, purpose: CodePurpose, typed: str, actor: Actor, *, now: datetime) -> None:
    """Use a code up. Of any number of posts with the same right code, one succeeds.

    Raises:
        Invalid: not six digits (not counted), or the right code after its ten minutes.
        WrongCode: anything else that does not fit; counted against the code, the ticket and the address.
        LimitReached: after ten failures, for 15 minutes.
    """
    digits = normalise.code(typed)
    if len(digits) != vault.CODE_LENGTH or not digits.isdigit():
        raise Invalid(SHAPE, field="code")
    keys = (f"code:{ticket.id}", f"code-ip:{actor.ip_hash}")
    throttle.refuse_locked(*keys, now=now)
    fresh = _unspent(ticket, purpose, actor)
    match = next(
        (code for code in fresh if vault.same(code.code_hash, _hash(ticket, purpose, digits))), None
    )
    if match is not None and not now < match.expires_at <= now + LIFETIME + STEP:
        raise Invalid(EXPIRED, field="code")
    if match is None or not _use_up(match, now):
        for code in fresh:
            code.attempts += 1
        throttle.count_failure(*keys, now=now)
        raise WrongCode(WRONG, field="code")


def grant(ticket: Ticket, actor: Actor, *, now: datetime) -> None:
    """Let this browser read the ticket until it has been idle for half an hour."""
    new = {"created_at": now, "expires_at": now + GRANT_IDLE}
    key = {"store_id": ticket.store_id, "ticket_id": ticket.id, "browser_hash": actor.browser_hash}
    if not insert_once(AccessGrant, **key, **new):
        db.session.execute(update(AccessGrant).filter_by(**key).values(**new))


def granted(browser_hash: str, *, now: datetime) -> list[AccessGrant]:
    """The grants that this browser holds in the store in scope."""
    query = select(AccessGrant).where(AccessGrant.browser_hash == browser_hash, *_lasting(now))
    return list(db.session.scalars(query))


def locks_at(ticket: Ticket, browser_hash: str, *, now: datetime) -> datetime:
    """When this browser has to prove the ticket again, if it is not used until then."""
    query = select(AccessGrant.expires_at).where(
        AccessGrant.ticket_id == ticket.id, AccessGrant.browser_hash == browser_hash
    )
    return db.session.scalar(query) or now


def extend(browser_hash: str, *, now: datetime) -> None:
    """The browser was used: its half hours begin anew."""
    db.session.execute(
        update(AccessGrant)
        .where(AccessGrant.browser_hash == browser_hash, *_lasting(now))
        .values(expires_at=now + GRANT_IDLE)
    )


def revoke(browser_hash: str, *, now: datetime) -> list[Ticket]:
    """End what this browser may read in the store in scope; the tickets that are locked again."""
    grants = granted(browser_hash, now=now)
    locked = select(Ticket).where(Ticket.id.in_([grant.ticket_id for grant in grants]))
    for grant in grants:
        db.session.delete(grant)
    return list(db.session.scalars(locked.order_by(Ticket.id)))


def forget(ticket: Ticket, *, now: datetime) -> None:
    """Nothing that was ever proven about this ticket counts any more: its codes die and its grants end."""
    codes = update(VerificationCode).where(
        VerificationCode.ticket_id == ticket.id, VerificationCode.used_at.is_(None)
    )
    db.session.execute(codes.values(used_at=now))
    db.session.execute(delete(AccessGrant).where(AccessGrant.ticket_id == ticket.id))


def move_grants(old_browser_hash: str, new_browser_hash: str) -> None:
    """Take the grants along when the browser gets a new session id."""
    db.session.execute(
        update(AccessGrant)
        .where(AccessGrant.browser_hash == old_browser_hash)
        .values(browser_hash=new_browser_hash)
    )


def _lasting(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Grants that have not run out, and were not given by a clock that was set back since."""
    return AccessGrant.expires_at > now, AccessGrant.expires_at <= now + GRANT_IDLE + STEP


def _unspent(ticket: Ticket, purpose: CodePurpose, actor: Actor) -> list[VerificationCode]:
    """Codes that could still fit, locked so that parallel tries count one after the other."""
    query = (
        select(VerificationCode)
        .where(*_for(ticket, purpose, actor))
        .order_by(VerificationCode.id.desc())
        .limit(PER_HOUR)
        .with_for_update()
    )
    return list(db.session.scalars(query))


def _for(ticket: Ticket, purpose: CodePurpose, actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """Codes of this ticket, purpose, browser and mailbox that were neither used nor tried too often."""
    return (
        VerificationCode.ticket_id == ticket.id,
        VerificationCode.purpose == purpose,
        VerificationCode.browser_hash == actor.browser_hash,
        VerificationCode.sent_to_hash == _mailbox(ticket),
        VerificationCode.used_at.is_(None),
        VerificationCode.attempts < TRIES,
    )


def _use_up(match: VerificationCode, now: datetime) -> bool:
    """Mark the code, and every other of its purpose, as used; False when another post was faster."""
    used = update(VerificationCode).where(VerificationCode.used_at.is_(None)).values(used_at=now)
    won = changed(used.where(VerificationCode.id == match.id)) == 1
    if won:
        db.session.execute(
            used.where(
                VerificationCode.ticket_id == match.ticket_id,
                VerificationCode.purpose == match.purpose,
            )
        )
    return won


def _hash(ticket: Ticket, purpose: CodePurpose, plain: str) -> str:
    return vault.keyed_hash("code", ticket.store_id, ticket.id, purpose.value, plain)


def _mailbox(ticket: Ticket) -> str:
    return vault.keyed_hash("mailbox", ticket.contact_email_key)
