"""Lost numbers and codes: a new code to the complaint's own mailbox, and a mail that tells nobody anything (S1-56)."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from helpdesk import vault
from helpdesk.db import db, transaction
from helpdesk.domain import lost_codes, mailboxes, notifications, tenancy, timeline, tracking
from helpdesk.domain.errors import Invalid, LimitReached, NotAllowed, NotFound
from helpdesk.domain.permissions import Actor
from helpdesk.domain.recipients import Notice
from helpdesk.enums import EventKind, Lang
from helpdesk.models import Event, EventSecret, Store, Ticket
from tests.fixtures.factory import Filed, Make


@pytest.fixture
def filed(make: Make) -> Filed:
    filed = make.complaint()
    make.clock.move(minutes=2)
    return filed


def reissue(make: Make, ticket: Ticket, actor: Actor | None = None) -> str:
    actor = actor or make.shopper(ticket)
    with transaction():
        return lost_codes.reissue(ticket, actor, now=make.clock())


def ask(make: Make, email: str, store: Store | None = None, ip: str = "ip") -> list[Notice]:
    """Ask for the numbers of a mailbox; the mails that it leads to."""
    place = store or make.store()
    with tenancy.scoped(place), transaction():
        lost_codes.ask_for_numbers(place, email, make.shopper(ip=ip), now=make.clock())
    return notifications.of_event(_asked())


def _asked() -> Event:
    db.session.rollback()
    asked = select(Event).where(Event.kind == EventKind.NUMBERS_ASKED).order_by(Event.id.desc())
    return db.session.scalars(asked.limit(1)).one()


def follow(make: Make, number: str, key: str, store: Store | None = None) -> Ticket:
    with tenancy.scoped(store or make.store()):
        return lost_codes.follow(number, key, now=make.clock())


def test_a_new_code_takes_the_place_of_the_old_one_and_is_sent_sealed(
    make: Make, filed: Filed
) -> None:
    """C18, S1-33: only the hash is kept, and the mail carries the new one."""
    code = reissue(make, filed.ticket)
    assert tracking.opens(filed.ticket, code)
    assert tracking.opens(filed.ticket, code.lower().replace("-", " "))
    assert not tracking.opens(filed.ticket, filed.tracking_code)
    fact = timeline.of_ticket(filed.ticket, public_only=True)[-1]
    assert fact.kind is EventKind.TRACKING_CODE_REISSUED
    assert code not in str(fact.data)
    [notice] = notifications.of_event(fact)
    assert (notice.template, notice.recipient) == ("tracking_code_reissued", filed.email)
    assert notice.secret == code


def test_the_next_mail_waits_a_minute(make: Make) -> None:
    """Domain limits, "Resend": counted from the first mail on."""
    ticket = make.complaint().ticket
    for _ in range(2):
        assert lost_codes.seconds_until_reissue(ticket, now=make.clock()) == 60
        with pytest.raises(LimitReached) as refused:
            reissue(make, ticket)
        assert (refused.value.text, refused.value.wait_seconds) == (lost_codes.WAIT, 60)
        make.clock.move(seconds=59)
        assert lost_codes.seconds_until_reissue(ticket, now=make.clock()) == 1
        make.clock.move(seconds=1)
        assert lost_codes.seconds_until_reissue(ticket, now=make.clock()) == 0
        reissue(make, ticket)


def test_a_complaint_gets_four_an_hour_at_the_most(
    make: Make, filed: Filed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Domain limits, "Resend"; here for a mailbox that may have more."""
    monkeypatch.setattr(mailboxes, "MAILS_PER_HOUR", 99)
    for _ in range(4):
        reissue(make, filed.ticket)
        make.clock.move(minutes=2)
    with pytest.raises(LimitReached) as refused:
        reissue(make, filed.ticket)
    assert refused.value.wait_seconds == 52 * 60
    make.clock.move(minutes=52)
    reissue(make, filed.ticket)


def test_a_mailbox_gets_three_mails_an_hour_from_all_stores_together(make: Make) -> None:
    """Security, 5: the acknowledgements count; a refused one leaves the code as it was."""
    first = make.complaint(email="sara@example.com")
    make.complaint(email="Sara@Example.com", store=make.store("other"))
    make.clock.move(minutes=2)
    code = reissue(make, first.ticket)
    make.clock.move(minutes=2)
    with pytest.raises(LimitReached) as refused:
        reissue(make, first.ticket)
    assert refused.value.text == mailboxes.ENOUGH
    db.session.rollback()
    assert tracking.opens(first.ticket, code)
    late = make.complaint(email="sara@example.com")
    assert mailboxes.had_enough(late.ticket)
    make.clock.move(hours=1, minutes=1)
    reissue(make, first.ticket)
    assert not mailboxes.had_enough(make.complaint(email="sara@example.com").ticket)


def test_nobody_but_whoever_acts_for_the_complaint_gets_a_code_sent(
    make: Make, filed: Filed
) -> None:
    """X-01."""
    other = make.complaint().ticket
    for role in ("store_owner", "platform_admin"):
        with pytest.raises(NotAllowed):
            reissue(make, filed.ticket, make.actor(role))
    for stranger in (make.shopper(), make.shopper(other)):
        with pytest.raises(NotFound):
            reissue(make, filed.ticket, stranger)
    db.session.rollback()
    assert tracking.opens(filed.ticket, filed.tracking_code)


def test_a_mailbox_is_sent_the_numbers_of_this_store_alone_newest_first(make: Make) -> None:
    """S1-56, X-01: numbers and links; no codes; to the address of the complaint, not to the one typed."""
    older = make.complaint(email="sara@example.com", lang=Lang.AR)
    make.complaint(email="sara@example.com", store=make.store("other"))
    make.complaint(email="zara@example.com")
    make.clock.move(hours=2)
    newer = make.complaint(email="sara@example.com")
    [notice] = ask(make, "SARA@example.com")
    assert (notice.template, notice.recipient) == ("complaint_links", "sara@example.com")
    assert notice.facts == {"numbers": [newer.number, older.number]}
    assert notice.store.slug == "noor"
    assert (notice.ticket, notice.lang) == (None, Lang.EN)
    fact = _asked()
    assert fact.data["ticket_ids"] == [newer.ticket.id, older.ticket.id]
    assert "example.com" not in str(fact.data)
    assert fact.subject_id == make.store().id


def test_an_unknown_mailbox_is_sent_nothing_and_leaves_the_same_rows(make: Make) -> None:
    """S1-56: neither the answer nor the work tells who complained."""
    make.complaint(email="sara@example.com")
    for email, mails in (("sara@example.com", 1), ("nobody@example.com", 0)):
        assert len(ask(make, email)) == mails
        fact = _asked()
        assert set(fact.data) == {"ticket_ids", "expires_at"}
        assert db.session.get(EventSecret, fact.id) is not None


def test_a_mailbox_is_told_three_times_an_hour_and_then_in_silence_nothing(make: Make) -> None:
    """S1-56: whoever asks notices no difference."""
    make.complaint(email="sara@example.com")
    told = [len(ask(make, "sara@example.com", ip=f"ip{time}")) for time in range(5)]
    assert told == [1, 1, 1, 0, 0]
    make.clock.move(hours=1)
    assert len(ask(make, "sara@example.com")) == 1


def test_asking_for_numbers_uses_up_no_mailboxs_other_mails(make: Make) -> None:
    """Or anybody could keep a stranger from their acknowledgements."""
    for time in range(3):
        ask(make, "sara@example.com", ip=f"ip{time}")
    assert not mailboxes.had_enough(make.complaint(email="sara@example.com").ticket)


def test_one_address_asks_ten_times_an_hour(make: Make) -> None:
    """S1-56: for whichever mailbox, known or not."""
    for time in range(10):
        ask(make, f"shopper{time}@example.com")
    with pytest.raises(LimitReached) as refused:
        ask(make, "one.more@example.com")
    assert refused.value.text == lost_codes.ASKED_TOO_OFTEN
    ask(make, "one.more@example.com", ip="another")


def test_a_mail_names_twenty_complaints_at_the_most(make: Make) -> None:
    for _ in range(21):
        make.complaint(email="sara@example.com")
        make.clock.move(hours=1)
    [notice] = ask(make, "sara@example.com")
    assert len(notice.facts["numbers"]) == 20


def test_a_link_from_the_mailbox_leads_to_its_complaint_for_a_day(make: Make, filed: Filed) -> None:
    """S1-56."""
    [notice] = ask(make, filed.email)
    key = notice.secret or ""
    assert follow(make, filed.number, key) is filed.ticket
    assert notice.expires_at is not None
    make.clock.move(hours=23, minutes=59)
    assert follow(make, filed.number, key) is filed.ticket
    make.clock.move(minutes=1)
    with pytest.raises(Invalid, match="expired"):
        follow(make, filed.number, key)


def test_a_link_opens_nothing_else_than_what_its_mailbox_has_in_its_store(
    make: Make, filed: Filed
) -> None:
    """X-01: another mailbox, another store, a stretched time, a number of nobody, and any nonsense."""
    [notice] = ask(make, filed.email)
    key = notice.secret or ""
    stranger = make.complaint()
    other = make.store("other")
    elsewhere = make.complaint(email=filed.email, store=other)
    later = int(datetime(2099, 1, 1, tzinfo=UTC).timestamp())
    stretched = f"{later}-{key.partition('-')[2]}"
    for number, forged, store in [
        (stranger.number, key, None),
        (elsewhere.number, key, other),
        (elsewhere.number, key, None),
        (filed.number, stretched, None),
        ("CMP-0000-0000", key, None),
        (filed.number, "", None),
        (filed.number, "-", None),
        (filed.number, f"{later}", None),
        (filed.number, f"²²²-{key}", None),
        (filed.number, f"99999999999-{key}", None),
    ]:
        with pytest.raises(Invalid) as refused:
            follow(make, number, forged, store)
        assert refused.value.text == lost_codes.OLD_LINK


def test_a_link_dies_when_the_complaint_gets_another_address(make: Make, filed: Filed) -> None:
    """C47: whoever has the old mailbox opens nothing."""
    [notice] = ask(make, filed.email)
    with transaction():
        filed.ticket.contact_email_key = "new@example.com"
    with pytest.raises(Invalid):
        follow(make, filed.number, notice.secret or "")


def test_a_link_carries_no_address(make: Make, filed: Filed) -> None:
    """It stands in histories of browsers."""
    [notice] = ask(make, filed.email)
    assert "@" not in (notice.secret or "@")
    assert vault.keyed_hash("mailbox", filed.email) not in (notice.secret or "")
