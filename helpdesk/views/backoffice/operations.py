"""Named actions: one declaration gives row menu, dialog, page, bulk page and an honest report.

The rule that an operation runs asks for the permission again and records the event; the declaration only decides
what is offered.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, ClassVar

from flask import flash, g, redirect, request, url_for
from flask_admin import expose
from werkzeug.wrappers import Response

from helpdesk import clock
from helpdesk.db import db
from helpdesk.domain.errors import NotFound, Refusal
from helpdesk.domain.permissions import Actor, Permission, may, require
from helpdesk.language import gettext as _
from helpdesk.language import ngettext
from helpdesk.views import errors
from helpdesk.views.backoffice.lists import ListView
from helpdesk.views.forms import BaseForm, once
from helpdesk.words import N_

BULK_LIMIT = 100
"""Rows of one bulk action; a page of the list has 25."""
NAMED = 5
"""Refused records that a report still names."""
GONE = N_("It is not there (any more).")
Page = Response | str | tuple[str, int]


@dataclass(frozen=True, kw_only=True)
class Operation:
    """Something a person can do to a record, or to several at once."""

    name: str
    label: str
    explain: str
    done: str
    permission: Permission
    possible: Callable[[Any], bool]
    """Asked of a record, and of a list's row, which has the same columns."""
    form: Callable[..., BaseForm]
    """Called with the record; and with `formdata=None` for a form that is empty whatever was posted."""
    run: Callable[[Any, Any, Actor, datetime], Any]
    tone: str = "secondary"
    bulk: Callable[..., BaseForm] | None = None
    """The form for several records at once, called with one of them; None where there is no such thing."""

    def open_to(self, actor: Actor, record: Any) -> bool:
        """Whether the button is shown; the rule itself asks again."""
        return may(actor, self.permission, record) and self.possible(record)

    def offered_for(self, actor: Actor, row: Any) -> bool:
        """Whether a list's menu names it for this row."""
        return self.permission in actor.permissions and self.possible(row)


@dataclass
class Refused:
    """A reason, and the records that it stopped."""

    text: str
    values: dict[str, str]
    titles: list[str]
    count: int

    def sentence(self) -> str:
        """`2 refused: only the customer can close a complaint (CMP-…, CMP-…)`; many are counted, not listed."""
        why = _(self.text, **self.values).removesuffix(".")
        said = ngettext("%(num)s refused: %(why)s", "%(num)s refused: %(why)s", self.count, why=why)
        named = 0 < len(self.titles) <= NAMED
        return f"{said} ({_(', ').join(self.titles)})" if named else said


@dataclass
class Report:
    """What a bulk action did: how many records it changed, and why it left others alone."""

    changed: int
    refused: list[Refused]

    def sentence(self) -> str:
        """`5 changed, 2 refused: only the customer can close a complaint (CMP-…, CMP-…)`."""
        changed = ngettext("%(num)s changed", "%(num)s changed", self.changed)
        return _(", ").join([changed, *(one.sentence() for one in self.refused)])

    def kept(self) -> dict[str, Any]:
        """As the answer that a repeated post is given."""
        return asdict(self)


class OperationsView(ListView):
    """A list whose rows have operations. Subclasses say what a key means and where a record is shown."""

    operations: ClassVar[tuple[Operation, ...]] = ()

    # What a list of its own says

    def find_all(self, keys: Sequence[str]) -> dict[str, Any]:
        """The records of these keys, as far as there are any, locked in one order while a transaction is open."""
        raise NotImplementedError

    def key(self, record: Any) -> str:
        """What addresses and bulk actions call the record."""
        raise NotImplementedError

    def title_of(self, record: Any) -> str:
        """What people call the record."""
        raise NotImplementedError

    def about(self, record: Any) -> list[str]:
        """What tells the record from others, in a few words."""
        raise NotImplementedError

    # The rest is the same for every list

    @expose("/bulk/<operation>", methods=("GET", "POST"))
    def bulk(self, operation: str) -> Page:
        """One action on several records."""
        return self.bulk_page(operation)

    def find(self, key: str) -> Any:
        """The record of this key, locked while a transaction is open.

        Raises:
            NotFound: there is none in scope.
        """
        found = self.find_all([key])
        if key not in found:
            raise NotFound
        return found[key]

    def url_of(self, record: Any) -> str:
        """Where the record is shown."""
        return self.address(self.key(record))

    def operation_url(self, record: Any, operation: Operation) -> str:
        """The address of an action on a record."""
        return self.address(f"{self.key(record)}/{operation.name}")

    def bulk_url(self, operation: Operation) -> str:
        """The address of an action on several records."""
        return url_for(".bulk", operation=operation.name)

    def operation_page(self, key: str, name: str) -> Page:
        """An action on one record: its page or dialog, and its post."""
        operation = self.operation(name)
        record = self.find(key)
        require(g.actor, operation.permission, record)
        form = operation.form(record)
        if form.sent() and self.carried_out(operation, key, form):
            return self.back_from(self.url_of(record))
        return self._form(operation, self.find(key), form)

    def bulk_page(self, name: str) -> Page:
        """An action on several records: what it is about to do, and, when it was confirmed, the report."""
        operation = self.operation(name)
        if operation.bulk is None:
            raise NotFound
        require(g.actor, operation.permission)
        keys = sorted(set(request.values.getlist("key")))[:BULK_LIMIT]
        known = self.find_all(keys)
        if not known:
            flash(_("Choose at least one row first."), "warning")
            return self.back_from(self.list_url({}))
        form = operation.bulk(next(iter(known.values())))
        if form.sent():
            report = self._carried_out_for_all(operation, keys, form)
            if report is not None:
                flash(report.sentence(), "warning" if report.refused else "success")
                return self.back_from(self.list_url({}))
        return self._bulk_form(operation, keys, form)

    def operation(self, name: str) -> Operation:
        """The operation of this name.

        Raises:
            NotFound: this side has none.
        """
        found = next((one for one in self.operations if one.name == name), None)
        if found is None:
            raise NotFound
        return found

    def carried_out(self, operation: Operation, key: str, form: BaseForm) -> bool:
        """Run it once, however often the form arrives; on a refusal the form keeps what was typed and says why."""
        try:
            with once(form) as post:
                if not post.repeated:
                    operation.run(self.find(key), form, g.actor, clock.now())
        except NotFound:
            raise
        except Refusal as refusal:
            form.refuse(refusal)
            return False
        done = _("%(title)s: %(done)s", title=self.title_of(self.find(key)), done=_(operation.done))
        flash(done, "success")
        return True

    def back_from(self, address: str) -> Response:
        """On to where the person came from, or else to `address`. A dialog is told by a header where to go."""
        target = self._came_from() or address
        if from_script():
            return Response(status=204, headers={"HX-Redirect": target})
        return redirect(target, 303)

    def row_menu(self, row: Any) -> str:
        """The names of the operations that a list's row offers."""
        return " ".join(one.name for one in self.operations if one.offered_for(g.actor, row))

    def row_actions(self) -> list[tuple[str, str]]:
        """Every operation that a row may offer to this person: name and words, said once for all rows."""
        return [
            (one.name, _(one.label))
            for one in self.operations
            if one.permission in g.actor.permissions
        ]

    def bulk_actions(self) -> list[dict[str, str]]:
        """The operations that this person may carry out on several rows."""
        return [
            {"label": _(one.label), "url": self.bulk_url(one)}
            for one in self.operations
            if one.bulk and one.permission in g.actor.permissions
        ]

    def _carried_out_for_all(
        self, operation: Operation, keys: Sequence[str], form: BaseForm
    ) -> Report | None:
        """One transaction for all: every record is locked first, in one order, then each is tried on its own."""
        try:
            with once(form) as post:
                if post.first is None:
                    post.answer = self._run_for_all(operation, keys, form).kept()
                kept = post.first or post.answer
        except Refusal as refusal:
            form.refuse(refusal)
            return None
        return Report(kept["changed"], [Refused(**one) for one in kept["refused"]])

    def _run_for_all(self, operation: Operation, keys: Sequence[str], form: BaseForm) -> Report:
        now, changed = clock.now(), 0
        refusals: dict[str, Refused] = {}
        found = self.find_all(keys)
        for record in dict.fromkeys(found.values()):  # once, however often it was named
            try:
                with db.session.begin_nested():
                    require(g.actor, operation.permission, record)
                    operation.run(record, form, g.actor, now)
                changed += 1
            except Refusal as refusal:
                why = Refused(refusal.text, errors.spoken(refusal), [], 0)
                why = refusals.setdefault(refusal.text, why)
                why.titles.append(self.title_of(record))
                why.count += 1
        missing = sum(key not in found for key in keys)
        gone = [Refused(GONE, {}, [], missing)] if missing else []
        return Report(changed, [*refusals.values(), *gone])

    def _form(self, operation: Operation, record: Any, form: BaseForm) -> tuple[str, int]:
        form.shown()
        title, back_url = self.title_of(record), self.url_of(record)
        crumbs = self.trail((title, back_url), (_(operation.label), ""))
        return self.render(
            "backoffice/operation.html",
            layout=_layout(),
            operation=_shown(operation, form, self.operation_url(record, operation)),
            record_title=title,
            back_url=back_url,
            crumbs=crumbs,
        ), form.status

    def _bulk_form(
        self, operation: Operation, keys: Sequence[str], form: BaseForm
    ) -> tuple[str, int]:
        form.shown()
        records = [
            {
                "key": key,
                "title": self.title_of(one),
                "about": self.about(one),
                "note": self._why_not(operation, one),
            }
            for key, one in self.find_all(keys).items()
        ]
        crumbs = self.trail((_(operation.label), ""))
        return self.render(
            "backoffice/bulk.html",
            layout=_layout(),
            operation=_shown(operation, form, self.bulk_url(operation)),
            bulk={"records": records, "count": len(records)},
            back_url=self._came_from() or self.list_url({}),
            crumbs=crumbs,
        ), form.status

    def _why_not(self, operation: Operation, record: Any) -> str:
        return "" if operation.open_to(g.actor, record) else _("This cannot be done to it now.")

    def _came_from(self) -> str:
        """The page of this list that the address or the form names; empty when it is none."""
        wanted = request.values.get("back", "")
        return wanted if self._is_own(wanted) else ""

    def _is_own(self, address: str) -> bool:
        """Whether an address leads to a page of this back office; nobody is sent anywhere else."""
        here = self.list_url({}).partition("?")[0]
        plain = address.isascii() and address.isprintable() and "\\" not in address
        return plain and address.startswith(here)


def from_script() -> bool:
    """Whether a dialog on another page asks, and wants its part of the page alone."""
    return "HX-Request" in request.headers


def _layout() -> str:
    return "backoffice/fragment.html" if from_script() else "backoffice/layout.html"


def _shown(operation: Operation, form: BaseForm, url: str) -> dict[str, Any]:
    return {
        "label": _(operation.label),
        "explain": _(operation.explain) if operation.explain else "",
        "form": form,
        "url": url,
        "back": request.values.get("back", ""),
        "tone": operation.tone,
    }
