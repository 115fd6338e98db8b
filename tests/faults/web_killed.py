"""The web server's process is killed with SIGKILL before and after every commit of everything that people send.

Each form is sent again and again as a new one, killed at its first moment, its second and so on, until one is answered
(see `doomed`). Meanwhile other shoppers send complaints; whoever got no answer sends the same form again, as people do.
"""

import threading
import time
from collections import Counter
from functools import partial
from http.client import HTTPException

from sqlalchemy import func, select

from helpdesk.db import db
from helpdesk.models import Message, Ticket
from tests.faults.browser import Browser, Form
from tests.faults.deeds import DEEDS, SHOP, Deed
from tests.faults.shopper import Answer, Unacknowledged
from tests.faults.site import DATABASES, Site, site
from tests.faults.verdict import Verdict, judge
from tests.faults.whole import judge_whole
from tests.faults.worker_killed import Journal

ROUNDS = 1
BYSTANDERS = 2
PAUSE = 0.3
TRIES = 20
NO_ANSWER = (OSError, HTTPException)
"""What a client sees of a server that dies."""


def run(kind: str) -> Verdict:
    verdict = Verdict("web_killed", kind)
    with site(kind) as here:
        _start_doomed_web(here)
        journal, enough = Journal(here.folder / "acknowledged.jsonl"), threading.Event()
        bystanders = [
            threading.Thread(target=_complain, args=(here, journal, enough, number))
            for number in range(BYSTANDERS)
        ]
        for bystander in bystanders:
            bystander.start()
        try:
            for name in sorted(DEEDS) * ROUNDS:
                verdict.notes[f"moments of {name}"] = _kill_at_every_moment(here, name, verdict)
        finally:
            enough.set()
            for bystander in bystanders:
                bystander.join()
        here.stop()
        _judge_bystanders(here, journal, verdict)
        judge_whole(here, verdict)
    return verdict


def _start_doomed_web(here: Site) -> None:
    """As `flask up` does, but for the way to die, and that a new process is a copy of one that has booted."""
    here.start(
        *("gunicorn", "tests.faults.doomed:app", "--bind", f"127.0.0.1:{here.port}", "--preload"),
        *("--worker-class", "gthread", "--workers", "2", "--threads", "4"),
        *("--no-control-socket", "--log-level", "warning"),
    )
    here.wait_for_web()


def _kill_at_every_moment(here: Site, name: str, verdict: Verdict) -> int:
    """How often it was killed until there was no further moment."""
    for moment in range(1, 100):
        deed, what = _made(here, name), f"{name}, killed at moment {moment}"
        try:
            answer = deed.browser.send(deed.form, die_at=moment)
        except NO_ANSWER:
            verdict.tries += 1
        else:
            _judge_answer(deed, answer, what, verdict)
            return moment - 1
        with here.inside():
            already = bool(deed.effects())
        if already:
            deed.judge(here, f"{what}, before it is sent again", verdict)
        _judge_answer(deed, _send_until_answered(deed.browser, deed.form), what, verdict)
        deed.judge(here, what, verdict)
    raise RuntimeError(f"{name} never ends")


def _made(here: Site, name: str) -> Deed:
    """A fresh deed; the pages on the way to it may meet the process that was just killed."""
    for _try in range(TRIES):
        try:
            return DEEDS[name](here)
        except NO_ANSWER:
            time.sleep(PAUSE)
    raise RuntimeError("no server answers")


def _send_until_answered(browser: Browser, form: Form) -> Answer:
    for _try in range(TRIES):
        try:
            return browser.send(form)
        except NO_ANSWER:
            time.sleep(PAUSE)
    raise RuntimeError("no server answers")


def _judge_answer(deed: Deed, answer: Answer, what: str, verdict: Verdict) -> None:
    try:
        deed.acknowledged(answer)
    except Unacknowledged as error:
        verdict.wrong(f"{what}: it is answered {error}")


def _complain(here: Site, journal: Journal, enough: threading.Event, number: int) -> None:
    """Send complaints until it is enough; each until it is answered."""
    serial = 0
    while not enough.wait(PAUSE):
        serial += 1
        email, text = f"bystander{number}-{serial}@example.com", f"Complaint {number}-{serial}."
        browser = Browser(here.port)
        try:
            form = Form(f"{SHOP}/complaints/new", browser.complaint_form(email, text))
            answer = _send_or_again(browser, form, journal)
            answer.acknowledged("/complaints/sent")
            journal.keep(what="complaint", email=email, text=text)
        except NO_ANSWER:
            journal.keep(what="no page", email=email)
        except Unacknowledged as error:
            journal.keep(what="refused", email=email, why=str(error))


def _send_or_again(browser: Browser, form: Form, journal: Journal) -> Answer:
    try:
        return browser.send(form)
    except NO_ANSWER:
        journal.keep(what="no answer")
        return _send_until_answered(browser, form)


def _judge_bystanders(here: Site, journal: Journal, verdict: Verdict) -> None:
    for entry in journal.entries("refused"):
        verdict.wrong(f"a bystander was answered {entry['why']}")
    with here.inside():
        tickets = Counter(db.session.scalars(select(Ticket.contact_email)))
        texts = Counter(db.session.scalars(select(Message.body)))
        for entry in journal.entries("complaint"):
            verdict.once(tickets[entry["email"]], "complaint of a bystander")
            verdict.once(texts[entry["text"]], "text of a bystander")
        verdict.notes["tickets"] = db.session.scalar(select(func.count()).select_from(Ticket))
    verdict.notes["bystanders"] = len(journal.entries("complaint"))
    verdict.notes["of them without an answer at first"] = len(journal.entries("no answer"))


if __name__ == "__main__":
    judge(partial(run, kind) for kind in DATABASES)
