"""What notices inside the back office say: one sentence each, in both languages, from kept facts."""

import pytest
from sqlalchemy import select

from helpdesk import jobs
from helpdesk.channels import inapp
from helpdesk.channels.inapp import Told
from helpdesk.db import db
from helpdesk.enums import Channel, Lang, TicketStatus
from helpdesk.language import speaking
from helpdesk.models import Delivery
from helpdesk.views.backoffice.notifications import ICONS
from tests.fixtures.factory import Make
from tests.fixtures.mailbox import Mailbox
from tests.views.steps import Deliver

NOOR = {"en": "Noor", "ar": "نور"}
COMPLAINT = "CMP-1234-5674 (Damaged or wrong item)"
TICKET = {
    "number": "CMP-1234-5674",
    "store": NOOR,
    "type": "damaged",
    "due_at": "2025-05-06T11:27:00+00:00",
}
FACTS = {
    "complaint_closed": TICKET,
    "complaint_customer_reply": TICKET,
    "complaint_decided_store": TICKET,
    "complaint_forwarded": TICKET,
    "complaint_new_platform": {"count": 2, "stores": [NOOR]},
    "complaint_overdue": TICKET,
    "complaint_withdrawn": TICKET,
    "export_finished": {},
    "sla_warning": TICKET,
    "ticket_assigned": TICKET,
    "urgent_unassigned": {"count": 2, "stores": [NOOR], "numbers": ["CMP-1", "CMP-2"]},
}


def say(template: str, lang: Lang = Lang.EN, **facts: object) -> str:
    told = Told(facts=FACTS[template] | facts, lang=lang.value, zone="Asia/Riyadh")
    with speaking(lang.value):
        return inapp.sentence(template, told)


@pytest.mark.parametrize(
    ("template", "words"),
    [
        (
            "complaint_forwarded",
            f"Complaint {COMPLAINT} waits for your answer. Answer due 06 May 2025 2:27 PM.",
        ),
        ("complaint_customer_reply", "The customer replied in complaint CMP-1234-5674 (Noor)."),
        (
            "complaint_closed",
            "The customer accepted the resolution and closed complaint CMP-1234-5674.",
        ),
        (
            "complaint_decided_store",
            "Complaint CMP-1234-5674 was decided in your store's place, because its answer was late.",
        ),
        ("complaint_new_platform", "2 new complaints to review: Noor."),
        ("complaint_overdue", "Complaint CMP-1234-5674 (Noor) is overdue."),
        (
            "complaint_withdrawn",
            "The customer withdrew complaint CMP-1234-5674 (Noor). It needs no answer any more.",
        ),
        ("export_finished", "Your list is ready to download."),
        (
            "sla_warning",
            "Complaint CMP-1234-5674 (Noor) is due soon. Answer due 06 May 2025 2:27 PM.",
        ),
        (
            "urgent_unassigned",
            "2 urgent complaints have not been taken up by anybody: CMP-1 and CMP-2.",
        ),
        (
            "ticket_assigned",
            f"Complaint {COMPLAINT} is now yours. Answer due 06 May 2025 2:27 PM.",
        ),
    ],
)
def test_a_sentence_says_what_the_table_wants(make: Make, template: str, words: str) -> None:
    """Domain 2.6: number, type and due time; of a reply the number only."""
    assert make
    assert say(template).replace("\u202f", " ") == words


def test_every_notice_has_its_words_in_both_languages_and_its_icon(make: Make) -> None:
    assert make
    assert inapp._WRITERS.keys() == FACTS.keys() == ICONS.keys()
    for template in FACTS:
        assert all(say(template, lang).strip() for lang in Lang)


@pytest.mark.parametrize("template", ["complaint_forwarded", "ticket_assigned"])
def test_what_is_not_due_says_nothing_of_it(make: Make, template: str) -> None:
    assert make
    assert "due" not in say(template, due_at=None)


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (1, "1 new complaint to review: A."),
        (2, "2 new complaints to review: A and B."),
        (3, "3 new complaints to review: A, B, and C."),
        (4, "4 new complaints to review: A, B, C, and 1 more store."),
        (9, "9 new complaints to review: A, B, C, and 6 more stores."),
    ],
)
def test_a_digest_names_a_few_stores_and_counts_the_rest(
    make: Make, count: int, words: str
) -> None:
    assert make
    shops = [{"en": letter, "ar": letter} for letter in "ABCDEFGHI"[:count]]
    assert say("complaint_new_platform", count=count, stores=shops) == words


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (1, "1 urgent complaint has not been taken up by anybody: A."),
        (5, "5 urgent complaints have not been taken up by anybody: A, B, C, and 2 more."),
    ],
)
def test_a_list_of_urgent_ones_names_a_few_and_counts_the_rest(
    make: Make, count: int, words: str
) -> None:
    """C48."""
    assert make
    assert say("urgent_unassigned", count=count, numbers=list("ABC"[:count])) == words


def test_stores_with_long_names_do_not_stop_the_digest(make: Make, mailbox: Mailbox) -> None:
    """A title longer than its column is refused by PostgreSQL, and the worker would try for ever."""
    agent = make.user("platform_reviewer")
    for slug in ("noor", "najd", "reef", "sama"):
        make.complaint(store=make.store(slug, name_en=slug * 30))
    make.clock.move(minutes=15)
    jobs.minutely(make.clock)
    db.session.rollback()
    query = select(Delivery).where(Delivery.channel == Channel.IN_APP)
    (delivery,) = db.session.scalars(query)
    assert (delivery.recipient, len(delivery.subject)) == (agent.email, inapp.TITLE_LIMIT)
    assert "1 more store" in delivery.body_text
    mailbox.take()


def test_a_delivery_is_written_in_its_readers_language(
    make: Make, deliver: Deliver, mailbox: Mailbox
) -> None:
    """X-06: and under the name of the place where it is read."""
    make.user(lang=Lang.AR)
    filed = make.complaint(TicketStatus.PENDING_ADMIN)
    deliver()
    db.session.rollback()
    (delivery,) = db.session.scalars(select(Delivery).where(Delivery.channel == Channel.IN_APP))
    assert (delivery.lang, delivery.sender_name) == (Lang.AR, "متجر")
    assert filed.number in delivery.body_text
    assert "مايو" in delivery.body_text
    mailbox.take()
