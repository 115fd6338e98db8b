"""Language, direction, theme and moments: who chooses, what is remembered, how it is written."""

import pytest

from helpdesk.db import db, transaction
from helpdesk.enums import Lang, TicketStatus
from helpdesk.models import User
from tests.fixtures.client import Client
from tests.fixtures.clock import Clock
from tests.fixtures.factory import Make
from tests.fixtures.pages import Page
from tests.views.steps import prove, sign_in

ARABIC = {"Accept-Language": "ar-SA,ar;q=0.9"}


def root(client: Client, address: str, **options: object) -> dict[str, str]:
    [html] = Page(client.get(address, **options).text).root.all("html")
    return html.attributes


def lang(client: Client, address: str = "/s/noor/", **options: object) -> tuple[str, str]:
    found = root(client, address, **options)
    return found["lang"], found["dir"]


def test_an_address_switches_the_language_and_the_browser_remembers(
    client: Client, make: Make
) -> None:
    make.store()
    assert lang(client) == ("en", "ltr")
    assert lang(client, "/s/noor/?lang=ar") == ("ar", "rtl")
    for address in ("/s/noor/track", "/", "/login", "/nowhere"):
        assert lang(client, address) == ("ar", "rtl"), address
    assert lang(client, "/s/noor/?lang=en") == ("en", "ltr")
    assert lang(client, "/s/noor/?lang=fr") == ("en", "ltr")


def test_a_store_has_a_language_of_its_own_and_the_browser_only_counts_without_a_store(
    client: Client, make: Make
) -> None:
    make.store(default_lang=Lang.AR)
    assert lang(client) == ("ar", "rtl")
    assert lang(client, "/") == ("en", "ltr")
    assert lang(client, "/", headers=ARABIC) == ("ar", "rtl")
    make.store(default_lang=Lang.EN)
    assert lang(client, headers=ARABIC) == ("en", "ltr")


def test_staff_read_in_their_own_language_unless_they_chose_another(
    client: Client, make: Make
) -> None:
    user = make.user("agent")
    sign_in(client, user)
    assert lang(client, "/desk/noor/") == ("en", "ltr")
    with transaction():
        db.session.get_one(User, user.id).lang = Lang.AR
    assert lang(client, "/desk/noor/") == ("ar", "rtl")
    assert lang(client, "/desk/noor/?lang=en") == ("en", "ltr")
    assert lang(client, "/desk/noor/") == ("en", "ltr")


def test_arabic_pages_load_the_style_for_their_direction(client: Client, make: Make) -> None:
    make.store()
    assert "bootstrap.rtl.min.css" in client.get("/s/noor/?lang=ar").text
    assert "bootstrap.rtl.min.css" not in client.get("/s/noor/?lang=en").text


@pytest.mark.parametrize("value", ["light", "dark", "system"])
def test_a_theme_is_chosen_and_remembered(value: str, client: Client, make: Make) -> None:
    make.store()
    assert root(client, "/s/noor/")["data-theme"] == "system"
    client.get(f"/s/noor/?theme={value}")
    found = root(client, "/login?theme=pink")
    assert found["data-theme"] == value
    assert found["data-bs-theme"] == ("dark" if value == "dark" else "light")


def test_moments_have_the_stores_hour_the_months_name_and_how_long_ago(
    client: Client, make: Make, clock: Clock
) -> None:
    """X-08, C56: the page says 2:27 PM in Riyadh for 11:27 UTC, never 06/05."""
    filed = make.complaint(TicketStatus.PENDING_CUSTOMER)
    prove(client, filed, make)
    clock.move(minutes=20)
    text = client.page(f"/s/noor/complaints/{filed.number}").text
    assert "06 May 2025 2:27 PM" in text.replace("\u202f", " ")
    assert "20 minutes ago" in text
    arabic = client.page(f"/s/noor/complaints/{filed.number}?lang=ar").text
    assert "مايو" in arabic
    assert "قبل" in arabic or "منذ" in arabic


def test_another_store_has_another_hour(client: Client, make: Make) -> None:
    store = make.store("berlin", timezone="Europe/Berlin")
    filed = make.complaint(TicketStatus.PENDING_CUSTOMER, store)
    prove(client, filed, make, "berlin")
    text = client.page(f"/s/berlin/complaints/{filed.number}").text
    assert "06 May 2025 1:27 PM" in text.replace("\u202f", " ")


def test_a_message_says_its_own_language_and_direction(client: Client, make: Make) -> None:
    filed = make.complaint(
        TicketStatus.PENDING_CUSTOMER, description="وصلت الزجاجة مكسورة والصندوق مبلل."
    )
    prove(client, filed, make)
    page = client.page(f"/s/noor/complaints/{filed.number}")
    spoken = {
        (one.get("lang"), one.get("dir"))
        for one in page.root.all("div")
        if "message-text" in one.get("class")
    }
    assert spoken == {("ar", "rtl"), ("en", "ltr")}


def test_numbers_codes_and_addresses_keep_their_direction_on_arabic_pages(
    client: Client, make: Make
) -> None:
    filed = make.complaint(TicketStatus.PENDING_CUSTOMER)
    prove(client, filed, make)
    page = client.page(f"/s/noor/complaints/{filed.number}?lang=ar")
    heading = next(page.root.all("h1"))
    assert [one.get("dir") for one in heading.all("bdi")] == ["ltr"]
    form = client.page("/s/noor/complaints/new")
    wanted = {"email", "phone", "order_number"}
    fields = {one.get("name"): one.get("dir") for one in form.root.all("input")}
    assert {name: fields[name] for name in wanted} == dict.fromkeys(wanted, "ltr")
