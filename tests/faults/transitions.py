"""Eight people work on one complaint at once, again and again: only legal steps happen, and the end has one winner.

What must hold for every complaint afterwards is what `tests/domain/test_transitions.py` asks after every single step.
"""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from functools import partial

from helpdesk import clock
from helpdesk.db import db, transaction
from helpdesk.domain import closing, complaints, review, tenancy, tickets, verification
from helpdesk.domain.errors import Refusal
from helpdesk.domain.permissions import Actor
from helpdesk.enums import ArchiveReason, CodePurpose, TicketKind
from helpdesk.models import Ticket
from tests.domain.lifelines import faults, miscounted
from tests.faults.shopper import together
from tests.faults.site import DATABASES, LUCK, Site, site
from tests.faults.verdict import Verdict, judge

COMPLAINTS = 30
PEOPLE = 8
STEPS = 8
Step = Callable[[Ticket, datetime], object]


def run(kind: str) -> Verdict:
    verdict = Verdict("transitions", kind)
    outcomes: Counter[str] = Counter()
    with site(kind) as here:
        with here.inside() as make:
            roles = ("platform_reviewer", "platform_admin", "agent", "store_manager")
            staff = [make.actor(role) for role in roles]
        for _ in range(COMPLAINTS):
            ticket_id, number, steps = _prepare(here, staff)
            _crowd(here, number, steps, outcomes, verdict)
            with here.inside():
                for fault in faults(db.session.get_one(Ticket, ticket_id)):
                    verdict.wrong(fault)
        with here.inside():
            for fault in miscounted():
                verdict.wrong(fault)
    verdict.tries = sum(outcomes.values())
    verdict.notes = dict(sorted(outcomes.items()))
    if not outcomes["ended"]:
        verdict.wrong("nobody closed anything: this run proves nothing")
    return verdict


def _prepare(here: Site, staff: list[Actor]) -> tuple[int, str, list[tuple[str, Step]]]:
    """A complaint, and everything that anybody might do with it; its customer has a code in hand."""
    with here.inside() as make:
        filed = make.complaint()
        customer = make.shopper(filed.ticket)
        with transaction():
            verification.issue(filed.ticket, CodePurpose.CLOSE, customer, now=clock.now())
        code = make.code(filed.ticket)
        reviewer, admin, *_store = staff
        steps: list[tuple[str, Step]] = [
            ("forwarded", lambda one, now: review.forward(one, "", reviewer, now=now)),
            ("responded", lambda one, now: complaints.respond(one, "Blue.", customer, now=now)),
            ("ended", lambda one, now: closing.close(one, code, customer, now=now)),
            ("ended", lambda one, now: closing.withdraw(one, code, customer, now=now)),
            (
                "archived",
                lambda one, now: review.archive(one, ArchiveReason.SPAM, "", admin, now=now),
            ),
            ("restored", lambda one, now: review.restore(one, admin, now=now)),
        ]
        steps += [("written", partial(_write, person)) for person in staff]
        return filed.ticket.id, filed.number, steps


def _write(person: Actor, ticket: Ticket, now: datetime) -> None:
    step = LUCK.choice((complaints.ask, complaints.answer))
    step(ticket, "Hello.", person, last_seen=None, now=now)


def _crowd(
    here: Site,
    number: str,
    steps: list[tuple[str, Step]],
    outcomes: Counter[str],
    verdict: Verdict,
) -> None:
    start = threading.Barrier(PEOPLE)

    def person() -> None:
        others = [one for one in steps if one[0] != "ended"]
        chosen = [*(LUCK.choice(others) for _ in range(STEPS - 1)), LUCK.choice(steps)]
        start.wait()
        for name, step in chosen:
            outcomes[_outcome(here, number, name, step, verdict)] += 1

    ended = outcomes["ended"]
    together([person] * PEOPLE)
    if outcomes["ended"] > ended + 1:
        verdict.doubled("the end of a complaint")


def _outcome(here: Site, number: str, name: str, step: Step, verdict: Verdict) -> str:
    """One step as a page takes it: the ticket is locked, then the clock is read."""
    with here.app.app_context(), tenancy.unscoped("an experiment"):
        try:
            with transaction():
                step(tickets.find(TicketKind.COMPLAINT, number), clock.now())
        except Refusal as refusal:
            return type(refusal).__name__
        except Exception as error:
            verdict.wrong(f"{name}: {type(error).__name__}: {error}"[:200])
            return "failed"
        return name


if __name__ == "__main__":
    judge(partial(run, kind) for kind in DATABASES)
