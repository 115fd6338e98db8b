"""The confirmation: number and tracking code, half an hour long in the browser that sent it (S1-32, S1-33)."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, g, make_response, redirect, render_template, url_for
from flask import session as cookie
from werkzeug.wrappers import Response

from helpdesk import clock, vault
from helpdesk.channels import links
from helpdesk.domain import contacts, lost_codes, mailboxes, sla, tracking
from helpdesk.domain.complaints import Receipt
from helpdesk.domain.errors import LimitReached
from helpdesk.language import gettext as _
from helpdesk.views import errors, session
from helpdesk.views.forms import ConfirmForm, once
from helpdesk.views.public.proof import find

receipts = Blueprint("receipts", __name__, url_prefix="/complaints/sent")

RECEIPT = "receipt"
RECEIPT_SECONDS = 30 * 60


@receipts.get("")
def show() -> str:
    """The confirmation page; another browser is led to tracking instead."""
    receipt = opened()
    if receipt is None:
        return render_template("public/complaints/sent_elsewhere.html")
    ticket, now = find(receipt["number"]), clock.now()
    return render_template(
        "public/complaints/sent.html",
        receipt=_readable(receipt),
        works=tracking.opens(ticket, receipt["tracking_code"]),
        again=ConfirmForm(),
        wait=lost_codes.seconds_until_reissue(ticket, now=now),
    )


@receipts.get("/file")
def file() -> Response:
    """The same as a small text file to keep."""
    receipt = opened()
    if receipt is None:
        return redirect(url_for(".show"), 303)
    link = links.public("tracking.track", store=g.store.slug, number=receipt["number"])
    response = make_response(
        render_template("public/complaints/sent.txt", receipt=_readable(receipt), link=link)
    )
    response.mimetype = "text/plain"
    response.headers["Content-Disposition"] = f'attachment; filename="{receipt["number"]}.txt"'
    return response


@receipts.post("/again")
def again() -> Response:
    """E-mail to me again: number and link, with a new tracking code that this browser is shown as well."""
    receipt = opened()
    if receipt is None:
        return redirect(url_for(".show"), 303)
    try:
        keep(_reissue(receipt))
        flash(_("We sent a new tracking code. The one before no longer works."), "success")
    except LimitReached as limit:
        flash(errors.say(limit), "warning")
    return redirect(url_for(".show"), 303)


def keep(sealed: str) -> None:
    """This browser sent the complaint of this receipt."""
    cookie[RECEIPT] = sealed


def forget() -> None:
    """Nobody at this browser shall be shown the receipt any more."""
    cookie.pop(RECEIPT, None)


def sealed(receipt: Receipt) -> str:
    """What the confirmation page shows, for the cookie."""
    ticket = receipt.ticket
    reviewed = ticket.forwarded_at is None
    due = ticket.due_at or ticket.created_at
    answer_by = sla.reply_due(due, g.store) if reviewed else due
    return _seal(
        {
            "store": g.store.slug,
            "number": ticket.number,
            "tracking_code": vault.shown_tracking_code(receipt.tracking_code),
            "masked_email": ""
            if mailboxes.had_enough(ticket)
            else contacts.masked_email(ticket.contact_email),
            "review_by": due.isoformat() if reviewed else None,
            "answer_by": answer_by.isoformat(),
        }
    )


def opened() -> dict[str, Any] | None:
    """What this browser's receipt of this store says; None without one, or after half an hour."""
    text = vault.unseal(cookie.get(RECEIPT, ""), RECEIPT_SECONDS)
    receipt: dict[str, Any] = json.loads(text) if text else {}
    return receipt if receipt.get("store") == g.store.slug else None


def _readable(receipt: Mapping[str, Any]) -> dict[str, Any]:
    days = {
        name: datetime.fromisoformat(receipt[name]) if receipt[name] else None
        for name in ("review_by", "answer_by")
    }
    return {**receipt, **days, "spelled": " ".join(receipt["tracking_code"].replace("-", ""))}


def _reissue(receipt: Mapping[str, Any]) -> str:
    with once(ConfirmForm()) as post:
        if post.first is None:
            ticket = find(receipt["number"])
            code = lost_codes.reissue(ticket, session.holder_of(ticket), now=clock.now())
            email = contacts.masked_email(ticket.contact_email)
            post.answer["receipt"] = _seal(
                {**receipt, "tracking_code": code, "masked_email": email}
            )
    answer = post.first if post.first is not None else post.answer
    return str(answer["receipt"])


def _seal(receipt: Mapping[str, Any]) -> str:
    return vault.seal(json.dumps(receipt))
