"""Requests as a browser writes them: cookies, an address behind the proxy, forms with their hidden fields."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from secrets import token_hex
from urllib.parse import urlencode

from bench.crowd import Ask, fetch

_COOKIE = re.compile(r"^set-cookie: *([^=;]+)=([^;\r]*)", re.IGNORECASE | re.MULTILINE)
_FORM = re.compile(r"<form\b.*?</form>", re.DOTALL)
_INPUT = re.compile(r"<input\b[^>]*>")
_ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"')

Cookies = Mapping[str, str]


class FormMissing(RuntimeError):
    """The page has no such form."""


@dataclass
class Browser:
    """Somebody who asks a server, and keeps its cookies."""

    port: int
    address: str = "10.0.0.1"
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> str:
        """The page there."""
        return self._keep(Ask(self.request("GET", path)))

    def post(self, path: str, form: "Form", fields: Mapping[str, str]) -> str:
        """What a filled form is answered with: a redirect, or it failed."""
        return self._keep(Ask(self.request("POST", path, form, fields), 303))

    def request(
        self,
        method: str,
        path: str,
        form: "Form | None" = None,
        fields: Mapping[str, str] | None = None,
        address: str = "",
    ) -> bytes:
        """The bytes of a request."""
        kind, body = form.sent(fields or {}) if form else ("", b"")
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            f"X-Forwarded-For: {address or self.address}",
            "Accept-Language: en",
            "Accept: text/html",
            f"Cookie: {'; '.join(f'{name}={value}' for name, value in self.cookies.items())}",
        ]
        if form:
            lines += [f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
        return "\r\n".join([*lines, "", ""]).encode() + body

    def _keep(self, ask: Ask) -> str:
        [(_ask, answer)] = fetch(self.port, [ask], 1)
        fault = ask.wrong(answer)
        if fault:
            raise RuntimeError(fault)
        head, _, body = answer.partition(b"\r\n\r\n")
        self.cookies.update(_COOKIE.findall(head.decode()))
        return body.decode()


@dataclass(frozen=True)
class Form:
    """A form's hidden fields, and how it wants to be sent."""

    hidden: Mapping[str, str] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    in_parts: bool = False

    @classmethod
    def on(cls, page: str, name: str) -> "Form":
        """The form of a page that has a field of this name.

        Raises:
            FormMissing: there is none.
        """
        for form in _FORM.findall(page):
            if f'name="{name}"' in form:
                inputs = [dict(_ATTRIBUTE.findall(one)) for one in _INPUT.findall(form)]
                return cls(
                    {
                        one["name"]: html.unescape(one.get("value", ""))
                        for one in inputs
                        if one.get("type") == "hidden"
                    },
                    tuple(one["name"] for one in inputs if one.get("type") == "file"),
                    "multipart/form-data" in form,
                )
        raise FormMissing(f"no form with {name!r} on {page[:300]}")

    def sent(self, fields: Mapping[str, str]) -> tuple[str, bytes]:
        """Content type and body of the form with these fields filled in."""
        values = {**self.hidden, **fields}
        if not self.in_parts:
            return "application/x-www-form-urlencoded", urlencode(values).encode()
        line = f"bench{token_hex(8)}"
        parts = [f'name="{name}"\r\n\r\n{value}' for name, value in values.items()]
        nothing = "\r\nContent-Type: application/octet-stream\r\n\r\n"
        parts += [f'name="{name}"; filename=""{nothing}' for name in self.files]
        body = "".join(f"--{line}\r\nContent-Disposition: form-data; {one}\r\n" for one in parts)
        return f"multipart/form-data; boundary={line}", f"{body}--{line}--\r\n".encode()
