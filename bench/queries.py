"""Hand-written SQL for each measured page: what somebody would write who wants nothing but this page."""

import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bench.driver import Driver, Row
from helpdesk import normalise

PAGE = 25
_COLUMNS = """
    SELECT t.number, t.contact_name, t.order_number_text, t.status, t.complaint_type, t.priority,
           t.waiting_since, t.due_at, u.name, s.name_en, t.last_public_message_at, t.id
    FROM ticket t JOIN store s ON s.id = t.store_id LEFT JOIN "user" u ON u.id = t.assignee_id
    WHERE t.kind = 'complaint' AND t.archived_at IS NULL
"""
_ORDER = " ORDER BY t.last_public_message_at DESC, t.id DESC LIMIT 25"
TICKET = """
    SELECT t.id, t.number, t.contact_name, t.contact_email, t.order_number_text, t.status,
           t.complaint_type, t.priority, t.created_at, t.due_at, u.name, s.name_en
    FROM ticket t JOIN store s ON s.id = t.store_id LEFT JOIN "user" u ON u.id = t.assignee_id
    WHERE t.store_id = %s AND t.number = %s
"""
MESSAGES = """
    SELECT m.author_type, u.name, m.body, m.created_at
    FROM thread r JOIN message m ON m.store_id = r.store_id AND m.thread_id = r.id
    LEFT JOIN "user" u ON u.id = m.author_user_id
    WHERE r.store_id = %s AND r.ticket_id = %s AND r.kind = 'main' ORDER BY m.id
"""
TICKET_IN = """
    INSERT INTO ticket (store_id, kind, number, source, contact_name, contact_email,
        contact_email_key, contact_lang, subject, complaint_type, status, waiting_since, priority,
        urgency, handler_team, version, created_at, last_public_message_at, reminded_days)
    VALUES (%s, 'complaint', %s, 'complaint_page', %s, %s, %s, 'en', 'Late delivery', 'late',
        'under_platform_review', %s, 'normal', 2, 'platform', 1, %s, %s, 0) RETURNING id
"""
THREAD_IN = """
    INSERT INTO thread (store_id, ticket_id, kind, created_at) VALUES (%s, %s, 'main', %s) RETURNING id
"""
MESSAGE_IN = """
    INSERT INTO message (store_id, thread_id, author_type, author_user_id, team, body, lang,
        created_at, released_at)
    VALUES (%s, %s, %s, %s, %s, %s, 'en', %s, %s) RETURNING id
"""
EVENT_IN = """
    INSERT INTO event (store_id, kind, subject_type, subject_id, ticket_id, became, actor_type,
        actor_id, actor_name, public, data, at)
    VALUES (%s, %s, 'ticket', %s, %s, %s, %s, %s, '', %s, %s, %s)
"""
ANSWERED = """
    UPDATE ticket SET status = 'pending_customer', waiting_since = %s, last_public_message_at = %s,
        version = version + 1 WHERE store_id = %s AND id = %s
"""
MAIN = "SELECT id FROM thread WHERE store_id = %s AND ticket_id = %s AND kind = 'main'"
FOUND_BY = "SELECT id FROM ticket WHERE store_id = %s AND number = %s"


@dataclass(frozen=True)
class Wanted:
    """What a list is asked for."""

    store_id: int | None = None
    status: str = ""
    assignee: str = ""
    after: str = ""
    q: str = ""


def listed(db: Driver, wanted: Wanted) -> list[Row]:
    """25 complaints, newest message first."""
    statement, values = _COLUMNS, []
    for condition, value in _conditions(db, wanted):
        statement += f" AND {condition}"
        values += value
    return db.rows(statement + _ORDER, *values, plan_once=not wanted.q)


def _conditions(db: Driver, wanted: Wanted) -> list[tuple[str, list[Any]]]:
    found: list[tuple[str, list[Any]]] = []
    if wanted.store_id is not None:
        found.append(("t.store_id = %s", [wanted.store_id]))
    if wanted.status:
        found.append(("t.status = %s", [wanted.status]))
    if wanted.assignee:
        found.append(("t.assignee_id = %s", [int(wanted.assignee)]))
    if wanted.after:
        micros, _, ticket_id = wanted.after.partition("-")
        at = db.moment(datetime.fromtimestamp(int(micros) / 1_000_000, UTC))
        found.append(("(t.last_public_message_at, t.id) < (%s, %s)", [at, int(ticket_id)]))
    if wanted.q:
        word = normalise.bare(normalise.folded(wanted.q))
        found.append((f"t.forwarded_at IS NOT NULL AND {db.match}", [db.asked(f"t{word}")]))
    return found


def said(db: Driver, store_id: int, number: str) -> tuple[Row, list[Row]] | None:
    """A complaint and its messages: two queries."""
    found = db.rows(TICKET, store_id, number)
    return (found[0], db.rows(MESSAGES, store_id, found[0][0])) if found else None


def submit(db: Driver, store_id: int, email: str, text: str) -> str:
    """Four inserts in one transaction; the new number."""
    number, now = f"CMP-{secrets.randbelow(10**12):012}", db.moment(datetime.now(UTC))
    who = ("Sara Haddad", email, email)
    with db.writing():
        ticket_id = db.rows(TICKET_IN, store_id, number, *who, now, now, now)[0][0]
        thread_id = db.rows(THREAD_IN, store_id, ticket_id, now)[0][0]
        db.rows(MESSAGE_IN, store_id, thread_id, "contact", None, None, text, now, now)
        became = ("complaint_submitted", ticket_id, ticket_id, "under_platform_review")
        db.rows(EVENT_IN, store_id, *became, "contact", None, True, "{}", now)
    return number


def reply(db: Driver, store_id: int, number: str, user_id: int, text: str) -> None:
    """Two look-ups, a message, an event and the ticket's new status."""
    now = db.moment(datetime.now(UTC))
    with db.writing():
        ticket_id = db.rows(FOUND_BY, store_id, number)[0][0]
        thread_id = db.rows(MAIN, store_id, ticket_id)[0][0]
        by = ("staff", user_id, "merchant")
        message_id = db.rows(MESSAGE_IN, store_id, thread_id, *by, text, now, now)[0][0]
        kind = ("complaint_answered", ticket_id, ticket_id, "pending_customer")
        data = json.dumps({"message_id": message_id})
        db.rows(EVENT_IN, store_id, *kind, "staff", user_id, True, data, now)
        db.rows(ANSWERED, now, now, store_id, ticket_id)
