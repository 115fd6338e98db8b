"""What helps somebody who writes about a complaint: predefined responses, their own draft, and who else is there.

Everything here works as a button that brings the page back; a script asks the same addresses for the part alone.
"""

from typing import Any, ClassVar

from flask import flash, g, jsonify, render_template, request
from werkzeug.wrappers import Response

from helpdesk import clock, dates
from helpdesk.channels import links
from helpdesk.db import transaction
from helpdesk.domain import canned_replies, drafts, presence, wording
from helpdesk.domain.errors import Invalid, NotFound, Refusal, WrongState
from helpdesk.domain.permissions import Actor, Permission, may, require
from helpdesk.domain.presence import Present
from helpdesk.enums import DraftMode, PresenceState, Team
from helpdesk.language import gettext as _
from helpdesk.lists.declaration import ID_DIGITS, MAX_ID
from helpdesk.models import Draft, Ticket
from helpdesk.views import errors, page, session
from helpdesk.views.backoffice.complaint_forms import ReplyForm
from helpdesk.views.backoffice.operations import Operation, OperationsView, Page, from_script
from helpdesk.words import N_

P = Permission
GONE = N_("This response is no longer there. Choose another one.")
CLOSED = N_("The complaint has moved on: this text cannot be taken along any more.")
LEFT = "left"


def tracking_link(ticket: Ticket) -> str:
    """Where the customer follows the complaint, as their mails say it."""
    values = {"store": ticket.store.slug, "lang": ticket.contact_lang.value}
    return links.public("tracking.track", **values, number=ticket.number)


def count_use(form: Any, ticket: Ticket, actor: Actor) -> None:
    """A text was sent: the response that was inserted into it, if there was one, counts as used."""
    reply_id = _id(form.inserted.data or "")
    if reply_id is not None:
        canned_replies.count_use(reply_id, ticket.store, actor)


def aids(ticket: Ticket, form: ReplyForm, draft: Draft | None) -> dict[str, Any]:
    """What `_canned.html` and `_draft.html` show in the composer of this mode.

    A draft is named where it is what stands in the field (X-12).
    """
    saved = draft is not None and draft.body == form.text.data
    offered = canned_replies.offered(ticket.store, g.actor) if "inserted" in form else []
    return {
        "own": [one for one in offered if not one.shared],
        "shared": [one for one in offered if one.shared],
        "draft": saved_words(draft) if draft and saved else "",
    }


def saved_words(draft: Draft) -> str:
    """`Draft saved 06 May 2025 2:27 PM`."""
    moment = dates.when(draft.saved_at, session.language(), page.zone())
    return _("Draft saved %(moment)s", moment=moment)


def who_else(ticket: Ticket, actor: Actor) -> list[str]:
    """Who else has the complaint open now, each in a sentence; for those who may read it."""
    if not may(actor, P.COMPLAINT_READ, ticket):
        return []
    strangers = _strangers(ticket, actor)
    found = presence.others(ticket, actor, now=clock.now())
    return list(dict.fromkeys(_said(one, strangers) for one in found))


class WritingAidsView(OperationsView):
    """The pages behind the composer's aids. The desk and the platform expose them at their own addresses."""

    modes: ClassVar[dict[str, Operation]]

    def came_back(self, key: str, mode: str, form: ReplyForm) -> Page:
        """The complaint's page with everything that was typed."""
        raise NotImplementedError

    def canned_page(self, key: str) -> Page:
        """A predefined response, filled in for this complaint in its customer's language.

        A script is given the text. Without one the page comes back with the text below what was typed.
        """
        ticket = self.find(key)
        require(g.actor, P.COMPLAINT_REPLY, ticket)
        if request.method != "POST":
            return jsonify(self._filled(ticket, request.args.get("canned", "")))
        mode, form = self._typed(ticket)
        try:
            self._insert(ticket, form)
        except NotFound:
            form.refuse(Invalid(GONE))
        return self.came_back(key, mode, form)

    def draft_page(self, key: str) -> Page:
        """Keep what was typed, let go of it, or go on with it in another mode."""
        mode, form = self._typed(self.find(key))
        if "to" in request.form:
            return self._take_along(key, mode, request.form["to"], form)
        typed = form.text.data = "" if "discard" in request.form else form.text.data or ""
        try:
            with transaction():
                ticket, now = self.find(key), clock.now()
                draft = drafts.keep(ticket, DraftMode(mode), typed, g.actor, now=now)
                said = saved_words(draft) if draft else ""
        except NotFound:
            raise
        except Refusal as refusal:
            return self._not_kept(key, mode, form, refusal)
        if from_script():
            return jsonify(said=said)
        flash(said or _("The draft was discarded."), "success")
        return self.came_back(key, mode, form)

    def presence_part(self, key: str) -> str:
        """Who else is here now; a post also notes that the person is here, writes, or has left."""
        if request.method == "POST":
            self._note_presence(key, request.form.get("state", ""))
        ticket = self.find(key)
        require(g.actor, P.COMPLAINT_READ, ticket)
        return render_template(
            "backoffice/complaints/_present.html", present=who_else(ticket, g.actor)
        )

    def _note_presence(self, key: str, state: str) -> None:
        with transaction():
            ticket = self.find(key)
            if state == LEFT:
                presence.leave(ticket, g.actor)
            else:
                presence.note(ticket, _state(state), g.actor, now=clock.now())

    def _take_along(self, key: str, mode: str, to: str, form: ReplyForm) -> Page:
        """The composer in the mode `to`, with what was typed in this one, files and all (S2-87).

        Nothing is sent, and nobody is taken to a mode that has closed meanwhile.
        """
        ticket = self.find(key)
        if to not in self.modes:
            raise NotFound
        if not self.modes[to].open_to(g.actor, ticket):
            return self._not_kept(key, mode, form, WrongState(CLOSED))
        typed, now = form.text.data or "", clock.now()
        try:
            with transaction():
                ticket = self.find(key)
                draft = drafts.move(ticket, DraftMode(mode), DraftMode(to), typed, g.actor, now=now)
                typed = draft.body if draft else typed
        except NotFound:
            raise
        except Refusal as refusal:
            return self._not_kept(key, mode, form, refusal)
        there: Any = self.modes[to].form(self.find(key), formdata=None)
        there.fill({"text": typed, "files": form.files.data, "resolution": None})
        return self.came_back(key, to, there)

    def _typed(self, ticket: Ticket) -> tuple[str, ReplyForm]:
        """The composer as it was posted, files and all, and its mode. A card number does not come back with it.

        Raises:
            NotFound: there is no such mode.
        """
        mode = request.values.get("mode", "")
        if mode not in self.modes:
            raise NotFound
        form: Any = self.modes[mode].form(ticket)
        require(g.actor, self.modes[mode].permission, ticket)
        form.files.pre_validate(form)
        form.text.data = wording.mask_card_numbers(form.text.data or "")
        return mode, form

    def _insert(self, ticket: Ticket, form: ReplyForm) -> None:
        if "inserted" in form:
            found = self._filled(ticket, request.form.get("canned", ""))
            form.text.data = "\n\n".join(filter(None, [form.text.data, found["text"]]))
            form["inserted"].data = found["id"]

    def _filled(self, ticket: Ticket, chosen: str) -> dict[str, str]:
        """The chosen response with its text; *Other reply* has none."""
        if not chosen:
            return {"id": "", "text": ""}
        reply_id = _id(chosen)
        if reply_id is None:
            raise NotFound
        canned = canned_replies.choose(reply_id, ticket.store, g.actor)
        link, lang = tracking_link(ticket), ticket.contact_lang
        text = canned_replies.filled(canned, ticket, g.actor, lang, tracking_link=link)
        return {"id": str(canned.id), "text": text}

    def _not_kept(self, key: str, mode: str, form: ReplyForm, refusal: Refusal) -> Page:
        if from_script():
            response: Response = jsonify(said=errors.say(refusal))
            response.status_code = errors.status_of(refusal)
            return response
        form.refuse(refusal)
        return self.came_back(key, mode, form)


def _state(typed: str) -> PresenceState:
    if typed not in set(PresenceState):
        raise Invalid(N_("Say whether you read or write."))
    return PresenceState(typed)


def _strangers(ticket: Ticket, actor: Actor) -> str:
    """The other side's name: its people are not named."""
    if actor.team is Team.PLATFORM:
        return page.look(ticket.store).name
    return page.platform_name()


def _said(one: Present, strangers: str) -> str:
    name = one.name or _("Somebody at %(place)s", place=strangers)
    if one.writes:
        return _("%(name)s is writing a reply…", name=name)
    return _("%(name)s has this open.", name=name)


def _id(typed: str) -> int | None:
    plausible = typed.isascii() and typed.isdigit() and len(typed) <= ID_DIGITS
    return int(typed) if plausible and int(typed) < MAX_ID else None
