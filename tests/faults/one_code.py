"""The same right code, posted 50 times at once by one browser as 50 different forms, works once."""

from collections.abc import Callable
from functools import partial

from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import func, select

from helpdesk import vault
from helpdesk.db import db
from helpdesk.enums import CodePurpose, EventKind, TicketStatus
from helpdesk.models import AccessGrant, Event, Ticket, VerificationCode
from tests.faults.shopper import Answer, Shopper, by_status
from tests.faults.site import DATABASES, STORE, Site, site
from tests.faults.verdict import Verdict, judge

POSTS = 50
ROUNDS = 4


def run(kind: str, play: Callable[[Site, Verdict], list[Answer]], name: str) -> Verdict:
    verdict = Verdict(f"one_code: {name}", kind)
    with site(kind) as here:
        here.start_web(processes=4, threads=8)
        answers = [answer for _ in range(ROUNDS) for answer in play(here, verdict)]
        for line in here.complaints_in_logs():
            verdict.wrong(line)
    for answer in answers:
        if answer.status >= 500:
            verdict.wrong(f"a post was answered {answer.status}")
    verdict.tries = len(answers)
    verdict.notes["answers"] = by_status(answers)
    return verdict


def view(here: Site, verdict: Verdict) -> list[Answer]:
    """One post opens the complaint; its browser, and only its, may read it then."""
    shopper, number, code = _tracking(here, TicketStatus.UNDER_PLATFORM_REVIEW)
    path = f"/s/{STORE}/track/verify"
    answers = shopper.post_together(path, _different(shopper.code_form(path, code)))
    page = f"/complaints/{number}"
    winners = [
        answer for answer in answers if answer.status == 303 and answer.location.endswith(page)
    ]
    verdict.once(len(winners), "success of a view code")
    for winner in winners:
        if Shopper(here.port, dict(winner.cookies)).get(f"/s/{STORE}{page}").status != 200:
            verdict.wrong("the winner cannot read the complaint")
    if shopper.get(f"/s/{STORE}{page}").status != 303:
        verdict.wrong("a browser with the old cookie can read the complaint")
    with here.inside():
        ticket = _ticket(number)
        grants = select(func.count()).select_from(AccessGrant)
        found = db.session.scalar(grants.where(AccessGrant.ticket_id == ticket.id)) or 0
        verdict.once(found, "grant of a view code")
        _judge_facts(ticket, EventKind.CONTACT_PROVEN, CodePurpose.VIEW, verdict)
    return answers


def close(here: Site, verdict: Verdict) -> list[Answer]:
    """One post closes the complaint and is thanked for it."""
    shopper, number, code = _tracking(here, TicketStatus.PENDING_CUSTOMER)
    shopper.prove(number, code)
    shopper.ask_to_close(number)
    with here.inside() as make:
        code = make.code(_ticket(number))
    path = f"/s/{STORE}/complaints/{number}/close/code"
    answers = shopper.post_together(path, _different(shopper.code_form(path, code)))
    verdict.once(sum(_thanked(here, answer) for answer in answers), "thanks for closing")
    with here.inside():
        ticket = _ticket(number)
        if ticket.status is not TicketStatus.CLOSED:
            verdict.lost("the complaint is not closed")
        _judge_facts(ticket, EventKind.COMPLAINT_CLOSED, CodePurpose.CLOSE, verdict)
    return answers


def _tracking(here: Site, status: TicketStatus) -> tuple[Shopper, str, str]:
    """A browser that has asked for a view code, and that code. (No worker runs, so no mail has taken it yet.)"""
    shopper = Shopper(here.port)
    with here.inside() as make:
        email = f"{vault.new_token()[:12].strip('-_')}@example.com"
        filed = make.complaint(status, make.store(STORE), email=email)
        number, tracking_code = filed.number, filed.tracking_code
    shopper.track(number, tracking_code)
    with here.inside() as make:
        return shopper, number, make.code(_ticket(number))


def _ticket(number: str) -> Ticket:
    return db.session.scalars(select(Ticket).where(Ticket.number == number)).one()


def _different(form: dict[str, str]) -> list[dict[str, str]]:
    return [form | {"idempotency": vault.new_token()} for _ in range(POSTS)]


def _judge_facts(ticket: Ticket, kind: EventKind, purpose: CodePurpose, verdict: Verdict) -> None:
    events = select(func.count()).select_from(Event).where(Event.ticket_id == ticket.id)
    verdict.once(db.session.scalar(events.where(Event.kind == kind)) or 0, f"event {kind}")
    codes = select(VerificationCode).where(
        VerificationCode.ticket_id == ticket.id, VerificationCode.purpose == purpose
    )
    if any(code.used_at is None for code in db.session.scalars(codes)):
        verdict.wrong(f"a {purpose} code is still unused")


def _thanked(here: Site, answer: Answer) -> bool:
    """Whether the cookie of this answer carries the sentence for who closed it."""
    opener = SecureCookieSessionInterface().get_signing_serializer(here.app)
    assert opener is not None
    cookie = opener.loads(answer.cookies["helpdesk"])
    return any(
        category == "success" and "closed" in text for category, text in cookie.get("_flashes", [])
    )


if __name__ == "__main__":
    plays = {"view": view, "close": close}
    judge(partial(run, kind, play, name) for name, play in plays.items() for kind in DATABASES)
