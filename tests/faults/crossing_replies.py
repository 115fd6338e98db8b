"""Two people act on one complaint in the same moment: no text is lost, and nothing happens that the rules do not know.

Two colleagues answer at once: the second is shown what the first wrote, with the own text still there, and sends it
again. Or a colleague answers while the customer closes or withdraws: the end stands, and a text that came too late
comes back to its writer.
"""

import threading
import time
from collections import Counter
from functools import partial

from helpdesk.db import db
from helpdesk.enums import TicketStatus
from helpdesk.models import Ticket
from tests.faults.browser import Browser
from tests.faults.deeds import Deed, agent, close, complaint, staff_writes, withdraw
from tests.faults.shopper import TIMEOUT_SECONDS, Answer, Unacknowledged, together
from tests.faults.site import DATABASES, LUCK, Site, site
from tests.faults.verdict import Verdict, judge
from tests.faults.whole import judge_whole
from tests.fixtures.pages import Page

ROUNDS, ENDINGS_MET = 50, 20
HEAD_START = 0.25
"""Seconds; an answer brings a file and is slower than a code."""
ENDINGS = {"close": close, "withdraw": withdraw}


def run(kind: str) -> Verdict:
    verdict = Verdict("crossing_replies", kind)
    seen: Counter[str] = Counter()
    with site(kind) as here:
        here.start_web(processes=2, threads=4)
        first, second = agent(here), agent(here)
        for _round in range(ROUNDS):
            seen[_two_answers(here, first, second, verdict)] += 1
        for round_ in range(ENDINGS_MET):
            name = sorted(ENDINGS)[round_ % len(ENDINGS)]
            seen[_answer_and_end(here, first, name, verdict)] += 1
        here.stop()
        judge_whole(here, verdict)
    if len(seen) < 1 + len(ENDINGS):
        verdict.wrong("nobody met anybody: this run proves nothing")
    verdict.tries = ROUNDS + ENDINGS_MET
    verdict.notes.update(seen)
    return verdict


def _two_answers(here: Site, first: Browser, second: Browser, verdict: Verdict) -> str:
    ticket, _code = complaint(here, TicketStatus.PENDING_ADMIN)
    deeds = [staff_writes(browser, ticket) for browser in (first, second)]
    answers = _at_once(deeds)
    statuses = sorted(answer.status for answer in answers)
    if statuses != [303, 409]:
        verdict.wrong(f"two answers at once were answered {statuses}")
        return f"{statuses}"
    late = 0 if answers[0].status == 409 else 1
    _send_again(deeds[late], answers[late], deeds[1 - late], verdict)
    for deed in deeds:
        deed.judge(here, "answer of one of two colleagues", verdict)
    return "second told"


def _send_again(late: Deed, told: Answer, early: Deed, verdict: Verdict) -> None:
    """From the page that came back: it shows the other's text, and one's own stands in the field with its file."""
    fields = told.fields("text")
    if early.form.fields["text"] not in Page(told.text).text:
        verdict.wrong("the second is not shown what the first wrote")
    if fields["text"].strip() != late.form.fields["text"]:
        verdict.lost("text of the second, from its field")
    try:
        late.acknowledged(late.browser.post(late.form.path, fields))
    except Unacknowledged as error:
        verdict.wrong(f"the second sends again and is answered {error}")


def _answer_and_end(here: Site, colleague: Browser, name: str, verdict: Verdict) -> str:
    end = ENDINGS[name](here)
    number = end.form.path.split("/")[4]
    with here.inside() as make:
        ticket = make.find(number)
    reply = staff_writes(colleague, ticket)
    ended, replied = _at_once([end, reply], HEAD_START)
    try:
        end.acknowledged(ended)
    except Unacknowledged as error:
        verdict.wrong(f"{name} is answered {error}")
    _judge_end(here, end, ticket, verdict)
    if replied.status == 303:
        reply.judge(here, f"answer just before {name}", verdict)
        return f"answer before {name}"
    if replied.status != 409 or reply.form.fields["text"] not in replied.text:
        verdict.lost(f"text of an answer that came after {name}, answered {replied.status}")
    with here.inside():
        if reply.effects():
            verdict.wrong(f"an answer was refused because of {name} and is there")
    return f"{name} before answer"


def _judge_end(here: Site, end: Deed, ticket: Ticket, verdict: Verdict) -> None:
    with here.inside():
        verdict.once(len(end.effects()), "end of a complaint")
        status = db.session.get_one(Ticket, ticket.id).status
    if status is not TicketStatus.CLOSED:
        verdict.lost(f"end of a complaint that is {status}")


def _at_once(deeds: list[Deed], head_start: float = 0) -> list[Answer]:
    """The answers; with a head start, the first waits so long at the most, so that either may win."""
    start = threading.Barrier(len(deeds))
    answers: dict[int, Answer] = {}

    def send(at: int) -> None:
        start.wait(timeout=TIMEOUT_SECONDS)
        time.sleep(LUCK.uniform(0, head_start) if at == 0 else 0)
        answers[at] = deeds[at].browser.send(deeds[at].form)

    together([partial(send, at) for at in range(len(deeds))])
    return [answers[at] for at in range(len(deeds))]


if __name__ == "__main__":
    judge(partial(run, kind) for kind in DATABASES)
