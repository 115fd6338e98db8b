"""A form that is sent 50 times at once, with one idempotency token, has one effect and one answer."""

import re
from collections.abc import Callable
from functools import partial

from sqlalchemy import func, select

from helpdesk.db import db
from helpdesk.models import Message, Ticket
from tests.faults.shopper import Answer, Shopper, by_status
from tests.faults.site import DATABASES, STORE, Site, site
from tests.faults.verdict import Verdict, judge

CLICKS = 50
ROUNDS = 4
TEXT = "The bottle arrived broken and the box was wet inside."


def run(kind: str, play: Callable[[Site, Verdict, int], list[Answer]], name: str) -> Verdict:
    verdict = Verdict(f"double_click: {name}", kind)
    with site(kind) as here:
        here.start_web(processes=4, threads=8)
        answers = [answer for number in range(ROUNDS) for answer in play(here, verdict, number)]
        for line in here.complaints_in_logs():
            verdict.wrong(line)
    verdict.tries = len(answers)
    verdict.notes["answers"] = by_status(answers)
    return verdict


def first_visit(here: Site, verdict: Verdict, number: int) -> list[Answer]:
    """The browser has never posted anything before."""
    return _complain(Shopper(here.port), here, verdict, f"first{number}@example.com")


def returning(here: Site, verdict: Verdict, number: int) -> list[Answer]:
    """The browser has sent another complaint before."""
    shopper = Shopper(here.port)
    shopper.submit(f"before{number}@example.com", TEXT)
    return _complain(shopper, here, verdict, f"returning{number}@example.com")


def reply(here: Site, verdict: Verdict, number: int) -> list[Answer]:
    """A proven browser sends one reply."""
    shopper = Shopper(here.port)
    receipt = shopper.submit(f"reply{number}@example.com", TEXT)
    shopper.track(receipt.number, receipt.tracking_code)
    with here.inside() as make:
        ticket = db.session.scalars(select(Ticket).where(Ticket.number == receipt.number)).one()
        code = make.code(ticket)
    shopper.prove(receipt.number, code)
    text = f"One reply, many clicks: {number}"
    path = f"/s/{STORE}/complaints/{receipt.number}"
    form = shopper.get(path).fields("text") | {"text": text}
    answers = shopper.post_together(f"{path}/reply", [form] * CLICKS)
    for answer in answers:
        if answer.status != 303:
            verdict.wrong(f"a click was answered {answer.status}")
    with here.inside():
        query = select(func.count()).select_from(Message).where(Message.body == text)
        verdict.once(db.session.scalar(query) or 0, "reply of one form")
    return answers


def _complain(shopper: Shopper, here: Site, verdict: Verdict, email: str) -> list[Answer]:
    form = shopper.complaint_form(email, TEXT)
    answers = shopper.post_together(f"/s/{STORE}/complaints/new", [form] * CLICKS)
    with here.inside():
        written = list(
            db.session.scalars(select(Ticket.number).where(Ticket.contact_email == email))
        )
    verdict.once(len(written), "complaint of one form")
    for answer in answers:
        told = _number_told(here, answer)
        if told not in written[:1]:
            verdict.wrong(
                f"a click was answered {answer.status} with {'another' if told else 'no'} number"
            )
    return answers


def _number_told(here: Site, answer: Answer) -> str | None:
    """The number that the browser would show after this answer."""
    if answer.status != 303:
        return None
    page = Shopper(here.port, dict(answer.cookies)).get(f"/s/{STORE}/complaints/sent").text
    found = re.search(r"CMP-\d{4}-\d{4}", page)
    return found.group() if found else None


if __name__ == "__main__":
    plays = {
        "complaint, first visit": first_visit,
        "complaint, known browser": returning,
        "reply": reply,
    }
    judge(partial(run, kind, play, name) for name, play in plays.items() for kind in DATABASES)
