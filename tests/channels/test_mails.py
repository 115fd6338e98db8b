"""Every mail there is: what it must carry, and what it must never carry (S1-52, X-06, security: 5)."""

from collections.abc import Callable
from html.parser import HTMLParser

import pytest

from helpdesk import normalise
from helpdesk.channels import letters
from helpdesk.db import transaction
from helpdesk.domain import complaints, members, review, tickets, timeline
from helpdesk.enums import CodePurpose, EventKind, Lang, TicketStatus
from helpdesk.vault import shown_tracking_code
from tests.channels.test_access_letters import TEMPLATES as OF_ACCESS
from tests.channels.test_clock_mails import TEMPLATES
from tests.fixtures.factory import Filed, Make
from tests.fixtures.mailbox import Mail, Mailbox

S = TicketStatus
CANARIES = {
    "name": "Canary-Name",
    "description": "Canary-Description of what happened, long enough to be one.",
    "order_number": "Canary-Order",
    "phone": "+966559998877",
}
STORE_EN, STORE_AR = "Noor", "متجر"
SUBJECTS_WITHOUT_NUMBER = {"password_reset", "password_changed", "complaint_new_platform"}


class Links(HTMLParser):
    """The addresses a mail leads to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in {"href", "src"}]


def story(make: Make, lang: Lang) -> Filed:
    """A complaint through all its moves, so that every mail about one is written."""
    agent = make.user("agent", lang=lang)
    reviewer = make.user("platform_reviewer", lang=lang)
    owner = make.actor("store_owner")
    filed = make.complaint(lang=lang, **CANARIES)
    ticket, shopper, now = filed.ticket, make.shopper(filed.ticket), make.clock()
    make.issue(ticket, CodePurpose.VIEW, shopper)
    at_platform, in_store = make.acting(reviewer), make.acting(agent)
    for step in (
        lambda: complaints.ask(ticket, "Canary-Ask", at_platform, last_seen=None, now=now),
        lambda: complaints.respond(ticket, "Canary-Respond", shopper, now=now),
        lambda: review.forward(ticket, "Canary-Note", at_platform, now=now),
        lambda: tickets.assign(ticket, agent.id, owner, now=now),
        lambda: complaints.answer(ticket, "Canary-Answer", in_store, last_seen=None, now=now),
        lambda: complaints.answer(ticket, "Canary-Supplement", in_store, last_seen=None, now=now),
        lambda: complaints.respond(ticket, "Canary-Again", shopper, now=now),
    ):
        with transaction():
            step()
    make.release()
    make.close(ticket)
    with transaction():
        self = members.as_self(agent, ip_hash="ip")
        data = {"expires_at": make.clock.now.replace(hour=23).isoformat()}
        timeline.record(
            EventKind.PASSWORD_RESET_ASKED, self, agent, now=now, data=data, secret="canarylink"
        )
        timeline.record(EventKind.PASSWORD_CHANGED, self, agent, now=now)
    return filed


@pytest.fixture(params=Lang)
def lang(request: pytest.FixtureRequest) -> Lang:
    return Lang(request.param)


@pytest.fixture
def filed(make: Make, lang: Lang) -> Filed:
    make.store()
    return story(make, lang)


@pytest.fixture
def mails(filed: Filed, deliver: Callable[[], None], mailbox: Mailbox) -> list[Mail]:
    assert filed.number
    deliver()
    return mailbox.take()


def to(mails: list[Mail], filed: Filed) -> list[Mail]:
    return [mail for mail in mails if mail.to == (filed.email,)]


def test_no_mail_carries_what_anybody_typed(mails: list[Mail], filed: Filed) -> None:
    """Security, 5, domain 2.6: neither name, order and text of the complaint, nor any reply or note."""
    assert len(mails) == 14
    assert filed.ticket.status is S.CLOSED
    for mail in mails:
        everything = f"{mail.message.as_string()}\n{mail.subject}\n{mail.text}\n{mail.html}"
        everything = everything.replace("canarylink", "")
        assert "canary" not in everything.casefold(), mail.subject
        assert "9998877" not in everything, mail.subject


def test_the_codes_are_in_their_own_mails_alone(mails: list[Mail], filed: Filed) -> None:
    """Domain 2.6: the tracking code in the acknowledgement, each six-digit code in its mail, the place filled."""
    code = shown_tracking_code(filed.tracking_code)
    with_code = [mail for mail in mails if code in mail.text + mail.html]
    assert len(with_code) == 1
    assert with_code[0] is to(mails, filed)[0]
    assert not [mail for mail in mails if "[[code]]" in mail.text + mail.html]
    reset = [mail for mail in mails if "canarylink" in mail.text]
    assert len(reset) == 1
    assert "/canarylink" in reset[0].html


def test_every_mail_has_one_message_id_of_its_own_and_both_parts(mails: list[Mail]) -> None:
    ids = [mail.message.get_all("Message-ID") for mail in mails]
    assert all(len(one or []) == 1 for one in ids)
    assert len({(one or [""])[0] for one in ids}) == len(mails)
    for mail in mails:
        kinds = [part.get_content_type() for part in mail.message.walk()]
        assert kinds[-3:] == ["multipart/alternative", "text/plain", "text/html"]
        assert mail.text.strip()
        assert mail.html.strip()
        assert len(mail.to) == 1


def test_a_mail_is_laid_out_in_its_readers_direction(
    mails: list[Mail], filed: Filed, lang: Lang
) -> None:
    """X-06: language and direction of the HTML, and the store's name in that language in both parts."""
    direction, name = ("rtl", STORE_AR) if lang is Lang.AR else ("ltr", STORE_EN)
    for mail in to(mails, filed):
        assert f'<html lang="{lang.value}" dir="{direction}">' in mail.html.replace("'", '"')
        assert name in mail.text
        assert name in mail.html
        assert mail.message["From"].addresses[0].display_name == name


def test_a_mail_is_in_its_readers_language_throughout(mails: list[Mail], lang: Lang) -> None:
    """X-06: but for numbers and addresses, an Arabic mail has no Latin word, and an English one no Arabic."""
    for mail in mails:
        for part in (mail.subject, mail.text):
            words = [word for word in part.split() if "/" not in word and "CMP-" not in word]
            words = [word for word in words if not word.isupper()]
            foreign = [
                word for word in words if normalise.language(word) != lang and word.isalpha()
            ]
            assert foreign == [], mail.subject


def test_every_mail_leads_to_our_own_address_alone(mails: list[Mail]) -> None:
    """Security, 7; no picture from elsewhere tells when it was read."""
    for mail in mails:
        links = Links(mail.html).found
        assert all(link.startswith("http://desk.test/") for link in links), (mail.subject, links)
        assert all(link in mail.text for link in links)


def test_a_mail_about_a_complaint_names_it(mails: list[Mail], filed: Filed) -> None:
    """S1-52: number, and a link that leads to it."""
    mine = to(mails, filed)
    assert len(mine) >= 7
    for mail in mine:
        assert filed.number in mail.subject
        assert filed.number in mail.text


def test_the_lines_of_a_mail_are_short_enough_to_travel(mails: list[Mail]) -> None:
    """RFC 5322, 2.1.1: no line is longer than 998 octets as it is sent."""
    for mail in mails:
        assert max(map(len, mail.message.as_bytes().splitlines())) <= 998


def test_every_template_is_written_by_this_story(
    make: Make, monkeypatch: pytest.MonkeyPatch, deliver: Callable[[], None], mailbox: Mailbox
) -> None:
    """Otherwise a new mail would escape the tests above; the digest, the clocks and lost codes have their own."""
    written = set()
    real = letters.write
    monkeypatch.setattr(
        letters, "write", lambda notice: written.add(notice.template) or real(notice)
    )
    story(make, Lang.EN)
    deliver()
    mailbox.take()
    assert written == letters.WRITERS.keys() - {"complaint_new_platform"} - TEMPLATES - OF_ACCESS
