"""What is measured: for every page, what is asked of the product and of its hand-written twin, and the right answer."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count, cycle, islice
from secrets import token_hex
from urllib.parse import quote, urlencode

from bench.browser import Browser, Form
from bench.crowd import Ask, fetch
from bench.queries import Wanted
from bench.seed import texts
from bench.seed.places import BIG, BIG_NAME, BIG_SLUG, staff
from bench.site import Site

DESK = f"/desk/{BIG_SLUG}"
LOG = f"{DESK}/complaints/"
SHOP = f"/s/{BIG_SLUG}"
NOTHING = b"No results found"

Maker = Callable[[Site, int], Iterator[Ask]]
"""Gives what to ask; of posts, as many as it is told."""


@dataclass(frozen=True)
class Measured:
    """A page."""

    name: str
    product: Maker
    hand: Maker
    floor: bool = False
    """Whether the floor is measured beside it."""
    raw: str = ""
    """The raw queries that are measured beside it."""
    grows: str = ""
    """The table that has one more row with every right answer."""


# Pages that are read


def _pages(browsers: list[Browser], path: str, *markers: str) -> Iterator[Ask]:
    found = tuple(one.encode() for one in markers)
    return cycle([Ask(browser.request("GET", path), 200, found) for browser in browsers])


def _by_hand(site: Site, path: str, *markers: str) -> Iterator[Ask]:
    return _pages([Browser(site.hand.port)], path, *markers)


def _log(name: str, ask: Callable[[Site], dict[str, str]], raw: str = "") -> Measured:
    """A page of the big store's log."""

    def product(site: Site, _wanted: int) -> Iterator[Ask]:
        query = ask(site)
        expected = site.first_and_last(Wanted(store_id=BIG, **query))
        return _pages(site.staff, f"{LOG}?{urlencode(query)}", *expected)

    def hand(site: Site, _wanted: int) -> Iterator[Ask]:
        query = ask(site)
        expected = site.first_and_last(Wanted(store_id=BIG, **query))
        return _by_hand(site, f"/complaints?{urlencode(query)}", *expected)

    return Measured(name, product, hand, floor=True, raw=raw)


def _platform_log(site: Site, _wanted: int) -> Iterator[Ask]:
    return _pages([site.reviewer], "/platform/complaints/", *site.first_and_last(Wanted()))


def _platform_log_by_hand(site: Site, _wanted: int) -> Iterator[Ask]:
    return _by_hand(site, "/complaints?store=all", *site.first_and_last(Wanted()))


def _search(name: str, word: str, raw: str = "") -> Measured:
    """The log, searched; what has to be found was looked up without any index."""

    def expected(site: Site) -> list[str]:
        found = site.said_in(word)
        return [found[0], found[-1]] if found else [NOTHING.decode()]

    def product(site: Site, _wanted: int) -> Iterator[Ask]:
        return _pages(site.staff, f"{LOG}?q={quote(word)}", *expected(site))

    def hand(site: Site, _wanted: int) -> Iterator[Ask]:
        return _by_hand(site, f"/complaints?q={quote(word)}", *expected(site))

    return Measured(name, product, hand, raw=raw)


def _home(site: Site, _wanted: int) -> Iterator[Ask]:
    return _pages(site.staff, f"{DESK}/", BIG_NAME, f"{site.waiting():,}")


def _home_by_hand(site: Site, _wanted: int) -> Iterator[Ask]:
    return _by_hand(site, "/home", f"{site.waiting():,}")


def _details(site: Site, _wanted: int) -> Iterator[Ask]:
    who = cycle(site.staff)
    return cycle([_read(next(who), f"{LOG}{number}", text) for _id, number, text in site.some()])


def _details_by_hand(site: Site, _wanted: int) -> Iterator[Ask]:
    who = Browser(site.hand.port)
    return cycle([_read(who, f"/complaints/{number}", text) for _id, number, text in site.some()])


def _tracking(site: Site, _wanted: int) -> Iterator[Ask]:
    return cycle(
        [
            _read(site.proven(ticket_id), f"{SHOP}/complaints/{number}", text)
            for ticket_id, number, text in site.some()
        ]
    )


def _tracking_by_hand(site: Site, _wanted: int) -> Iterator[Ask]:
    who = Browser(site.hand.port)
    return cycle([_read(who, f"/track/{number}", text) for _id, number, text in site.some()])


def _read(browser: Browser, path: str, text: str) -> Ask:
    number = path.rpartition("/")[2]
    return Ask(browser.request("GET", path), 200, (number.encode(), text.encode()))


# Forms that are sent

_visitors = count(1)


def _submission(site: Site, wanted: int) -> Iterator[Ask]:
    """Every post carries the tokens of a form that was fetched for it, and comes from an address of its own."""
    path = f"{SHOP}/complaints/new"
    posts = []
    for place in range(len(site.staff)):
        browser = Browser(site.product.port, _address())
        browser.get(path)
        share = len(range(place, wanted, len(site.staff)))
        for _ask, page in fetch(browser.port, [Ask(browser.request("GET", path))] * share):
            form, filled = Form.on(page.decode(), "description"), _complaint()
            request = browser.request("POST", path, form, filled, _address())
            posts.append(Ask(request, 303, (f"{SHOP}/complaints/sent".encode(),)))
    return iter(posts)


def _submission_by_hand(site: Site, wanted: int) -> Iterator[Ask]:
    browser, done = Browser(site.hand.port), (f"{SHOP}/complaints/sent".encode(),)
    asks = (browser.request("POST", "/submit", Form(), _complaint()) for _ in range(wanted))
    return (Ask(request, 303, done) for request in asks)


def _reply(site: Site, wanted: int) -> Iterator[Ask]:
    """Each into another complaint, from a form that was fetched with its page."""
    numbers = list(islice(site.open_ones()[::2], wanted))
    who = cycle(site.staff)
    pages = {}
    for number in numbers:
        browser = next(who)
        pages[Ask(browser.request("GET", f"{LOG}{number}"))] = (browser, number)
    posts = []
    for ask, page in fetch(site.product.port, pages):
        browser, number = pages[ask]
        form = Form.on(page.decode(), "resolution_text")
        filled = {"text": _answer(), "resolution": "", "resolution_text": ""}
        request = browser.request("POST", f"{LOG}{number}/reply", form, filled)
        posts.append(Ask(request, 303, (f"{LOG}{number}".encode(),)))
    return iter(posts)


def _reply_by_hand(site: Site, wanted: int) -> Iterator[Ask]:
    browser, user = Browser(site.hand.port), str(staff()[BIG][0].id)
    for number in islice(cycle(site.open_ones()[1::2]), wanted):
        path, filled = f"/complaints/{number}", {"user": user, "text": _answer()}
        yield Ask(browser.request("POST", f"{path}/reply", Form(), filled), 303, (path.encode(),))


def _complaint() -> dict[str, str]:
    return {
        "name": "Sara Haddad",
        "email": f"sara.{token_hex(6)}@mail.example",
        "phone": "+966551234567",
        "type": "late",
        "order_number": "1021",
        "description": f"It has not come, and nobody answers. {token_hex(4)}",
        "declaration": "y",
    }


def _answer() -> str:
    return f"We are sorry and have asked the courier. {token_hex(4)}"


def _address() -> str:
    one = next(_visitors)
    return f"10.{100 + one // 62_500 % 100}.{one // 250 % 250}.{one % 250 + 1}"


PAGES = (
    _log("log", lambda _site: {}, raw="list"),
    _log("log, deep page", lambda site: {"after": site.cursor()}),
    _log("log, by status", lambda _site: {"status": "pending_admin"}),
    _log("log, by assignee", lambda _site: {"assignee": str(staff()[BIG][1].id)}),
    Measured("log of the platform", _platform_log, _platform_log_by_hand, floor=True),
    _search("search, rare word", texts.RARE, raw="search"),
    _search("search, common word", texts.COMMON),
    _search("search, absent word", texts.ABSENT),
    _search("search, Arabic word", texts.ARABIC),
    Measured("home", _home, _home_by_hand),
    Measured("details", _details, _details_by_hand, raw="details"),
    Measured("tracking page", _tracking, _tracking_by_hand),
    Measured("submission", _submission, _submission_by_hand, raw="submit", grows="ticket"),
    Measured("reply", _reply, _reply_by_hand, grows="message"),
)
"""Reading first: what is written later changes what would have to be read."""
