"""The mail server refuses, is slow, hangs, drops the line or talks nonsense at every stage of a mail.

Up to ten mails meet each mood. What may work later is tried again with growing waits until the mood has passed; what
will never work is set aside where operators see it; nobody gets a mail twice, but where the server took it and nothing
was heard: those come again under the same Message-ID. The clock is moved, so that the waits cost no time.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from urllib.parse import urljoin

from sqlalchemy import select

from helpdesk import clock, jobs, vault
from helpdesk.channels import email
from helpdesk.db import db
from helpdesk.enums import DeliveryStatus
from helpdesk.models import Delivery
from tests.faults.browser import Browser
from tests.faults.site import DATABASES, STORE, Site, site
from tests.faults.verdict import Verdict, judge
from tests.fixtures.clock import Clock
from tests.fixtures.mailbox import Mail
from tests.fixtures.moody import Mood, MoodyServer
from tests.fixtures.pages import Page

DELIVERIES = "/platform/deliveries/"
NOBODY_LISTENS = 1
D = DeliveryStatus
PATIENCE = 1
"""Seconds that a silent server is waited for here; in real life it is `email.TIMEOUT_SECONDS`."""
WAITS = (1, 2, 4)
"""Minutes between the first tries."""
LONGEST_WAIT = 4 * 60
GIVES_UP = timedelta(hours=72)


@dataclass(frozen=True)
class Case:
    """A mood, and what becomes of the mails that meet it."""

    name: str
    mood: Mood
    ends: DeliveryStatus
    """After the first try."""
    mails: int = 3
    one: bool = False
    """Only one of them meets it."""
    undecidable: bool = False
    """The server has taken the mail, and nobody here can know."""
    refuses: bool = False
    """Nobody listens at all."""


def _codes() -> Iterator[Case]:
    """Three refusals at every stage. Before a mail is named, a 5xx is about us, and may be mended."""
    for stage in ("greeting", "ehlo", "mail", "rcpt", "data", "body"):
        for code in ("421", "451", "554"):
            final = code == "554" and stage not in {"greeting", "ehlo"}
            ends = D.PERMANENT_FAILURE if final else D.TEMPORARY_FAILURE
            yield Case(f"{code} at {stage}", Mood({stage: f"{code} no"}), ends)


LATER, NEVER = D.TEMPORARY_FAILURE, D.PERMANENT_FAILURE
CASES = (
    Case("refused connection", Mood(), LATER, refuses=True),
    Case("slow", Mood(slow=0.05), D.SENT),
    *_codes(),
    Case("silent from the start", Mood({"greeting": "hang"}), LATER, mails=2),
    Case("hangs after the mail", Mood({"body": "hang"}), LATER, mails=2, undecidable=True),
    Case("drops after the mail", Mood({"body": "drop"}), LATER, undecidable=True),
    Case("drops in the middle of the mail", Mood(half=True), LATER),
    Case("drops after its yes", Mood({"quit": "drop"}), D.SENT),
    Case("hangs after its yes", Mood({"quit": "hang"}), D.SENT, mails=2),
    Case("421 after its yes", Mood({"quit": "421 no"}), D.SENT),
    Case("one bad recipient of ten", Mood({"rcpt": "550 nobody"}), NEVER, mails=10, one=True),
    Case("one full mailbox of ten", Mood({"rcpt": "452 full"}), LATER, mails=10, one=True),
    Case("our password is wrong", Mood({"auth": "535 wrong"}), LATER),
    Case("nonsense at the greeting", Mood({"greeting": "\x16\x03\x01"}), LATER),
    Case("nonsense at the mail", Mood({"body": "HTTP/1.1 400"}), LATER),
    Case("nonsense instead of TLS", Mood(tls=True), LATER),
)


def run(kind: str) -> Verdict:
    verdict = Verdict("mail_moods", kind)
    server = MoodyServer()
    email.TIMEOUT_SECONDS, patience = PATIENCE, email.TIMEOUT_SECONDS
    try:
        with site(kind, None, MAIL_SERVER=server.host, MAIL_PORT=str(server.port)) as here:
            set_aside = [Meeting(here, server, case, verdict).hold() for case in CASES]
            _judge_giving_up(here, server, verdict)
            _judge_pages(here, [one for one in set_aside if one], verdict)
    finally:
        email.TIMEOUT_SECONDS = patience
        server.close()
    verdict.notes["moods"] = len(CASES)
    return verdict


class Meeting:
    """Some mails meet one mood: twice where it may pass, then peace, then long after."""

    def __init__(self, here: Site, server: MoodyServer, case: Case, verdict: Verdict) -> None:
        server.mood, server.taken[:] = Mood(), []
        self.here, self.server, self.case, self.verdict = here, server, case, verdict
        self.clock = Clock(clock.now())
        self.codes = write_mails(here, case.mails)
        self.bad = list(self.codes)[: 1 if case.one else case.mails]
        verdict.tries += case.mails

    def hold(self) -> str:
        """The recipient of a mail that was set aside, if there is one."""
        tries = 2 if self.case.ends is LATER else 1
        with self._mood():
            for done in range(1, tries + 1):
                self._deliver()
                self._judge_try(done)
                self._judge_patience(done)
        self._deliver()
        self.clock.move(days=4)
        self._deliver()
        self._judge_end(tries)
        return self.bad[0] if self.case.ends is NEVER else ""

    @contextmanager
    def _mood(self) -> Iterator[None]:
        mail = self.here.app.extensions["mail"]
        mood = replace(self.case.mood, to=self.bad[0] if self.case.one else "")
        self.server.mood, mail.use_tls = mood, mood.tls
        if "auth" in mood.says:
            mail.username, mail.password = "desk", "old"
        if self.case.refuses:
            mail.port = NOBODY_LISTENS
        yield
        self.server.mood, mail.use_tls, mail.port = Mood(), False, self.server.port
        mail.username = mail.password = None

    def _deliver(self) -> None:
        with self.here.app.app_context():
            jobs.deliver(self.clock)

    def _judge_try(self, tries: int) -> None:
        for row in rows(self.here, self.codes):
            ends = self.case.ends if row.recipient in self.bad else D.SENT
            if row.status is not ends:
                self._wrong(f"a mail is {row.status} after {tries} tries, {row.last_error}")
            elif ends is LATER and row.run_at != self.clock() + timedelta(minutes=WAITS[tries - 1]):
                self._wrong(f"a mail is tried again at {row.run_at - self.clock()}")
            if (ends is D.SENT) is bool(row.last_error) or (row.secret is None) is (ends is LATER):
                self._wrong(f"a mail that is {ends} says {row.last_error!r}")

    def _judge_patience(self, tries: int) -> None:
        """Nothing is tried before its time."""
        self.clock.move(minutes=WAITS[tries - 1], seconds=-1)
        before = self.server.calls
        self._deliver()
        if self.server.calls != before or any(
            one.attempts > tries for one in rows(self.here, self.bad)
        ):
            self._wrong("a mail is tried again too early")
        self.clock.move(seconds=1)

    def _judge_end(self, tries: int) -> None:
        copies: dict[str, list[Mail]] = defaultdict(list)
        for mail in self.server.taken:
            copies[mail.to[0]].append(mail)
        for row in rows(self.here, self.codes):
            self._judge_mail(row, copies.pop(row.recipient, []), tries)
        for stranger in copies:
            self._wrong(f"a mail went to {stranger}")

    def _judge_mail(self, row: Delivery, copies: list[Mail], tries: int) -> None:
        if row.recipient in self.bad and self.case.ends is NEVER:
            if row.status is not NEVER or copies:
                self._wrong(f"a mail that never works is {row.status}, {len(copies)} times sent")
            return
        expected = tries + 1 if self.case.undecidable else 1
        if len(copies) > expected:
            self.verdict.doubled(f"{self.case.name}: mail ×{len(copies)}")
        if row.status is not D.SENT or len(copies) < expected:
            self.verdict.lost(f"{self.case.name}: mail, {row.status}")
        if {one.message["Message-ID"] for one in copies} - {f"<{row.message_id}>"}:
            self._wrong("a copy has another Message-ID")
        if any(self.codes[row.recipient] not in one.text for one in copies):
            self._wrong("a mail lacks its code")

    def _wrong(self, what: str) -> None:
        self.verdict.wrong(f"{self.case.name}: {what}")


def write_mails(here: Site, count: int) -> dict[str, str]:
    """Complaints whose acknowledgements are to be sent: their mailboxes, and the code in each mail."""
    with here.inside() as make:
        filed = [make.complaint(store=make.store(STORE)) for _ in range(count)]
        return {one.email: vault.shown_tracking_code(one.tracking_code) for one in filed}


def rows(here: Site, recipients: Iterable[str]) -> list[Delivery]:
    with here.inside():
        query = select(Delivery).where(Delivery.recipient.in_(list(recipients)))
        return list(db.session.scalars(query))


def _judge_giving_up(here: Site, server: MoodyServer, verdict: Verdict) -> None:
    """A refusal that would be temporary lasts: ever longer waits, four hours at the most, for three days."""
    here_time = Clock(clock.now())
    began, waits, mailbox = here_time(), [], write_mails(here, 1)
    server.mood = Mood({"body": "451 no"})
    verdict.tries += 1
    while True:
        with here.app.app_context():
            jobs.deliver(here_time)
        [row] = rows(here, mailbox)
        if row.status is not LATER:
            break
        waits.append(round((row.run_at - here_time()).total_seconds() / 60))
        here_time.set(row.run_at)
    if waits != [min(2**n, LONGEST_WAIT) for n in range(len(waits))]:
        verdict.wrong(f"the waits are {waits} minutes")
    if row.status is not NEVER or not GIVES_UP <= here_time() - began < GIVES_UP + timedelta(
        hours=4
    ):
        verdict.wrong(f"a mail is {row.status} after {here_time() - began}")
    verdict.notes["tries before giving up"] = row.attempts


def _judge_pages(here: Site, set_aside: list[str], verdict: Verdict) -> None:
    """Operators find what was set aside, and why, with a way to try it again."""
    with here.inside() as make:
        address = make.user("platform_admin").email
    here.start_web(processes=1, threads=2)
    operator = Browser(here.port).sign_in(address)
    for recipient in set_aside:
        found = Page(operator.get(f"{DELIVERIES}?status={NEVER}&q={recipient}").text)
        links = [urljoin(DELIVERIES, one.get("href")) for one in found.root.all("a")]
        pages = [link for link in links if re.search(rf"{DELIVERIES}\d+([?#]|$)", link)]
        text = Page(operator.get(pages[0]).text).text if pages else ""
        if "The last attempt failed" not in text:
            verdict.wrong("a mail that was set aside is not shown in Deliveries")
    verdict.notes["found in Deliveries"] = len(set_aside)


if __name__ == "__main__":
    judge(partial(run, kind) for kind in DATABASES)
