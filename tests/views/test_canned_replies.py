"""Predefined responses on their pages and in the composer, without JavaScript (S0-50, S0-52, C41)."""

import html
from collections.abc import Callable
from io import BytesIO

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from helpdesk.db import db, transaction
from helpdesk.domain import canned_replies
from helpdesk.domain.canned_replies import Wording
from helpdesk.enums import EventKind, Lang, TicketStatus
from helpdesk.models import CannedReply, Event, Message, Store
from tests.fixtures.client import Client, Visitors
from tests.fixtures.factory import Filed, Make
from tests.fixtures.pages import Page
from tests.views.seeds import TEXTS
from tests.views.steps import csrf, row_counts, sign_in, typed
from tests.views.test_lists import shown

S = TicketStatus
DESK, PLATFORM = "/desk/noor/canned-replies/", "/platform/canned-replies/"
WRITTEN = {
    "title": "Sorry, damaged",
    "body_en": "Hello {customer_name}, order {order_number}.",
    "body_ar": "مرحبا {customer_name}، الطلب {order_number}.",
}
Save = Callable[..., CannedReply]


@pytest.fixture
def save(make: Make) -> Save:
    """A response of a place, saved by somebody who may."""

    def run(title: str = "Sorry", place: Store | None = None, **texts: str) -> CannedReply:
        where = place or make.store()
        at_platform = where.id == make.platform().id
        actor = make.actor("platform_admin" if at_platform else "store_owner", where)
        wording = Wording(
            title=title, body_en=texts.get("en", "Hello"), body_ar=texts.get("ar", "مرحبا")
        )
        with transaction():
            return canned_replies.save(where, wording, actor, now=make.clock())

    return run


def kept() -> list[tuple[str, str, str]]:
    db.session.rollback()
    rows = db.session.scalars(select(CannedReply).order_by(CannedReply.id))
    return [(one.title, one.body_en, one.body_ar) for one in rows]


def uses(canned: CannedReply) -> int:
    db.session.rollback()
    return db.session.get_one(CannedReply, canned.id).use_count


def bodies() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Message.body).order_by(Message.id)))


# The pages


@pytest.mark.parametrize(
    ("role", "address"),
    [("store_owner", DESK), ("store_manager", DESK), ("platform_admin", PLATFORM)],
)
def test_a_response_is_written_changed_and_deleted(
    role: str, address: str, client: Client, make: Make
) -> None:
    """X-04: each step is a fact, with the title and without the texts."""
    make.store()
    sign_in(client, make.user(role))
    assert "New response" in client.page(address).text
    saved = client.submit(client.get(f"{address}new"), WRITTEN, button="Save")
    assert saved.headers["Location"] == address
    assert "The response was saved." in client.page(address).text
    edit = client.page(address).link("Sorry, damaged")
    changed = client.submit(client.get(edit), {"title": "Damaged"}, button="Save")
    assert changed.status_code == 303
    assert kept() == [("Damaged", WRITTEN["body_en"], WRITTEN["body_ar"])]
    ask = client.get(f"{edit}/delete")
    assert "Damaged" in Page(ask.text).text
    assert kept(), "asking deletes nothing"
    for _ in range(2):
        assert client.submit(ask, button="Delete").headers["Location"] == address
    assert kept() == []
    kinds = (EventKind.CANNED_REPLY_SAVED, EventKind.CANNED_REPLY_REMOVED)
    facts = db.session.scalars(select(Event.data).where(Event.kind.in_(kinds)).order_by(Event.id))
    titles = ["Sorry, damaged", "Damaged", "Damaged"]
    assert list(facts) == [{"title": title} for title in titles]


@pytest.mark.parametrize(("role", "address"), [("store_owner", DESK), ("platform_admin", PLATFORM)])
def test_of_two_who_change_a_response_at_once_the_second_is_shown_the_first(
    role: str, address: str, client: Client, make: Make, save: Save, visitors: Visitors
) -> None:
    """X-11: nothing typed is lost, and nothing is replaced that was not seen."""
    canned = save("Sorry", make.platform() if address == PLATFORM else None)
    other, edit = visitors(), f"{address}{canned.id}"
    for browser in (client, other):
        sign_in(browser, make.user(role))
    mine = client.get(edit)
    make.clock.move(seconds=3)
    theirs = {"title": "Theirs", "body_en": "A new wording"}
    assert other.submit(other.get(edit), theirs, button="Save").status_code == 303
    tried = client.submit(mine, WRITTEN | {"preview": "1"}, button="Preview")
    assert tried.status_code == 200
    refused = client.submit(tried, WRITTEN, button="Save")
    assert refused.status_code == 409
    text = Page(refused.text).text
    assert "Somebody changed this response while you were writing" in text
    assert "A new wording" in text
    assert typed(refused, "Save").items() >= WRITTEN.items()
    assert kept() == [("Theirs", "A new wording", "مرحبا")]
    assert client.submit(refused, button="Save").status_code == 303
    assert kept() == [tuple(WRITTEN.values())]


def test_a_form_without_a_version_has_seen_nothing(client: Client, make: Make, save: Save) -> None:
    canned = save()
    sign_in(client, make.user("store_owner"))
    for forged in ("", "0", "abc", "-1", "9" * 19):
        page = client.get(f"{DESK}{canned.id}")
        refused = client.submit(page, WRITTEN | {"last_seen": forged}, button="Save")
        assert refused.status_code == 409, forged
    assert kept() == [("Sorry", "Hello", "مرحبا")]


def test_a_form_that_arrives_twice_saves_once(client: Client, make: Make) -> None:
    """X-10."""
    sign_in(client, make.user("store_owner"))
    form = client.get(f"{DESK}new")
    for _ in range(2):
        assert client.submit(form, WRITTEN, button="Save").status_code == 303
    assert len(kept()) == 1


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("body_en", "Hello {name}", "{name} is no placeholder"),
        ("body_ar", "مرحبا {اسم}", "{اسم} is no placeholder"),
        ("body_ar", "", "Write the text in both languages"),
        ("body_en", "m" * 12_001, "12,000 is the most"),
        ("title", " \u200b", "Give the response a title"),
        ("title", "Taken", "this title already"),
    ],
)
def test_a_refused_response_is_not_saved_and_keeps_what_was_typed(
    field: str, text: str, said: str, client: Client, make: Make, save: Save
) -> None:
    save("Taken")
    sign_in(client, make.user("store_owner"))
    refused = client.submit(client.get(f"{DESK}new"), WRITTEN | {field: text}, button="Save")
    assert refused.status_code == 422
    assert said in Page(refused.text).text
    assert typed(refused, "Save").items() >= (WRITTEN | {field: text}).items()
    assert [title for title, *_ in kept()] == ["Taken"]


def test_whatever_stands_in_its_fields_gets_a_plain_answer(client: Client, make: Make) -> None:
    sign_in(client, make.user("store_owner"))
    for field in WRITTEN:
        for name, text in TEXTS.items():
            form = client.get(f"{DESK}new")
            answer = client.submit(form, WRITTEN | {field: text}, button="Save")
            assert answer.status_code in {303, 422}, (field, name)


def test_a_preview_shows_what_was_typed_on_a_real_complaint_and_keeps_nothing(
    client: Client, make: Make, save: Save
) -> None:
    canned = save("Kept", en="Kept text")
    filed = make.complaint(S.PENDING_ADMIN, name="Sara & Co")
    make.complaint(name="Hidden Person", order_number="4711")
    sign_in(client, make.user("store_manager"))
    before = row_counts()
    page = client.get(f"{DESK}{canned.id}")
    shown_at_once = Page(page.text).text
    assert "Kept text" in shown_at_once
    assert filed.number in shown_at_once
    tried = client.submit(page, WRITTEN | {"preview": "1"}, button="Preview")
    assert tried.status_code == 200
    text = Page(tried.text).text
    assert "Hello Sara & Co, order 1021." in text
    assert "مرحبا Sara & Co، الطلب 1021." in text
    assert "Hidden Person" not in text
    assert typed(tried, "Save")["body_en"] == WRITTEN["body_en"]
    bad = client.submit(page, WRITTEN | {"body_en": "{nonsense}", "preview": "1"}, button="Preview")
    assert bad.status_code == 422
    assert row_counts() == before


def test_without_a_complaint_the_preview_says_what_will_stand_there(
    client: Client, make: Make
) -> None:
    sign_in(client, make.user("platform_admin"))
    form = client.get(f"{PLATFORM}new")
    tried = client.submit(form, WRITTEN | {"preview": "1"}, button="Preview")
    assert "As soon as there is a complaint" in Page(tried.text).text


def test_a_list_shows_the_places_own_and_finds_them_by_text(
    client: Client, make: Make, save: Save, visitors: Visitors
) -> None:
    """X-01, X-02: the platform's pages narrowed to a store still show the platform's own."""
    save("Ours", en="A bottle\n\nof water")
    save("Theirs", make.store("najd"))
    save("Shared", make.platform())
    sign_in(client, make.user("store_owner"))
    text = client.page(DESK).text
    assert "Ours" in text
    assert "A bottle of water" in text
    assert "Theirs" not in text
    assert "Shared" not in text
    assert "Ours" in client.page(f"{DESK}?q=of+water").text
    assert "No results found" in client.page(f"{DESK}?q=whiskey").text
    admin = visitors()
    sign_in(admin, make.user("platform_admin"))
    for address in (PLATFORM, f"{PLATFORM}?store=noor"):
        text = admin.page(address).text
        assert "Shared" in text
        assert "Ours" not in text


def test_a_list_stands_in_the_order_of_use_and_turns_its_pages(
    client: Client, make: Make, save: Save
) -> None:
    made = [save(f"Response {number:02}") for number in range(30)]
    with transaction():
        for place, canned in enumerate(made):
            db.session.get_one(CannedReply, canned.id).use_count = place // 3
    sign_in(client, make.user("store_owner"))
    titles, address = [], DESK
    for _ in range(2):
        page = client.page(address)
        rows = [one for one in page.root.all("th") if one.get("scope") == "row"]
        titles += [one.text for one in rows]
        following = [one for one in page.root.all("a") if one.get("rel") == "next"]
        address = following[0].get("href") if following else ""
    assert titles == [f"Response {number:02}" for number in reversed(range(30))]
    assert address == ""


# In the composer


@pytest.fixture
def filed(make: Make) -> Filed:
    return make.complaint(S.PENDING_ADMIN)


def at(filed: Filed) -> str:
    return f"/desk/noor/complaints/{filed.number}"


def choices(response: TestResponse) -> dict[str, str]:
    [select_] = [
        one for one in Page(response.text).root.all("select") if one.get("name") == "canned"
    ]
    return {one.text: one.get("value") for one in select_.all("option")}


def insert(client: Client, page: TestResponse, title: str, **values: object) -> TestResponse:
    """Choose a response and press *Insert*, which sends the composer's form elsewhere."""
    data = typed(page, "Insert") | {"canned": choices(page)[title]} | values
    [button] = [one for one in Page(page.text).root.all("button") if one.text == "Insert"]
    return client.post(button.get("formaction"), data=data)


def test_a_writer_chooses_a_response_or_other_reply(
    client: Client, make: Make, save: Save, filed: Filed
) -> None:
    """S0-50, S0-52: the store's own, then the platform's; *Other reply* is the literal label."""
    save("Ours")
    save("Theirs", make.store("najd"))
    save("Shared", make.platform())
    sign_in(client, make.user("agent"))
    assert list(choices(client.get(at(filed)))) == ["Other reply", "Ours", "Shared"]
    assert list(choices(client.get(f"{at(filed)}?mode=ask"))) == ["Other reply", "Ours", "Shared"]
    assert 'name="canned"' not in client.get(f"{at(filed)}?mode=note").text


def test_the_platform_inserts_its_own_into_its_answer(
    client: Client, make: Make, save: Save
) -> None:
    filed = make.complaint()
    save("Ours")
    shared = save("Shared", make.platform(), en="Seen, {agent_name}")
    sign_in(client, make.user("platform_reviewer", name="Rashid"))
    page = client.get(f"/platform/complaints/noor/{filed.number}")
    assert list(choices(page)) == ["Other reply", "Shared"]
    filled = insert(client, page, "Shared")
    assert typed(filled, "Answer")["text"] == "Seen, Rashid"
    assert client.submit(filled, button="Answer").status_code == 303
    assert bodies()[-1] == "Seen, Rashid"
    assert uses(shared) == 1


@pytest.mark.parametrize(("lang", "opening"), [(Lang.EN, "Hello"), (Lang.AR, "مرحبا")])
def test_insert_fills_the_field_in_the_customers_language_and_writes_nothing(
    lang: Lang, opening: str, client: Client, make: Make, save: Save
) -> None:
    filed = make.complaint(S.PENDING_ADMIN, lang=lang)
    texts = "{customer_name} {ticket_number} {tracking_link} {store_name} {agent_name}"
    canned = save("Sorry", en=f"Hello {texts}", ar=f"مرحبا {texts}")
    sign_in(client, make.user("agent", name="Omar Hadi", lang=Lang.EN))
    page = client.get(at(filed))
    before = row_counts()
    filled = insert(client, page, "Sorry")
    assert filled.status_code == 200
    assert row_counts() == before
    text = typed(filled, "Add")["text"]
    assert text.startswith(f"{opening} Sara O'Connor {filed.number} http://")
    assert f"/s/noor/track?lang={lang.value}&number={filed.number}" in html.unescape(text)
    assert text.endswith("Omar Hadi")
    assert uses(canned) == 0, "it is counted when it is sent"


def test_insert_keeps_everything_else_and_puts_the_text_below_what_was_typed(
    client: Client, save: Save, make: Make, filed: Filed
) -> None:
    save("Sorry", en="Hello")
    sign_in(client, make.user("agent"))
    page = client.get(at(filed))
    filled = insert(
        client,
        page,
        "Sorry",
        text="Typed before",
        resolution="refund",
        resolution_text="120 SAR",
        files=(BytesIO(b"A note in a file."), "note.txt"),
    )
    back = typed(filled, "Add")
    assert back["text"] == "Typed before\n\nHello"
    assert (back["resolution"], back["resolution_text"]) == ("refund", "120 SAR")
    assert back["canned"] == choices(page)["Sorry"]
    assert "note.txt" in Page(filled.text).text
    assert back["files-kept"]
    assert not [one for one in Page(filled.text).root.all() if one.get("role") == "alert"]


def test_other_reply_inserts_nothing(client: Client, save: Save, make: Make, filed: Filed) -> None:
    canned = save()
    sign_in(client, make.user("agent"))
    filled = insert(client, client.get(at(filed)), "Other reply", text="My own words")
    assert typed(filled, "Add")["text"] == "My own words"
    assert client.submit(filled, button="Add").status_code == 303
    assert uses(canned) == 0


def test_a_response_counts_when_it_was_inserted_and_sent_and_once(
    client: Client, save: Save, make: Make, filed: Filed
) -> None:
    canned = save()
    sign_in(client, make.user("agent"))
    chosen_only = client.get(at(filed))
    client.submit(
        chosen_only, {"canned": choices(chosen_only)["Sorry"], "text": "Other words"}, button="Add"
    )
    assert uses(canned) == 0, "chosen and not inserted"
    filled = insert(client, client.get(at(filed)), "Sorry")
    for _ in range(2):
        assert client.submit(filled, {"text": "Hello, edited"}, button="Add").status_code == 303
    assert uses(canned) == 1
    assert bodies()[-1] == "Hello, edited"


def test_a_placeholder_that_nothing_fills_is_seen_and_never_sent(
    client: Client, save: Save, make: Make
) -> None:
    """The text stays, the sentence names it, and nothing is written."""
    filed = make.complaint(S.PENDING_ADMIN, order_number="")
    canned = save("Where", en="Order {order_number} left.")
    sign_in(client, make.user("agent"))
    filled = insert(client, client.get(at(filed)), "Where")
    assert typed(filled, "Add")["text"] == "Order {order_number} left."
    before = bodies()
    refused = client.submit(filled, button="Add")
    assert refused.status_code == 422
    assert "Replace {order_number} in your text" in Page(refused.text).text
    assert typed(refused, "Add")["text"].strip() == "Order {order_number} left."
    assert (bodies(), uses(canned)) == (before, 0)
    assert client.submit(refused, {"text": "Order 12 left."}, button="Add").status_code == 303
    assert uses(canned) == 1


@pytest.mark.parametrize("chosen", ["other", "2147483648", "-1", "abc", "٣", "9" * 40])
def test_a_response_that_is_not_there_loses_no_text(
    chosen: str, client: Client, save: Save, make: Make, filed: Filed
) -> None:
    """Another store's is not there either (X-01)."""
    save()
    theirs = save("Theirs", make.store("najd"), en="canary")
    value = str(theirs.id) if chosen == "other" else chosen
    sign_in(client, make.user("agent"))
    refused = insert(client, client.get(at(filed)), "Sorry", canned=value, text="Typed")
    assert refused.status_code == 422
    assert "no longer there" in Page(refused.text).text
    assert typed(refused, "Add")["text"] == "Typed"
    assert "canary" not in refused.text
    script = client.get(f"{at(filed)}/canned", query_string={"canned": value})
    assert script.status_code == 404


def test_a_script_is_given_the_text_alone(
    client: Client, save: Save, make: Make, filed: Filed
) -> None:
    canned = save("Sorry", en="Hello {customer_name}")
    sign_in(client, make.user("agent"))
    before = row_counts()
    answer = client.get(f"{at(filed)}/canned?canned={canned.id}")
    assert answer.json == {"id": str(canned.id), "text": "Hello Sara O'Connor"}
    assert row_counts() == before


def test_a_forged_use_of_another_stores_response_counts_nothing(
    client: Client, save: Save, make: Make, filed: Filed
) -> None:
    theirs = save("Theirs", make.store("najd"))
    sign_in(client, make.user("agent"))
    for forged in (str(theirs.id), "abc", "9" * 30):
        page = client.get(at(filed))
        sent = client.submit(page, {"text": f"Words {forged}", "inserted": forged}, button="Add")
        assert sent.status_code == 303
    assert uses(theirs) == 0


def test_a_mode_that_is_not_there_is_no_page(client: Client, make: Make, filed: Filed) -> None:
    sign_in(client, make.user("agent"))
    token = csrf(client)
    for name in ("canned", "draft"):
        for mode in ("", "close", "\x00"):
            data = {"csrf_token": token, "mode": mode, "text": "x"}
            assert client.post(f"{at(filed)}/{name}", data=data).status_code == 404
    assert shown(client, "/desk/noor/complaints/") == [filed.number]
