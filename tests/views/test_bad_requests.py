"""Requests that no browser sends: broken bodies, odd types, huge cookies, strange addresses and queries."""

from io import BytesIO
from urllib.parse import quote_plus

import pytest
from werkzeug.test import TestResponse

from helpdesk.enums import TicketStatus
from helpdesk.views.errors import ADDRESS_BYTES
from tests.fixtures.client import Client
from tests.fixtures.factory import Make
from tests.fixtures.pages import Page
from tests.views.seeds import GARBAGE, IDS, TECHNICAL, TEXTS
from tests.views.steps import COMPLAINT, csrf, row_counts, sign_in

FORMS = ("/s/noor/complaints/new", "/s/noor/track", "/login", "/login/forgot")
LISTS = ("/desk/noor/complaints/", "/desk/noor/deliveries/")
PLATFORM_LISTS = ("/platform/complaints/", "/platform/deliveries/")
PUBLIC = (
    "/",
    "/s/noor/",
    "/s/noor/complaints",
    "/s/noor/complaints/new",
    "/s/noor/track",
    "/login",
)


def too_long(text: str) -> bool:
    """Whether an address that has this in its query is refused."""
    return len(quote_plus(text)) > ADDRESS_BYTES


def assert_plain(response: TestResponse) -> None:
    text = Page(response.text).text
    assert not [word for word in TECHNICAL if word in text]


@pytest.mark.parametrize("address", FORMS)
@pytest.mark.parametrize(
    ("body", "options"),
    [
        (b"--x\r\nno boundary", {"content_type": "multipart/form-data"}),
        (b"--x\r\n\r\n", {"content_type": "multipart/form-data; boundary=y"}),
        (b'{"name": "Sara"}', {"content_type": "application/json"}),
        (b"<a/>", {"content_type": "text/xml"}),
        (b"name=Sara", {"content_type": "nothing"}),
        (b"name=%ff%fe&x=%", {"content_type": "application/x-www-form-urlencoded"}),
        (b"name=Sara", {"headers": {"Content-Length": "100"}}),
        (b"", {"content_type": "application/x-www-form-urlencoded; charset=utf-7"}),
    ],
)
def test_a_body_that_is_no_form_is_refused_in_plain_words(
    address: str, body: bytes, options: dict[str, object], client: Client, make: Make
) -> None:
    make.store()
    before = row_counts()
    response = client.post(address, data=body, **options)
    assert response.status_code == 400
    assert_plain(response)
    assert row_counts() == before


@pytest.mark.parametrize("address", FORMS)
def test_too_many_parts_or_too_many_bytes_are_told(
    address: str, client: Client, make: Make
) -> None:
    make.store()
    part = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
    many = client.post(
        address, data=part * 1001 + b"--x--\r\n", content_type="multipart/form-data; boundary=x"
    )
    assert many.status_code == 413
    assert_plain(many)
    long = client.post(address, data={"name": "x" * 2**20, "csrf_token": csrf(client)})
    assert long.status_code == 413
    assert "less at once" in long.text


def test_a_megabyte_in_a_field_is_refused_and_nothing_is_written(
    client: Client, make: Make
) -> None:
    make.store()
    form = client.get("/s/noor/complaints/new")
    before = row_counts()
    for name in COMPLAINT:
        assert client.submit(form, COMPLAINT | {name: "x" * 1_000_000}).status_code in {
            413,
            422,
            303,
        }
        if name != "declaration":  # any value ticks it
            assert row_counts() == before, name


def test_files_where_texts_are_expected_are_no_fault(client: Client, make: Make) -> None:
    make.store()
    body = {name: (BytesIO(b"x"), "a.exe") for name in COMPLAINT}
    response = client.post(
        "/s/noor/complaints/new",
        data=body | {"csrf_token": csrf(client)},
        content_type="multipart/form-data",
    )
    assert response.status_code == 422


@pytest.mark.parametrize("body", [[1], {"name": 1, "email": ["a"], "code": {}}, "text", None])
def test_json_with_a_good_token_is_still_no_form(body: object, client: Client, make: Make) -> None:
    make.store()
    headers = {"X-CSRFToken": csrf(client)}
    for address in FORMS:
        response = client.post(address, json=body, headers=headers)
        assert response.status_code in {303, 422}, address
    assert "CMP-" not in client.get("/s/noor/complaints/sent").text


@pytest.mark.parametrize("name", ["helpdesk", "lang", "theme", "remember_token", "anything"])
@pytest.mark.parametrize(
    "value", ["x" * 16_000, "eyJ4IjoxfQ.x.y", "\u0665", "a\x01b", "", '"', "=;"]
)
def test_no_cookie_breaks_a_page(name: str, value: str, client: Client, make: Make) -> None:
    make.store()
    raw = f"{name}={value}".encode().decode("latin-1")
    for address in (*PUBLIC, "/desk/", "/s/noor/complaints/sent"):
        response = client.get(address, environ_overrides={"HTTP_COOKIE": raw})
        assert response.status_code in {200, 302}, address
    post = client.post("/login", data={}, environ_overrides={"HTTP_COOKIE": raw})
    assert post.status_code == 400


@pytest.mark.parametrize("name", GARBAGE)
def test_nothing_in_a_query_breaks_a_page_and_unknown_filters_filter_nothing(
    name: str, client: Client, make: Make
) -> None:
    filed = make.complaint(TicketStatus.PENDING_CUSTOMER)
    sign_in(client, make.user("store_owner"))
    for value in GARBAGE[name]:
        for address in (*PUBLIC, *LISTS):
            response = client.get(address, query_string={name: value})
            assert response.status_code in {200, 302}, (address, value)
        shown = client.get(LISTS[0], query_string={name: value}).text
        if name not in {"after", "before", "from", "to"}:
            assert filed.number in shown, value


@pytest.mark.parametrize("role", ["store_owner", "platform_admin"])
def test_nothing_typed_into_a_search_is_a_fault_or_matches_everything(
    role: str, client: Client, make: Make
) -> None:
    filed = make.complaint(TicketStatus.PENDING_CUSTOMER)
    sign_in(client, make.user(role))
    for address in LISTS if role == "store_owner" else PLATFORM_LISTS:
        for name, text in TEXTS.items():
            response = client.get(address, query_string={"q": text})
            assert response.status_code == (414 if too_long(text) else 200), name
            assert_plain(response)
    log = (LISTS if role == "store_owner" else PLATFORM_LISTS)[0]
    for wild in ("%", "_", "S_ra", "S%a", "\\", "*"):
        assert filed.number not in client.get(log, query_string={"q": wild}).text, wild


@pytest.mark.parametrize("role", ["store_owner", "platform_admin"])
def test_no_id_in_an_address_is_a_fault(role: str, client: Client, make: Make) -> None:
    make.store()
    sign_in(client, make.user(role))
    token = csrf(client)
    for one in IDS:
        for address in (
            f"/desk/noor/complaints/{one}",
            f"/desk/noor/complaints/{one}/assign",
            f"/desk/noor/deliveries/{one}",
            f"/desk/{one}/",
            f"/platform/complaints/noor/{one}",
            f"/platform/complaints/{one}/CMP-1234-5674",
            f"/platform/deliveries/{one}",
            f"/s/{one}/",
            f"/s/noor/complaints/{one}",
            f"/s/noor/complaints/{one}/close",
            f"/login/reset/{one}",
            f"/static/{one}",
            f"/{one}",
        ):
            response = client.get(address, buffered=True)
            assert response.status_code in {302, 303, 308, 404, 422}, (address, response.status)
            assert "root:" not in response.text
        for address in (f"/desk/noor/deliveries/{one}/retry", f"/login/sessions/{one}/end"):
            response = client.post(address, data={"csrf_token": token})
            assert response.status_code in {302, 303, 308, 404, 405}, address


def test_static_files_are_served_from_their_folder_alone(client: Client) -> None:
    for path in (
        "../config.py",
        "..%2fconfig.py",
        "%2e%2e/config.py",
        "css/../../config.py",
        "/etc/passwd",
    ):
        response = client.get(f"/static/{path}", buffered=True)
        assert response.status_code in {308, 404}, path
        assert "SECRET_KEY" not in response.text


def test_the_language_link_on_any_page_stays_on_this_host(client: Client) -> None:
    """An address such as //evil.test must not come back as a link to there."""
    for path in ("//evil.test/x", "/\\evil.test", "///evil.test", "/%2F/evil.test"):
        response = client.get("/", environ_overrides={"PATH_INFO": path})
        links = [one.get("href") for one in Page(response.text).root.all("a")]
        assert links
        assert not [one for one in links if one[1:2] in {"/", "\\"}], links


@pytest.mark.parametrize("address", ["/", "/login", *LISTS])
def test_an_address_with_bytes_that_are_no_text_is_answered_as_if_they_were_a_typing_error(
    address: str, client: Client, make: Make
) -> None:
    """Security, input: the search finds nothing, and nothing breaks."""
    sign_in(client, make.user("store_owner", make.store()))
    answer = client.get(address, environ_overrides={"QUERY_STRING": "q=\xff\xfe&status=\xc3("})
    assert answer.status_code in {200, 302, 303}
    assert_plain(answer)


def test_an_address_is_as_long_as_it_may_be_and_not_longer(client: Client, make: Make) -> None:
    """Told in the reader's language and with a way back, and not by the web server in its own words."""
    make.store()
    for address in ("/s/noor/complaints", "/s/noor/nowhere"):
        room = ADDRESS_BYTES - len(address) - len("q=")
        fits = client.get(address, query_string={"q": "x" * room})
        assert fits.status_code == (404 if "nowhere" in address else 200)
        for lang, heading in (("en", "That address is too long"), ("ar", None)):
            over = client.get(address, query_string={"lang": lang, "q": "x" * room})
            assert over.status_code == 414
            page = Page(over.text)
            [root] = page.root.all("html")
            assert root.get("lang") == lang
            assert heading in {None, page.heading}
            [button] = next(page.root.all("main")).all("a")
            assert button.get("href") == "/s/noor/"
    posted = client.post(
        f"/s/noor/track?q={'x' * ADDRESS_BYTES}", data={"csrf_token": csrf(client)}
    )
    assert posted.status_code == 414
