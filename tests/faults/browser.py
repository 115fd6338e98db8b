"""A browser that sends files, signs staff in, and hangs up before it has read the answer."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection
from io import BytesIO

from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from tests.faults.shopper import TIMEOUT_SECONDS, Answer, Shopper
from tests.fixtures.factory import PASSWORD


@dataclass(frozen=True)
class Form:
    """A form, filled in; it may be sent any number of times."""

    path: str
    fields: Mapping[str, str]
    files: Mapping[str, bytes] = field(default_factory=dict)

    def encoded(self) -> tuple[bytes, str]:
        """The body that a browser would send, and its content type."""
        parts = [
            FileStorage(BytesIO(content), name, "files", "image/png")
            for name, content in self.files.items()
        ]
        boundary, body = encode_multipart({**self.fields, "files": parts})
        return body, f"multipart/form-data; boundary={boundary}"


@dataclass
class Browser(Shopper):
    """A shopper's or a colleague's."""

    def sign_in(self, email: str) -> "Browser":
        """As the member of staff with this address, made by `make`."""
        typed = {"email": email, "password": PASSWORD}
        self.post("/login", self.get("/login").fields("password") | typed).acknowledged("/")
        return self

    def send(self, form: Form, die_at: int = 0) -> Answer:
        """Send it and keep the cookies of the answer; `die_at` is for a process that reads it (`doomed`)."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_SECONDS)
        body, content_type = form.encoded()
        headers = {**self._headers(), "Content-Type": content_type, "Die-At": str(die_at)}
        try:
            connection.request("POST", form.path, body, headers)
            return self._keep(self._read(connection))
        finally:
            connection.close()

    def hang_up(self, form: Form, *, share: float = 1, wait: float = 0) -> None:
        """Send it, or the first part of it, wait so many seconds, and close the line with the answer unread."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_SECONDS)
        body, content_type = form.encoded()
        try:
            connection.putrequest("POST", form.path)
            headers = {**self._headers(), "Content-Type": content_type}
            for name, value in (headers | {"Content-Length": str(len(body))}).items():
                connection.putheader(name, value)
            connection.endheaders(body[: int(len(body) * share)])
            time.sleep(wait)
        finally:
            connection.close()
