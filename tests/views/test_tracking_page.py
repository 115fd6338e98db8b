"""What the complaint's page tells: the latest answer with its proposal, and nothing that may still be taken back."""

import pytest

from helpdesk.db import db, transaction
from helpdesk.domain import complaints, review
from helpdesk.domain.conversation import Resolution
from helpdesk.domain.permissions import Actor
from helpdesk.enums import ArchiveReason, ResolutionType, TicketStatus
from helpdesk.models import Message, Ticket
from tests.fixtures.client import Client
from tests.fixtures.factory import Filed, Make
from tests.fixtures.pages import Page
from tests.views.steps import prove

S = TicketStatus


@pytest.fixture
def waiting(client: Client, make: Make) -> Filed:
    filed = make.complaint(S.PENDING_ADMIN)
    prove(client, filed, make)
    return filed


def answer(make: Make, ticket: Ticket, actor: Actor, resolution: Resolution | None = None) -> None:
    with transaction():
        complaints.answer(
            ticket,
            "We have looked into it.",
            actor,
            last_seen=None,
            resolution=resolution,
            now=make.clock(),
        )


def shown(client: Client, filed: Filed) -> Page:
    return client.page(f"/s/noor/complaints/{filed.number}")


def steps(page: Page) -> list[tuple[str, bool]]:
    """The words of the way that it goes, and of each whether it is there now."""
    way = next(one for one in page.root.all("ol") if one.get("class") == "steps")
    return [(one.text, one.get("aria-current") == "step") for one in way.all("li")]


def test_the_steps_of_an_archived_complaint_end_where_it_was_put_aside(
    client: Client, make: Make, waiting: Filed
) -> None:
    """C9: no answer is awaited; taken back, it is where it was."""
    on_its_way = [
        ("Submitted (done)", False),
        ("Review (done)", False),
        ("Answer", True),
        ("Closing", False),
    ]
    assert steps(shown(client, waiting)) == on_its_way
    admin = make.actor("platform_admin")
    with transaction():
        review.archive(waiting.ticket, ArchiveReason.SPAM, "", admin, now=make.clock())
    assert steps(shown(client, waiting)) == [*on_its_way[:2], ("Put aside", True)]
    with transaction():
        review.restore(db.session.merge(waiting.ticket), admin, now=make.clock())
    assert steps(shown(client, waiting)) == on_its_way


def latest(page: Page) -> str:
    return next(one.text for one in page.root.all("article"))


def test_the_latest_answer_stands_on_top_with_what_it_proposes(
    client: Client, make: Make, waiting: Filed
) -> None:
    """S1-39, S1-20, S1-21."""
    refund = Resolution(ResolutionType.REFUND, "120 SAR to <i>your</i> card")
    answer(make, waiting.ticket, make.actor("agent"), refund)
    make.release()
    text = latest(shown(client, waiting))
    assert "Latest answer" in text
    assert "Proposed: Refund — 120 SAR to <i>your</i> card" in text


def test_not_valid_says_why(client: Client, make: Make, waiting: Filed) -> None:
    """S1-23."""
    why = Resolution(ResolutionType.NOT_VALID, "The order was never paid.")
    answer(make, waiting.ticket, make.actor("agent"), why)
    make.release()
    assert "Proposed: Complaint not valid — The order was never paid." in latest(
        shown(client, waiting)
    )


def test_a_decision_of_the_platform_is_called_so(
    client: Client, make: Make, waiting: Filed
) -> None:
    """The platform's word in place of the store's."""
    answer(make, waiting.ticket, make.actor("platform_reviewer"))
    make.release()
    with transaction() as session:
        message = session.query(Message).order_by(Message.id.desc()).first()
        assert message is not None
        message.decision = "upheld"
    assert "Decision of Platform: Upheld" in latest(shown(client, waiting))


def test_a_question_is_called_one_also_after_an_answer(
    client: Client, make: Make, waiting: Filed
) -> None:
    """C45: and the history says who asked."""
    answer(make, waiting.ticket, make.actor("agent"))
    make.release()
    with transaction():
        complaints.respond(waiting.ticket, "No.", make.shopper(waiting.ticket), now=make.clock())
    agent = make.actor("agent")
    with transaction():
        complaints.ask(waiting.ticket, "Why not?", agent, last_seen=None, now=make.clock())
    make.release()
    page = shown(client, waiting)
    assert latest(page).startswith("Noor (Agent) Question for you")
    assert "Noor (Agent) asked you something" in page.text


def test_a_reply_that_can_be_taken_back_has_not_happened_yet(
    client: Client, make: Make, waiting: Filed
) -> None:
    """S2-87: neither its text, nor its event, nor the status, nor a way to accept it."""
    answer(make, waiting.ticket, make.actor("agent"))
    make.clock.move(seconds=9)
    page = shown(client, waiting)
    assert "Waiting for Merchant Response" in page.text
    assert not [one for one in page.root.all("a") if one.text == "Click Here"]
    for absent in ("We have looked", "You got an answer", "Waiting for Customer Response"):
        assert absent not in page.text
    make.clock.move(seconds=1)
    page = shown(client, waiting)
    for there in ("We have looked", "You got an answer", "Waiting for Customer Response"):
        assert there in page.text
    assert page.link("Click Here")


def test_the_status_says_what_it_means_and_what_you_must_do(client: Client, make: Make) -> None:
    """S1-52, pages 4.7."""
    filed = make.complaint(S.PENDING_CUSTOMER)
    prove(client, filed, make)
    text = shown(client, filed).text
    assert "You have an answer or a question to read." in text
    assert "What you can do: Please read it and reply" in text


def test_what_is_typed_is_kept_until_the_next_own_message(
    client: Client, make: Make, waiting: Filed
) -> None:
    """Pages 4.7: the draft on the device knows by it what has been sent."""

    def stamp() -> tuple[str, str]:
        [form] = [one for one in shown(client, waiting).root.all("form") if one.get("data-draft")]
        return form.get("data-draft"), form.get("data-draft-sent")

    name, first = stamp()
    assert name == f"reply:noor:{waiting.number}"
    answer(make, waiting.ticket, make.actor("agent"))
    make.release()
    assert stamp() == (name, first)
    page = client.get(f"/s/noor/complaints/{waiting.number}")
    client.submit(page, {"text": "Thank you."}, button="Send")
    assert int(stamp()[1]) > int(first)
