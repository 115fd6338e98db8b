"""A list's page: a page of rows, views to keep, and the way out as a file; `helpdesk/lists` says what is in it."""

from typing import Any, ClassVar
from urllib.parse import urlencode

from flask import flash, g, jsonify, redirect, request, send_file, url_for
from flask_admin import expose
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response
from wtforms import BooleanField, StringField

from helpdesk import clock, exports, files, worker
from helpdesk.db import transaction
from helpdesk.domain import exports as export_rules
from helpdesk.domain import saved_views
from helpdesk.domain.errors import Invalid, NotFound, Refusal
from helpdesk.domain.permissions import Permission, require
from helpdesk.enums import ExportFormat, Lang
from helpdesk.language import gettext as _
from helpdesk.language import lazy_gettext as _l
from helpdesk.lists.asked import COUNT_LIMIT, Asked, chosen_columns
from helpdesk.lists.declaration import MAX_ID, TEXT_LIMIT, Column, Filter, Listing, Lookup, Query
from helpdesk.views import session
from helpdesk.views.backoffice import frame
from helpdesk.views.backoffice.base import OfficeView
from helpdesk.views.backoffice.list_page import (
    Heading,
    ListPage,
    ShownFilter,
    count_text,
    empty_text,
    found_text,
    pairs_of,
)
from helpdesk.views.errors import say
from helpdesk.views.forms import BaseForm, ConfirmForm, Reads, once
from helpdesk.words import N_, counted

P = Permission
FORMATS = ((ExportFormat.CSV, _l("CSV")), (ExportFormat.XLSX, _l("Excel (XLSX)")))


class ViewForm(BaseForm):
    """A search under a name."""

    name = StringField(_l("Name of the view"), [Reads(saved_views.read_name, required=True)])
    shared = BooleanField(_l("Show it to everybody who works here"))


def list_permissions(reads: Permission) -> dict[str, Permission]:
    """What each page of a list needs, when `reads` is what reading it needs."""
    return {
        "index": reads,
        "export": P.LIST_EXPORT,
        "save_view": reads,
        "remove_view": reads,
        "lookup": reads,
    }


class ListView(OfficeView):
    """The page of one list. Subclasses name the list and say what a row leads to."""

    listing: ClassVar[Listing]
    cells: ClassVar[str]
    """The template whose macros are the list's cells."""
    previews: ClassVar[bool] = False
    """Whether a row's page has a part at `…/preview` to look at from the list."""

    @expose("/")
    def index(self) -> str | Response:
        """The list, or the one row that was asked for."""
        named = self.named(request.args.get("q", ""))
        return redirect(named) if named else self._page(self._asked(request.args), None)

    @expose("/export", methods=("POST",))
    def export(self) -> Response:
        """The list as a file: at once, or by the worker when it is long."""
        require(g.actor, self.listing.reads)
        asked = self._asked(request.form)
        file_format = _format(request.form.get("format", ""))
        if asked.count() > COUNT_LIMIT:
            return self._order(asked, file_format)
        with transaction():
            export_rules.note(
                self.listing.name,
                self._export_query(asked),
                file_format,
                self.place(),
                g.actor,
                now=clock.now(),
            )
        return self._download(asked, file_format)

    @expose("/views", methods=("GET", "POST"))
    def save_view(self) -> Response | tuple[str, int]:
        """Keep the search under a name. Its page is the list, also for a link that comes back here."""
        if request.method != "POST":
            return redirect(self.list_url({}), 303)
        asked, form = self._asked(request.form), ViewForm()
        if form.sent() and self._saved(asked, form):
            flash(_("The view was saved."), "success")
            return redirect(self.list_url(asked.query()), 303)
        return self._page(asked, form), form.status

    @expose("/views/<int:view_id>/remove", methods=("POST",))
    def remove_view(self, view_id: int) -> Response:
        """Let go of a view."""
        if view_id >= MAX_ID:
            raise NotFound
        try:
            self._removed(view_id)
            flash(_("The view was removed."), "success")
        except NotFound:
            raise
        except Refusal as refusal:
            flash(say(refusal), "warning")
        return redirect(self.list_url({}), 303)

    @expose("/lookup/<filter_name>")
    def lookup(self, filter_name: str) -> Response:
        """Rows for a filter's lookup, as far as this person may see them."""
        found = next((one for one in self.listing.filters if one.name == filter_name), None)
        if not isinstance(found, Lookup) or not self.viewer().sees(found.team):
            raise NotFound
        require(g.actor, found.permission)
        hits = found.find(request.args.get("q", "")[:TEXT_LIMIT])
        return jsonify([{"value": str(row_id), "text": text} for row_id, text in hits])

    # What a list of its own says

    def row_extras(self, row: Any, facts: dict[str, Any]) -> dict[str, Any]:
        """What a row has beside its facts: `key`, `url`, and the names of what `can` be done to it."""
        raise NotImplementedError

    def bulk_actions(self) -> list[dict[str, str]]:
        """What can be done to several rows at once: label and address."""
        return []

    def row_actions(self) -> list[tuple[str, str]]:
        """What can be done to rows: name and words."""
        return []

    def named(self, _typed: str) -> str | None:
        """The address of the one row that a search names, so that it need not be chosen from a list of one."""
        return None

    def intro(self) -> str:
        """A sentence above the list."""
        return ""

    def create(self) -> dict[str, str] | None:
        """Where a new row is made, label and address; None where rows come from elsewhere."""
        return None

    # The rest is the same for every list

    def list_url(self, query: Query) -> str:
        """This list's address with a search."""
        values: dict[str, Any] = dict(query)
        return url_for(".index", **values)

    def link(self, query: Query) -> str:
        """The same for the list's own page, which names two dozen of them: as short as can be."""
        pairs = [*frame.kept(), *pairs_of(query)]
        return f"./?{urlencode(pairs)}" if pairs else "./"

    def trail(self, *further: tuple[str, str]) -> list[dict[str, str]]:
        """The way from Home over this list, and further."""
        return self.crumbs((str(self.listing.title), self.list_url({})), *further)

    def _asked(self, args: "MultiDict[str, str]") -> Asked:
        return Asked(self.listing, args.to_dict(flat=False), self.viewer())

    def _saved(self, asked: Asked, form: ViewForm) -> bool:
        try:
            with once(form) as post:
                if not post.repeated:
                    saved_views.save(
                        self.listing.name,
                        form.values["name"],
                        asked.query(),
                        self.place(),
                        g.actor,
                        shared=bool(form.shared.data),
                        now=clock.now(),
                    )
        except Refusal as refusal:
            form.refuse(refusal)
            return False
        return True

    def _removed(self, view_id: int) -> None:
        """One page may carry the buttons of several views, all with the same token: each is removed once."""
        with once(ConfirmForm()) as post:
            try:
                saved_views.remove(
                    self.listing.name, view_id, self.place(), g.actor, now=clock.now()
                )
            except NotFound:
                if not post.repeated:
                    raise

    def _export_query(self, asked: Asked) -> Query:
        narrowed = session.narrowed()
        return asked.query() | ({exports.STORE: [narrowed.slug]} if narrowed else {})

    def _order(self, asked: Asked, file_format: ExportFormat) -> Response:
        with once(ConfirmForm()) as post:
            if not post.repeated:
                export_rules.order(
                    self.listing.name,
                    self._export_query(asked),
                    file_format,
                    self.place(),
                    g.actor,
                    lang=Lang(session.language()),
                    now=clock.now(),
                )
        worker.nudge("export")
        flash(_("The list is long, so it is written in the background. You will be told."), "info")
        return redirect(url_for(f"{self.kind}_exports.index"), 303)

    def _download(self, asked: Asked, file_format: ExportFormat) -> Response:
        day = clock.now().strftime("%Y-%m-%d")
        name = f"{self.listing.name}-{self.place().slug}-{day}.{file_format.value}"
        # Whole before it is sent: the request's scope has ended when Flask streams, and half a list looks like a whole.
        file = exports.blank()
        try:
            files.write(asked, file_format, file)
        except BaseException:
            file.close()
            raise
        file.seek(0)
        return send_file(
            file,
            mimetype=files.CONTENT_TYPES[file_format],
            as_attachment=True,
            download_name=name,
        )

    def _page(self, asked: Asked, form: ViewForm | None) -> str:
        return self.render(
            "backoffice/list.html", list=self._list(asked, form), crumbs=self.trail()
        )

    def _list(self, asked: Asked, form: ViewForm | None) -> ListPage:
        listing = self.listing
        rows, following, previous = asked.page(request.args.to_dict(flat=False))
        query = pairs_of(asked.query())
        filter_names = {one.name for one in asked.filters} | {"q"}
        return ListPage(
            title=str(listing.title),
            intro=self.intro(),
            create=self.create(),
            count_text=found_text(len(rows), more=following is not None or previous is not None)
            if asked.q
            else count_text(asked.count(), narrowed=asked.narrowed),
            not_understood=[str(one.label) for one in asked.not_understood],
            cards=self._cards(asked),
            views=self._views(asked),
            save=self._save(asked, form),
            remove_form=ConfirmForm(formdata=None),
            query=query,
            q=asked.q,
            q_label=str(listing.searched),
            filters=[self._filter(asked, one) for one in asked.filters],
            active=asked.narrowed,
            clear_url=self.link({}),
            kept_for_filters=[*frame.kept(), *(one for one in query if one[0] not in filter_names)],
            kept_for_display=[*frame.kept(), *(one for one in query if one[0] in filter_names)],
            sortings=[(one.name, str(one.label)) for one in asked.sortings],
            sorting=asked.sorting.name,
            columns=[self._heading(asked, one) for one in asked.columns],
            all_columns=[(one.name, str(one.label), shown) for one, shown in chosen_columns(asked)],
            density=session.density(),
            cells=self.cells,
            previews=self.previews,
            row_actions=self.row_actions(),
            rows=self._rows(asked, rows),
            bulk=self.bulk_actions() if rows else [],
            export=self._export_menu(),
            next_url=self._turn(asked, after=following),
            prev_url=self._turn(asked, before=previous),
            empty_title=_("No results found"),
            empty_text=empty_text(asked),
        )

    def _rows(self, asked: Asked, rows: list[Any]) -> list[dict[str, Any]]:
        read = asked.listing.facts(asked.viewer)
        hits = asked.hits(rows)
        shown = []
        for row in rows:
            facts = read(row)
            shown.append(facts | self.row_extras(row, facts) | {"hit": hits.get(row.id)})
        return shown

    def address(self, key: str) -> str:
        """The address of what a key names."""
        root, mark, query = self.list_url({}).partition("?")
        return f"{root}{key}{mark}{query}"

    def row_link(self, key: str) -> str:
        """The same for the list's own page, which has a row for each (see `link`)."""
        kept = urlencode(frame.kept())
        return f"{key}?{kept}" if kept else key

    def _turn(self, asked: Asked, **cursor: str | None) -> str | None:
        """The list's address at another page, search kept; None when there is no such page."""
        wanted = {name: [value] for name, value in cursor.items() if value}
        return self.link(asked.query() | wanted) if wanted else None

    def _heading(self, asked: Asked, column: Column) -> Heading:
        offered = next((one for one in asked.sortings if one.name == column.sorting), None)
        if offered is None:
            return Heading(column.name, str(column.label), "", "")
        here = asked.sorting is offered
        query = {name: value for name, value in asked.query().items() if name != "sort"}
        direction = "descending" if offered.newest_first else "ascending"
        url = self.link(query if here else query | {"sort": [offered.name]})
        return Heading(column.name, str(column.label), url, direction if here else "")

    def _filter(self, asked: Asked, one: Filter) -> ShownFilter:
        value = asked.value_of(one)
        choices = one.choices(asked.viewer)
        if one.kind == "select":
            choices = [("", _("All")), *choices]
        named = one.named if isinstance(one, Lookup) else None
        return ShownFilter(
            one.name,
            str(one.label),
            one.kind,
            choices,
            value,
            url_for(".lookup", filter_name=one.name) if named else "",
            (named(int(value)) or "") if named and value else "",
        )

    def _cards(self, asked: Asked) -> list[dict[str, Any]]:
        chosen = asked.query()
        return [
            {
                "label": card.label,
                "value": counted(card.count),
                "tone": card.tone,
                "url": self.link({"status": [card.status]}),
                "current": chosen == {"status": [card.status]},
            }
            for card in asked.cards
        ]

    def _views(self, asked: Asked) -> list[dict[str, Any]]:
        ready = [
            self._view(asked, str(one.label), one.query)
            for one in self.listing.views
            if asked.viewer.sees(one.team)
        ]
        may_remove_any = P.VIEW_SHARE in g.actor.permissions
        kept = [
            self._view(asked, one.name, one.query)
            | {
                "shared": one.shared,
                "remove_url": url_for(".remove_view", view_id=one.id)
                if one.user_id == g.actor.user_id or may_remove_any
                else "",
            }
            for one in saved_views.of(self.listing.name, self.place(), g.actor)
        ]
        return [*ready, *kept]

    def _view(self, asked: Asked, label: str, query: Query) -> dict[str, Any]:
        return {
            "label": label,
            "url": self.link(query),
            "current": query == asked.query(),
            "count": asked.kept_count(query),
            "shared": False,
            "remove_url": "",
        }

    def _save(self, asked: Asked, form: ViewForm | None) -> dict[str, Any] | None:
        if form is None and not asked.query():
            return None
        shown = form or ViewForm(formdata=None)
        if P.VIEW_SHARE not in g.actor.permissions and "shared" in shown:
            del shown["shared"]
        return {"form": shown, "url": url_for(".save_view")}

    def _export_menu(self) -> dict[str, Any] | None:
        if P.LIST_EXPORT not in g.actor.permissions:
            return None
        formats = [(one.value, str(label)) for one, label in FORMATS]
        return {"url": url_for(".export"), "form": ConfirmForm(formdata=None), "formats": formats}


def _format(typed: str) -> ExportFormat:
    if typed not in set(ExportFormat):
        raise Invalid(N_("Choose CSV or Excel."))
    return ExportFormat(typed)
