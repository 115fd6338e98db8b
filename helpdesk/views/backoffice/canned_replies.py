"""Predefined responses: the list, and one in both languages with its placeholders and a try on a real complaint."""

from http import HTTPStatus
from typing import Any, ClassVar

from flask import flash, g, redirect, request, url_for
from flask_admin import expose
from werkzeug.wrappers import Response
from wtforms import StringField, TextAreaField

from helpdesk import clock
from helpdesk.domain import canned_replies as rules
from helpdesk.domain.canned_replies import PLACEHOLDERS, Wording
from helpdesk.domain.errors import NotFound, Refusal
from helpdesk.domain.permissions import Permission
from helpdesk.enums import Lang
from helpdesk.language import gettext as _
from helpdesk.language import lazy_gettext as _l
from helpdesk.lists.canned_replies import CANNED_REPLIES
from helpdesk.lists.declaration import MAX_ID
from helpdesk.models import MESSAGE_LIMIT, CannedReply, Ticket
from helpdesk.views import page
from helpdesk.views.backoffice.lists import ListView, list_permissions
from helpdesk.views.backoffice.writing_aids import tracking_link
from helpdesk.views.forms import BaseForm, ConfirmForm, Reads, Seen, once

P = Permission
Page = Response | str | tuple[str, int]
TEXTS = {Lang.EN: "body_en", Lang.AR: "body_ar"}


class CannedReplyForm(BaseForm):
    """A response: its title, and its text in each language."""

    title = StringField(
        _l("Title"),
        [Reads(rules.read_title, required=True)],
        description=_l("Only staff see it, when they choose a response."),
    )
    body_en = TextAreaField(
        _l("Text in English"),
        [Reads(rules.read_body, required=True)],
        render_kw={"maxlength": MESSAGE_LIMIT, "lang": "en"},
    )
    body_ar = TextAreaField(
        _l("Text in Arabic"),
        [Reads(rules.read_body, required=True)],
        render_kw={"maxlength": MESSAGE_LIMIT, "lang": "ar"},
    )

    last_seen = Seen()

    def wording(self) -> Wording:
        """What was typed, read."""
        return Wording(**self.values)


class CannedRepliesView(ListView):
    """The responses of the place where the person works: a store's own, or those that the platform shares."""

    listing: ClassVar = CANNED_REPLIES
    cells: ClassVar[str] = "backoffice/canned_replies/cells.html"
    permissions: ClassVar = {
        **list_permissions(P.CANNED_REPLY_EDIT),
        "new": P.CANNED_REPLY_EDIT,
        "edit": P.CANNED_REPLY_EDIT,
        "delete": P.CANNED_REPLY_EDIT,
    }

    @expose("/new", methods=("GET", "POST"))
    def new(self) -> Page:
        """A new response."""
        return self._editor(CannedReplyForm(), None)

    @expose("/<int:reply_id>", methods=("GET", "POST"))
    def edit(self, reply_id: int) -> Page:
        """One response."""
        canned = self._find(reply_id)
        form = CannedReplyForm(obj=canned)
        if request.method != "POST":
            form.last_seen.data = str(rules.version(canned))
        return self._editor(form, canned)

    @expose("/<int:reply_id>/delete", methods=("GET", "POST"))
    def delete(self, reply_id: int) -> Page:
        """Let go of it, after a question."""
        form = ConfirmForm()
        if form.sent():
            with once(form) as post:
                if not post.repeated:
                    gone = self._find(reply_id)
                    rules.remove(self.place(), gone, g.actor, now=clock.now())
            flash(_("The response was deleted."), "success")
            return redirect(self.list_url({}), 303)
        canned = self._find(reply_id)
        return self.render(
            "backoffice/canned_replies/delete.html",
            form=form,
            title=canned.title,
            back_url=self.address(str(canned.id)),
            crumbs=self.trail((canned.title, self.address(str(canned.id))), (_("Delete"), "")),
        )

    def row_extras(self, _row: Any, facts: dict[str, Any]) -> dict[str, Any]:
        key = str(facts["id"])
        return {"key": key, "url": self.row_link(key), "can": ""}

    def intro(self) -> str:
        """Who is offered what stands here."""
        if self.kind == "platform":
            return _("Every store is offered these beside its own, and so are you.")
        platform = page.platform_name()
        return _("You are offered these in every reply, with those of %(name)s.", name=platform)

    def create(self) -> dict[str, str]:
        """Where a new one is written."""
        return {"label": _("New response"), "url": url_for(".new")}

    def _editor(self, form: CannedReplyForm, canned: CannedReply | None) -> Page:
        """The page of one response; *Preview* shows what was typed on a real complaint and keeps nothing."""
        tried = "preview" in request.form
        if form.sent() and not tried and self._kept(form, canned.id if canned else None):
            flash(_("The response was saved."), "success")
            return redirect(self.list_url({}), 303)
        title = canned.title if canned else _("New response")
        return self.render(
            "backoffice/canned_replies/edit.html",
            form=form,
            title=title,
            theirs=_shown(form, canned) if canned and form.status == HTTPStatus.CONFLICT else None,
            placeholders=[(f"{{{name}}}", _(words)) for name, words in PLACEHOLDERS.items()],
            delete_url=self.address(f"{canned.id}/delete") if canned else "",
            preview=self._preview(form, canned) if tried or canned else None,
            crumbs=self.trail((title, "")),
        ), form.status

    def _kept(self, form: CannedReplyForm, reply_id: int | None) -> bool:
        try:
            with once(form) as post:
                if not post.repeated:
                    canned = self._find(reply_id) if reply_id is not None else None
                    seen = form.last_seen.read() if canned else None
                    place, now, text = self.place(), clock.now(), form.wording()
                    rules.save(place, text, g.actor, canned=canned, seen=seen, now=now)
        except NotFound:
            raise
        except Refusal as refusal:
            form.refuse(refusal)
            return False
        return True

    def _find(self, reply_id: int) -> CannedReply:
        if reply_id >= MAX_ID:
            raise NotFound
        return rules.find(reply_id, self.place())

    def _preview(self, form: CannedReplyForm, canned: CannedReply | None) -> dict[str, Any] | None:
        """What was typed, or else what is kept, as the customer of the newest complaint would read it."""
        if form.errors:
            return None
        wording = form.wording() if form.values else canned
        ticket = rules.example(self.place(), g.actor)
        if ticket is None or wording is None:
            return {"number": "", "texts": []}
        texts = [_tried(wording, ticket, lang) for lang in Lang]
        return {"number": ticket.number, "texts": texts}


def _shown(form: CannedReplyForm, canned: CannedReply) -> dict[str, Any]:
    """What somebody else has saved; whoever has read it may put their own text in its place."""
    form.last_seen.data = str(rules.version(canned))
    return {
        "title": canned.title,
        "texts": [_text(getattr(canned, name), lang) for lang, name in TEXTS.items()],
    }


def _tried(wording: Wording | CannedReply, ticket: Ticket, lang: Lang) -> dict[str, str]:
    text = rules.filled(wording, ticket, g.actor, lang, tracking_link=tracking_link(ticket))
    return _text(text, lang)


def _text(text: str, lang: Lang) -> dict[str, str]:
    return {"lang": lang.value, "dir": "rtl" if lang is Lang.AR else "ltr", "text": text}
