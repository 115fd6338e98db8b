"""A shopper's browser over plain HTTP: cookies, forms with their tokens, an address of its own."""

import re
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection
from urllib.parse import urlencode

from tests.faults.site import LUCK, STORE
from tests.fixtures.pages import Page, read_form

TIMEOUT_SECONDS = 60


class Unacknowledged(Exception):
    """The site did not answer as it does when something worked."""


@dataclass
class Answer:
    """What came back, and the cookies that the browser would hold after it."""

    status: int
    location: str
    text: str
    cookies: dict[str, str]
    retry_after: str = ""

    def fields(self, name: str) -> dict[str, str]:
        """What the posted form with this field would send, hidden fields and all."""
        for element in Page(self.text).root.all("form"):
            form = read_form(element)
            if form.method == "post" and name in form.names:
                return {key: values[-1] for key, values in form.data.items()}
        raise Unacknowledged(f"no form with {name!r} on a page that answered {self.status}")

    def acknowledged(self, location: str) -> "Answer":
        """This answer, if it is the redirect that says "done"."""
        if self.status != 303 or not self.location.endswith(location):
            raise Unacknowledged(f"{self.status} {self.location} {Page(self.text).heading}".strip())
        return self


@dataclass(frozen=True)
class Receipt:
    """What the page said after a complaint was sent."""

    email: str
    number: str
    tracking_code: str


@dataclass
class Shopper:
    """One browser in one store, behind a proxy that tells its address."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    address: str = ""

    def __post_init__(self) -> None:
        if not self.address:
            self.address = ".".join(str(LUCK.randint(1, 250)) for _ in range(4))

    def get(self, path: str) -> Answer:
        return self._keep(self._ask("GET", path, None, HTTPConnection("127.0.0.1", self.port)))

    def post(self, path: str, data: Mapping[str, str]) -> Answer:
        return self._keep(self._ask("POST", path, data, HTTPConnection("127.0.0.1", self.port)))

    def post_together(self, path: str, posts: list[dict[str, str]]) -> list[Answer]:
        """All of them in the same moment with the same cookie; the browser keeps none of their cookies."""
        start = threading.Barrier(len(posts))
        answers: list[Answer] = []

        def post(data: dict[str, str]) -> None:
            connection = HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_SECONDS)
            connection.connect()
            start.wait(timeout=TIMEOUT_SECONDS)
            answers.append(self._ask("POST", path, data, connection))

        together([lambda data=data: post(data) for data in posts])
        return answers

    # What shoppers do. Each raises Unacknowledged when the site did not say that it worked.

    def complaint_form(self, email: str, description: str) -> dict[str, str]:
        """The form, filled in, not yet sent."""
        return self.filled_in(self.get(f"/s/{STORE}/complaints/new"), email, description)

    def filled_in(self, page: Answer, email: str, description: str) -> dict[str, str]:
        return page.fields("description") | {
            "name": "Sara O'Connor",
            "email": email,
            "phone": "+966551234567",
            "type": "damaged",
            "order_number": "1021",
            "description": description,
            "declaration": "y",
        }

    def submit(self, email: str, description: str) -> Receipt:
        form = self.complaint_form(email, description)
        self.post(f"/s/{STORE}/complaints/new", form).acknowledged("/complaints/sent")
        return self.receipt(email)

    def receipt(self, email: str) -> Receipt:
        return self.receipt_on(self.get(f"/s/{STORE}/complaints/sent"), email)

    def receipt_on(self, answer: Answer, email: str) -> Receipt:
        page = Page(answer.text)
        codes = [one.text for one in page.root.all("bdi") if one.get("class") == "code"]
        if len(codes) != 2:
            raise Unacknowledged(f"no receipt on the page {page.heading!r}")
        return Receipt(email, *codes)

    def track(self, number: str, tracking_code: str) -> None:
        form = self.get(f"/s/{STORE}/track").fields("tracking_code")
        form |= {"number": number, "tracking_code": tracking_code}
        self.post(f"/s/{STORE}/track", form).acknowledged("/track/verify")

    def code_form(self, path: str, code: str) -> dict[str, str]:
        return self.get(path).fields("code") | {"code": code}

    def prove(self, number: str, code: str) -> None:
        form = self.code_form(f"/s/{STORE}/track/verify", code)
        self.post(f"/s/{STORE}/track/verify", form).acknowledged(f"/complaints/{number}")

    def reply(self, number: str, text: str) -> None:
        form = self.get(f"/s/{STORE}/complaints/{number}").fields("text") | {"text": text}
        self.post(f"/s/{STORE}/complaints/{number}/reply", form).acknowledged(
            f"/complaints/{number}"
        )

    def ask_to_close(self, number: str) -> None:
        form = self.get(f"/s/{STORE}/complaints/{number}/close").fields("idempotency")
        self.post(f"/s/{STORE}/complaints/{number}/close", form).acknowledged("/close/code")

    def _ask(
        self, method: str, path: str, data: Mapping[str, str] | None, connection: HTTPConnection
    ) -> Answer:
        connection.timeout = TIMEOUT_SECONDS
        headers = self._headers()
        if data is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, urlencode(data) if data is not None else None, headers)
            return self._read(connection)
        finally:
            connection.close()

    def _headers(self) -> dict[str, str]:
        return {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "X-Forwarded-For": self.address,
        }

    def _read(self, connection: HTTPConnection) -> Answer:
        response = connection.getresponse()
        text = response.read().decode()
        cookies = dict(self.cookies)
        for line in response.headers.get_all("Set-Cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            cookies[name] = value
        location = re.split("[?#]", response.headers["Location"] or "")[0]
        again = response.headers["Retry-After"] or ""
        return Answer(response.status, location, text, cookies, again)

    def _keep(self, answer: Answer) -> Answer:
        self.cookies = answer.cookies
        return answer


def together(work: list[Callable[[], None]]) -> None:
    """Each in a thread of its own; the first failure is raised when all have ended."""
    failures: list[Exception] = []

    def run(one: Callable[[], None]) -> None:
        try:
            one()
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(one,)) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def by_status(answers: list[Answer]) -> str:
    counts = Counter(answer.status for answer in answers)
    return " ".join(f"{status}×{count}" for status, count in sorted(counts.items()))
