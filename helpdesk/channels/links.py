"""Addresses for mails: always under PUBLIC_URL, whatever host a request came in on."""

from typing import Any
from urllib.parse import urlsplit

from flask import current_app


def public(endpoint: str, **values: Any) -> str:
    """The full public address of an endpoint."""
    parts = urlsplit(current_app.config["PUBLIC_URL"])
    adapter = current_app.url_map.bind(parts.netloc, url_scheme=parts.scheme)
    return adapter.build(endpoint, values, force_external=True)


def mail_domain() -> str:
    """What stands behind the @ of our Message-IDs."""
    return str(current_app.config["MAIL_SENDER"]).rpartition("@")[2]
