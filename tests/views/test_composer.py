"""The field under a conversation: its modes, its questions back, and taking back, all without JavaScript."""

import io

import pytest
from werkzeug.test import TestResponse

from helpdesk.db import db, transaction
from helpdesk.domain import complaints, conversation
from helpdesk.enums import ComplaintType, DesiredOutcome, Lang, TicketStatus
from helpdesk.models import Message, Ticket
from tests.fixtures import papers
from tests.fixtures.client import Client, Visitors
from tests.fixtures.factory import Filed, Make
from tests.fixtures.pages import Page
from tests.views.steps import prove, sign_in, typed
from tests.views.world import FOR_A_SCRIPT

S = TicketStatus
TEXT = "We send a new bottle on Monday."
NOTE = "The box was packed by the new colleague."
CARD = "4111 1111 1111 1111"


@pytest.fixture
def filed(client: Client, make: Make) -> Filed:
    filed = make.complaint(S.PENDING_ADMIN)
    sign_in(client, make.user("agent"))
    return filed


def at(filed: Filed, query: str = "") -> str:
    return f"/desk/noor/complaints/{filed.number}{query}"


def bodies() -> list[str]:
    db.session.rollback()
    return [body for (body,) in db.session.query(Message.body).order_by(Message.id)]


def ticket_of(filed: Filed) -> Ticket:
    db.session.rollback()
    return db.session.get_one(Ticket, filed.ticket.id)


def text_of(response: TestResponse) -> str:
    return Page(response.text).text


# Modes


def test_who_will_read_a_text_is_said_beside_it(client: Client, filed: Filed) -> None:
    """S2-65, S2-85: two modes, each with its words; both by address."""
    reply = client.get(at(filed))
    assert "The customer will see this." in text_of(reply)
    assert "Only your team will see this." not in text_of(reply)
    note = client.get(at(filed, "?mode=note"))
    assert "Only your team will see this." in text_of(note)
    assert "The customer will see this." not in text_of(note)
    assert "composer-note" in note.text
    assert "composer-note" not in reply.text
    for page in (reply, note):
        assert "Customer visible" in text_of(page)
        assert "Internal only" in text_of(page)


@pytest.mark.parametrize("mode", ["", "nonsense", "\x00", "note&mode=reply", "undo"])
def test_an_unknown_mode_is_the_first_one_or_the_note(
    client: Client, filed: Filed, mode: str
) -> None:
    response = client.get(at(filed), query_string=f"mode={mode}")
    assert response.status_code == 200
    assert "Reply Message" in text_of(response) or "Internal note" in text_of(response)


def test_a_note_is_saved_for_the_team_and_nothing_else_happens(
    client: Client, make: Make, visitors: Visitors, filed: Filed
) -> None:
    """S0-51, C24, S2-84."""
    shopper, stranger, admin = visitors(), visitors(), visitors()
    prove(shopper, filed, make)
    saved = client.submit(client.get(at(filed, "?mode=note")), {"text": NOTE}, button="Save note")
    assert saved.status_code == 303
    assert ticket_of(filed).status is S.PENDING_ADMIN
    page = client.get(at(filed))
    assert NOTE in text_of(page)
    assert "Internal note – only your team sees this" in text_of(page)
    assert "message-note" in page.text
    assert NOTE not in client.get(at(filed, "/preview"), headers=FOR_A_SCRIPT).text
    theirs = shopper.get(f"/s/noor/complaints/{filed.number}")
    copy = shopper.submit(theirs, button="Download copy")
    assert filed.number in copy.text
    assert NOTE not in theirs.text + copy.text
    sign_in(stranger, make.user("agent", make.store("najd")))
    assert stranger.get(at(filed)).status_code == 404
    sign_in(admin, make.user("platform_admin"))
    assert NOTE not in admin.get(f"/platform/complaints/noor/{filed.number}").text


def test_an_analyst_reads_notes_and_has_no_field(
    client: Client, make: Make, visitors: Visitors, filed: Filed
) -> None:
    """Domain 2.2: read o."""
    make.note(filed.ticket, make.actor("agent"), NOTE)
    analyst = visitors()
    sign_in(analyst, make.user("analyst"))
    page = analyst.get(at(filed, "?mode=note"))
    assert NOTE in text_of(page)
    assert "Save note" not in page.text
    assert "Reply Message" not in text_of(page)
    assert client.get(at(filed, "?mode=note")).text.count("Save note") == 1


def test_on_a_closed_complaint_a_note_is_all_that_can_be_written(
    client: Client, make: Make
) -> None:
    closed = make.complaint(S.CLOSED)
    sign_in(client, make.user("agent"))
    page = client.get(at(closed))
    assert "Only internal notes can still be added." in text_of(page)
    assert "Reply Message" not in text_of(page)
    assert client.submit(page, {"text": NOTE}, button="Save note").status_code == 303
    assert ticket_of(closed).status is S.CLOSED
    assert NOTE in text_of(client.get(at(closed)))


def test_the_platform_opens_a_stores_notes_with_a_button_that_is_recorded(
    client: Client, make: Make, visitors: Visitors, filed: Filed
) -> None:
    make.note(filed.ticket, make.actor("agent"), NOTE)
    admin = visitors()
    sign_in(admin, make.user("platform_admin", name="Amal Admin"))
    address = f"/platform/complaints/noor/{filed.number}"
    asked = admin.get(f"{address}/open-notes")
    assert NOTE not in asked.text
    assert admin.submit(asked, button="Open the store's notes").status_code == 303
    assert NOTE in text_of(admin.get(address))
    told = text_of(client.get(at(filed)))
    assert "Opened the store's notes" in told
    assert "Amal Admin" in told
    make.clock.move(minutes=31)
    assert NOTE not in admin.get(address).text


def test_a_stores_page_offers_no_opening_of_notes(client: Client, filed: Filed) -> None:
    assert "open-notes" not in client.get(at(filed)).text


# Asking for what is missing


@pytest.mark.parametrize(("lang", "word"), [(Lang.EN, "Thank you!"), (Lang.AR, "")])
def test_asking_opens_with_what_is_missing_in_the_customers_language(
    client: Client, make: Make, lang: Lang, word: str
) -> None:
    """S1-16."""
    filed = make.complaint(
        S.PENDING_ADMIN, lang=lang, order_number="", phone=None, description="Broken."
    )
    sign_in(client, make.user("agent"))
    page = client.get(at(filed))
    assert "No telephone number was given." in text_of(page)
    assert f"{at(filed)}?mode=ask#reply" in page.text
    asking = client.get(at(filed, "?mode=ask"))
    prefilled = typed(asking, "Ask the customer")["text"]
    assert prefilled.count("\n• ") == 4
    assert word in prefilled
    assert client.submit(asking, button="Ask the customer").status_code == 303
    assert ticket_of(filed).status is S.PENDING_CUSTOMER
    assert ticket_of(filed).first_reply_at is None
    assert bodies()[-1].replace("\r\n", "\n") == prefilled.replace("\r\n", "\n")


def test_a_question_can_be_changed_before_it_is_sent(client: Client, filed: Filed) -> None:
    asking = client.get(at(filed, "?mode=ask"))
    client.submit(asking, {"text": "Which bottle?"}, button="Ask the customer")
    assert bodies()[-1] == "Which bottle?"


def test_a_refused_question_is_not_filled_in_anew(client: Client, filed: Filed) -> None:
    asking = client.get(at(filed, "?mode=ask"))
    refused = client.submit(asking, {"text": " "}, button="Ask the customer")
    assert refused.status_code == 422
    assert typed(refused, "Ask the customer")["text"].strip() == ""


def test_where_nothing_is_missing_the_question_is_empty(client: Client, make: Make) -> None:
    filed = make.complaint(
        *(S.PENDING_ADMIN, None),
        type=ComplaintType.SERVICE,
        order_number="",
        desired_outcome=DesiredOutcome.REFUND,
    )
    sign_in(client, make.user("agent"))
    page = client.get(at(filed, "?mode=ask"))
    assert "Missing information" not in text_of(page)
    assert typed(page, "Ask the customer")["text"] == ""


# Proposals


def test_a_proposal_stands_in_the_timeline_and_is_not_paid(
    client: Client, make: Make, visitors: Visitors, filed: Filed
) -> None:
    """S1-20, S1-21."""
    page = client.get(at(filed))
    assert "Nothing is paid by this form." in text_of(page)
    proposal = {"text": TEXT, "resolution": "refund", "resolution_text": "120 SAR to your card"}
    assert client.submit(page, proposal, button="Add").status_code == 303
    told = text_of(client.get(at(filed)))
    assert "Proposed resolution" in told
    assert "120 SAR to your card" in told
    make.release()
    shopper = visitors()
    prove(shopper, filed, make)
    assert "120 SAR to your card" in shopper.get(f"/s/noor/complaints/{filed.number}").text


@pytest.mark.parametrize(
    ("kind", "line", "sentence"),
    [
        ("not_valid", "", "Say why the complaint is not valid"),
        ("not_valid", "\u200b", "Say why the complaint is not valid"),
        ("", "120 SAR", "Choose what you propose"),
        ("gold", "120 SAR", "Choose what you propose"),
        ("refund", "x" * 501, "The line has 501 characters; 500 is the most."),
        ("refund", f"To {CARD}", "This looks like a card number."),
    ],
)
def test_half_a_proposal_comes_back_with_a_sentence_and_the_text(
    client: Client, filed: Filed, kind: str, line: str, sentence: str
) -> None:
    """S1-23."""
    values = {"text": TEXT, "resolution": kind, "resolution_text": line}
    refused = client.submit(client.get(at(filed)), values, button="Add")
    assert refused.status_code == 422
    assert sentence in text_of(refused)
    assert typed(refused, "Add")["text"] == TEXT
    assert CARD not in refused.text
    assert TEXT not in bodies()


# Second thoughts


@pytest.mark.parametrize("mode", ["reply", "ask"])
def test_a_text_that_sounds_like_a_note_is_sent_at_the_second_press(
    client: Client, filed: Filed, mode: str
) -> None:
    """S2-85: a question, not a prohibition."""
    button = {"reply": "Add", "ask": "Ask the customer"}[mode]
    page = client.get(at(filed, f"?mode={mode}"))
    asked = client.submit(page, {"text": "Internal: refund her."}, button=button)
    assert asked.status_code == 422
    assert "Is this meant for the customer?" in text_of(asked)
    assert "“Internal”" in text_of(asked)
    assert bodies()[-1] != "Internal: refund her."
    assert client.submit(asked, button=button).status_code == 303
    assert bodies()[-1] == "Internal: refund her."


def test_another_doubtful_word_is_asked_about_again(client: Client, filed: Filed) -> None:
    asked = client.submit(client.get(at(filed)), {"text": "Internal."}, button="Add")
    again = client.submit(asked, {"text": "Confidential."}, button="Add")
    assert again.status_code == 422
    assert "“Confidential”" in text_of(again)


def test_a_note_may_say_that_it_is_internal(client: Client, filed: Filed) -> None:
    page = client.get(at(filed, "?mode=note"))
    assert client.submit(page, {"text": "Internal."}, button="Save note").status_code == 303


@pytest.mark.parametrize(
    ("mode", "button"), [("reply", "Add"), ("ask", "Ask the customer"), ("note", "Save note")]
)
def test_a_card_number_is_refused_and_comes_back_masked(
    client: Client, filed: Filed, mode: str, button: str
) -> None:
    """S2-85, pages 5.5."""
    page = client.get(at(filed, f"?mode={mode}"))
    refused = client.submit(page, {"text": f"Your card {CARD}?"}, button=button)
    assert refused.status_code == 422
    assert CARD not in refused.text
    assert typed(refused, button)["text"] == "Your card •••• •••• •••• 1111?"
    assert not [body for body in bodies() if "1111" in body]


def test_the_customers_language_is_named_where_it_is_not_the_pages(
    client: Client, make: Make
) -> None:
    """Pages 4.13."""
    arabic = make.complaint(S.PENDING_ADMIN, lang=Lang.AR)
    english = make.complaint(S.PENDING_ADMIN)
    sign_in(client, make.user("agent"))
    assert "The customer writes Arabic." in text_of(client.get(at(arabic)))
    assert "The customer writes" not in text_of(client.get(at(arabic, "?mode=note")))
    assert "The customer writes" not in text_of(client.get(at(english)))
    assert "writes-in" not in client.get(at(english)).text
    assert "writes-in" in client.get(at(english, "?lang=ar")).text


# Taking back


def test_a_reply_can_be_taken_back_with_a_press_and_stands_in_the_field_again(
    client: Client, make: Make, filed: Filed
) -> None:
    """S2-87, without JavaScript; at a second press, and after a reload, too."""
    proposal = {"text": TEXT, "resolution": "not_valid", "resolution_text": "It was used."}
    client.submit(client.get(at(filed)), proposal, button="Add")
    make.clock.move(seconds=4)
    page = client.get(at(filed))
    assert "Until 2:27:10 PM the customer cannot read your reply" in text_of(page)
    for _ in range(2):
        undone = client.submit(page, button="Undo")
        assert undone.status_code == 200
        assert "Your reply was taken back." in text_of(undone)
        fields = typed(undone, "Add")
        assert (fields["text"], fields["resolution"], fields["resolution_text"]) == (
            *(TEXT, "not_valid"),
            "It was used.",
        )
    assert TEXT not in bodies()
    assert ticket_of(filed).status is S.PENDING_ADMIN
    assert client.submit(undone, button="Add").status_code == 303
    assert bodies()[-1] == TEXT
    told = client.get(at(filed)).text
    assert "A reply was taken back before the customer could read it" in told


def test_what_is_said_of_taking_back_is_true_whenever_it_is_read(
    client: Client, make: Make, filed: Filed
) -> None:
    """Without a script the page does not count down: it names the moment, in each language."""
    client.submit(client.get(at(filed)), {"text": TEXT}, button="Add")
    first = text_of(client.get(at(filed)))
    make.clock.move(seconds=7)
    later = client.get(at(filed))
    assert "Until 2:27:10 PM" in first
    assert "Until 2:27:10 PM" in text_of(later)
    [left] = [one for one in Page(later.text).root.all("span") if one.get("data-undo-left")]
    assert left.text == ""
    assert "2:27:10 م" in text_of(client.get(at(filed, "?lang=ar")))


def test_two_replies_are_taken_back_one_after_the_other_and_neither_text_is_lost(
    client: Client, filed: Filed
) -> None:
    for text in ("First.", "And a supplement."):
        client.submit(client.get(at(filed)), {"text": text}, button="Add")
    once = client.submit(client.get(at(filed)), button="Undo")
    assert typed(once, "Add")["text"] == "And a supplement."
    for _ in range(2):
        twice = client.submit(once, button="Undo")
        assert typed(twice, "Add")["text"].split() == ["First.", "And", "a", "supplement."]
    assert ticket_of(filed).status is S.PENDING_ADMIN
    assert not {"First.", "And a supplement."} & set(bodies())
    assert typed(client.get(at(filed)), "Add")["text"].startswith("First.")


def test_too_much_to_be_one_text_is_taken_back_all_the_same(client: Client, filed: Filed) -> None:
    client.submit(client.get(at(filed)), {"text": "m" * 12_000}, button="Add")
    page = client.get(at(filed))
    [save] = [one for one in Page(page.text).root.all("button") if one.text == "Save draft"]
    client.post(save.get("formaction"), data=typed(page, "Save draft") | {"text": "Newer"})
    undone = client.submit(page, button="Undo")
    assert undone.status_code == 200
    assert typed(undone, "Add")["text"] == "m" * 12_000
    assert typed(client.get(at(filed)), "Add")["text"] == "Newer"


def test_a_question_that_is_taken_back_stands_in_the_questions_field(
    client: Client, filed: Filed
) -> None:
    asking = client.get(at(filed, "?mode=ask"))
    client.submit(asking, {"text": "Which bottle?"}, button="Ask the customer")
    undone = client.submit(client.get(at(filed)), button="Undo")
    assert typed(undone, "Ask the customer")["text"] == "Which bottle?"
    assert ticket_of(filed).status is S.PENDING_ADMIN


def test_after_ten_seconds_the_press_is_told_that_it_came_too_late(
    client: Client, make: Make, filed: Filed
) -> None:
    client.submit(client.get(at(filed)), {"text": TEXT}, button="Add")
    page = client.get(at(filed))
    make.release()
    late = client.submit(page, button="Undo")
    assert late.status_code == 409
    assert "It is too late to take this reply back" in text_of(late)
    assert bodies()[-1] == TEXT
    assert "Undo" not in client.get(at(filed)).text


def test_a_colleague_is_not_offered_to_take_it_back(
    client: Client, make: Make, visitors: Visitors, filed: Filed
) -> None:
    client.submit(client.get(at(filed)), {"text": TEXT}, button="Add")
    colleague = visitors()
    sign_in(colleague, make.user("agent"))
    page = colleague.get(at(filed))
    assert TEXT in page.text
    assert "data-undo" not in page.text


def test_the_platform_takes_back_too(client: Client, make: Make) -> None:
    filed = make.complaint()
    sign_in(client, make.user("platform_reviewer"))
    address = f"/platform/complaints/noor/{filed.number}"
    client.submit(client.get(address), {"text": TEXT}, button="Answer")
    undone = client.submit(client.get(address), button="Undo")
    assert typed(undone, "Answer")["text"] == TEXT
    assert ticket_of(filed).status is S.UNDER_PLATFORM_REVIEW


def test_within_ten_seconds_the_customer_sees_nothing_of_it(
    client: Client, make: Make, visitors: Visitors, filed: Filed
) -> None:
    shopper = visitors()
    prove(shopper, filed, make)
    address = f"/s/noor/complaints/{filed.number}"
    client.submit(client.get(at(filed)), {"text": TEXT}, button="Add")
    make.clock.move(seconds=9)
    before = text_of(shopper.get(address))
    assert TEXT not in before
    assert "Waiting for Customer Response" not in before
    make.clock.move(seconds=1)
    after = text_of(shopper.get(address))
    assert TEXT in after
    assert "Waiting for Customer Response" in after


# Two at once


@pytest.mark.parametrize(
    ("mode", "button"), [("reply", "Add"), ("ask", "Ask the customer"), ("note", "Save note")]
)
@pytest.mark.parametrize("wrote", ["answer", "note", "customer"])
def test_what_others_wrote_meanwhile_is_shown_as_new_and_the_text_is_kept(
    client: Client, make: Make, filed: Filed, mode: str, button: str, wrote: str
) -> None:
    """X-11: for an answer, a question and a note."""
    page = client.get(at(filed, f"?mode={mode}"))
    news = "A colleague was faster."
    if wrote == "answer":
        make.answer(filed.ticket, news)
    elif wrote == "note":
        make.note(filed.ticket, make.actor("agent"), news)
    else:
        with transaction():
            shopper = make.shopper(filed.ticket)
            complaints.respond(filed.ticket, news, shopper, now=make.clock())
    refused = client.submit(page, {"text": TEXT}, button=button)
    assert refused.status_code == 409
    assert conversation.STALE in text_of(refused)
    [new] = [
        one for one in Page(refused.text).root.all("li") if "entry-new" in (one.get("class") or "")
    ]
    assert news in new.text
    assert "New" in new.text
    assert typed(refused, button)["text"] == TEXT
    assert TEXT not in bodies()
    assert client.submit(refused, button=button).status_code == 303
    assert bodies()[-1] == TEXT


# Errors


@pytest.mark.parametrize(
    ("mode", "button"), [("reply", "Add"), ("ask", "Ask the customer"), ("note", "Save note")]
)
def test_an_error_stands_at_the_field_and_the_form_leads_back_to_it(
    client: Client, filed: Filed, mode: str, button: str
) -> None:
    """Without a script too: the conversation above may be ten screens long. What was sent leads to the top."""
    page = client.get(at(filed, f"?mode={mode}"))
    assert Page(page.text).form(button).action.endswith("#reply")
    refused = client.submit(page, {"text": "x" * 12_001}, button=button)
    root = Page(refused.text).root
    [place] = [one for one in root.all() if one.get("id") == "reply"]
    [error] = [one for one in root.all() if one.get("role") == "alert"]
    assert "12,001 characters" in error.text
    assert error in list(place.all())
    formactions = [one.get("formaction") for one in root.all("button") if one.get("formaction")]
    assert formactions
    assert all(address.endswith("#reply") for address in formactions)
    sent = client.submit(refused, {"text": TEXT}, button=button)
    assert sent.headers["Location"] == f"{at(filed)}#top"


# The timeline


def test_the_timeline_shows_messages_or_events_alone(
    client: Client, make: Make, filed: Filed
) -> None:
    """C42, S0-53."""
    make.note(filed.ticket, make.actor("agent"), NOTE)
    make.answer(filed.ticket, TEXT)

    def found(query: str) -> tuple[bool, ...]:
        text = text_of(client.get(at(filed, query)))
        words = (TEXT, NOTE, "Forwarded to the merchant", "Wrote an internal note", "Status: ")
        return tuple(word in text for word in words)

    assert found("") == found("?show=all") == found("?show=x") == (True, True, True, False, True)
    assert found("?show=messages") == (True, True, False, False, False)
    assert found("?show=events") == (False, False, True, True, True)


def test_the_other_side_is_not_told_that_a_note_was_written(
    make: Make, visitors: Visitors, filed: Filed
) -> None:
    make.note(filed.ticket, make.actor("agent"), NOTE)
    admin = visitors()
    sign_in(admin, make.user("platform_admin"))
    page = admin.get(f"/platform/complaints/noor/{filed.number}?show=events")
    assert "Wrote an internal note" not in text_of(page)


# Files


@pytest.mark.parametrize(
    ("mode", "button"), [("reply", "Add"), ("ask", "Ask the customer"), ("note", "Save note")]
)
def test_files_survive_what_others_wrote_meanwhile_and_being_taken_back(
    client: Client, make: Make, filed: Filed, mode: str, button: str
) -> None:
    """X-11, S2-87: nothing has to be chosen twice."""
    page = client.get(at(filed, f"?mode={mode}"))
    make.note(filed.ticket, make.actor("agent"), "A colleague was faster.")
    picture = (io.BytesIO(papers.picture()), "label.png")
    refused = client.submit(page, {"text": TEXT, "files": picture}, button=button)
    assert refused.status_code == 409
    assert "label.png" in text_of(refused)
    assert client.submit(refused, button=button).status_code == 303
    shown = client.get(at(filed))
    assert "label.png" in text_of(shown)
    if mode == "note":
        return
    undone = client.submit(shown, button="Undo")
    assert "label.png" in text_of(undone)
    client.submit(undone, button=button)
    assert "label.png" in text_of(client.get(at(filed)))
