"""What people do with one form, each ready to be sent, and how often the database shows that it was done."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, func, select

from helpdesk import vault
from helpdesk.db import db
from helpdesk.enums import CodePurpose, EventKind, TicketStatus
from helpdesk.models import Attachment, Event, Message, Ticket
from tests.faults.browser import Browser, Form
from tests.faults.shopper import Answer, Unacknowledged
from tests.faults.site import STORE, Site
from tests.faults.verdict import Verdict
from tests.fixtures.papers import picture

FILE = {"box.png": picture()}
SHOP = f"/s/{STORE}"
DESK = f"/desk/{STORE}/complaints"


@dataclass
class Deed:
    """A form that is filled in but not sent, and what it should do."""

    browser: Browser
    form: Form
    acknowledged: Callable[[Answer], object]
    """Raises Unacknowledged unless the answer says that it was done, and done to the right thing."""
    effects: Callable[[], Sequence[int]]
    """One entry for each time that it was done: how many files came with it."""
    files: int = 0

    def judge(self, here: Site, what: str, verdict: Verdict) -> None:
        """It was acknowledged, so it must be there once, with its files."""
        with here.inside():
            done = self.effects()
        verdict.once(len(done), what)
        if any(files != self.files for files in done):
            verdict.wrong(f"{what}: it has {done[0]} files instead of {self.files}")


def submission(here: Site) -> Deed:
    """A complaint with a picture, from a browser that was never here."""
    browser, text = Browser(here.port), _text("A complaint")
    email = f"{vault.new_token()[:16].strip('-_').lower()}@example.com"
    form = Form(f"{SHOP}/complaints/new", browser.complaint_form(email, text), FILE)

    def acknowledged(answer: Answer) -> None:
        answer.acknowledged("/complaints/sent")
        with here.inside():
            number = db.session.scalar(select(Ticket.number).where(Ticket.contact_email == email))
        if browser.receipt(email).number != number:
            raise Unacknowledged("the receipt has another number than the complaint")

    return Deed(browser, form, acknowledged, lambda: _messages(text), len(FILE))


def upload(here: Site) -> Deed:
    """A picture that a script sends ahead; the complaint that it is for is sent when it is acknowledged."""
    deed, text = submission(here), _text("A complaint")
    typed = {**deed.form.fields, "description": text}
    form = Form(f"{SHOP}/files", {"csrf_token": typed["csrf_token"]}, FILE)

    def acknowledged(answer: Answer) -> None:
        token = re.search(r'name="files-kept" value="([^"]+)"', answer.text)
        if answer.status != 201 or token is None:
            raise Unacknowledged(f"{answer.status} without a file that waits")
        complaint = Form(deed.form.path, {**typed, "files-kept": token.group(1)})
        deed.acknowledged(deed.browser.send(complaint))

    return replace(deed, form=form, acknowledged=acknowledged, effects=lambda: _messages(text))


def track(here: Site) -> Deed:
    """Number and tracking code, for which a code is sent."""
    browser = Browser(here.port)
    ticket, tracking_code = complaint(here, TicketStatus.UNDER_PLATFORM_REVIEW)
    form = Form(
        f"{SHOP}/track",
        browser.get(f"{SHOP}/track").fields("tracking_code")
        | {"number": ticket.number, "tracking_code": tracking_code},
    )
    return Deed(
        browser,
        form,
        lambda answer: answer.acknowledged("/track/verify"),
        lambda: _codes(ticket, CodePurpose.VIEW),
    )


def prove(here: Site) -> Deed:
    """The code that opens the complaint."""
    browser = Browser(here.port)
    ticket, tracking_code = complaint(here, TicketStatus.UNDER_PLATFORM_REVIEW)
    browser.track(ticket.number, tracking_code)
    path = f"{SHOP}/track/verify"
    form = Form(path, browser.code_form(path, _code(here, ticket)))
    page = f"/complaints/{ticket.number}"

    def acknowledged(answer: Answer) -> None:
        answer.acknowledged(page)
        if browser.get(f"{SHOP}{page}").status != 200:
            raise Unacknowledged("the complaint does not open")

    return Deed(
        browser, form, acknowledged, lambda: _facts(Event.kind == EventKind.CONTACT_PROVEN, ticket)
    )


def reply(here: Site) -> Deed:
    """A proven customer's reply with a picture."""
    browser, ticket = proven(here, TicketStatus.PENDING_CUSTOMER)
    text, path = _text("A reply"), f"{SHOP}/complaints/{ticket.number}"
    form = Form(f"{path}/reply", browser.get(path).fields("text") | {"text": text}, FILE)
    return Deed(
        browser,
        form,
        lambda answer: answer.acknowledged(path),
        lambda: _messages(text),
        len(FILE),
    )


def staff_reply(here: Site) -> Deed:
    """The store's answer with a picture."""
    ticket, _tracking_code = complaint(here, TicketStatus.PENDING_ADMIN)
    return staff_writes(agent(here), ticket)


def staff_writes(browser: Browser, ticket: Ticket) -> Deed:
    """What this colleague answers in this complaint, as it stands now."""
    text, path = _text("An answer"), f"{DESK}/{ticket.number}"
    form = Form(f"{path}/reply", browser.get(path).fields("text") | {"text": text}, FILE)
    return Deed(
        browser,
        form,
        lambda answer: answer.acknowledged(path),
        lambda: _messages(text),
        len(FILE),
    )


def ask_to_close(here: Site) -> Deed:
    """**Yes**, for which a code is sent."""
    browser, ticket = proven(here, TicketStatus.PENDING_CUSTOMER)
    path = f"{SHOP}/complaints/{ticket.number}/close"
    return Deed(
        browser,
        Form(path, browser.get(path).fields("reason")),
        lambda answer: answer.acknowledged("/close/code"),
        lambda: _codes(ticket, CodePurpose.CLOSE),
    )


def close(here: Site) -> Deed:
    """The code that closes an answered complaint."""
    return _ending(here, TicketStatus.PENDING_CUSTOMER, EventKind.COMPLAINT_CLOSED)


def withdraw(here: Site) -> Deed:
    """The code that ends a complaint that nobody has answered."""
    return _ending(here, TicketStatus.PENDING_ADMIN, EventKind.COMPLAINT_WITHDRAWN)


DEEDS: dict[str, Callable[[Site], Deed]] = {
    one.__name__: one
    for one in (
        *(submission, upload, track, prove, reply, staff_reply),
        *(ask_to_close, close, withdraw),
    )
}


def agent(here: Site) -> Browser:
    """The browser of a new colleague of the store, signed in."""
    with here.inside() as make:
        email = make.user("agent", make.store(STORE)).email
    return Browser(here.port).sign_in(email)


def proven(here: Site, status: TicketStatus) -> tuple[Browser, Ticket]:
    """A complaint in this status, and the browser of its customer. (No worker runs that would take the code.)"""
    browser = Browser(here.port)
    ticket, tracking_code = complaint(here, status)
    browser.track(ticket.number, tracking_code)
    browser.prove(ticket.number, _code(here, ticket))
    return browser, ticket


def _ending(here: Site, status: TicketStatus, kind: EventKind) -> Deed:
    browser, ticket = proven(here, status)
    browser.ask_to_close(ticket.number)
    path = f"{SHOP}/complaints/{ticket.number}"
    form = Form(f"{path}/close/code", browser.code_form(f"{path}/close/code", _code(here, ticket)))
    return Deed(
        browser,
        form,
        lambda answer: answer.acknowledged(path),
        lambda: _facts(Event.kind == kind, ticket),
    )


def complaint(here: Site, status: TicketStatus) -> tuple[Ticket, str]:
    """A complaint in this status, and its tracking code."""
    with here.inside() as make:
        filed = make.complaint(status, make.store(STORE))
        db.session.refresh(filed.ticket)
        db.session.expunge(filed.ticket)
        return filed.ticket, filed.tracking_code


def _code(here: Site, ticket: Ticket) -> str:
    with here.inside() as make:
        return make.code(ticket)


def _text(what: str) -> str:
    """One that no other form has."""
    return f"{what}: {vault.new_token()}"


def _messages(text: str) -> list[int]:
    files = select(func.count()).where(Attachment.message_id == Message.id).scalar_subquery()
    return list(db.session.scalars(select(files).where(Message.body == text)))


def _facts(condition: ColumnElement[bool], ticket: Ticket) -> list[int]:
    query = select(Event.id).where(Event.ticket_id == ticket.id, condition)
    return [0 for _event in db.session.scalars(query)]


def _codes(ticket: Ticket, purpose: CodePurpose) -> list[int]:
    query = select(Event).where(Event.ticket_id == ticket.id, Event.kind == EventKind.CODE_ISSUED)
    return [0 for event in db.session.scalars(query) if event.data["purpose"] == purpose]
