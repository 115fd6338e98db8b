"""A person's long exports: how far each is, and its file for a day."""

from os import SEEK_END
from typing import Any, ClassVar

from flask import g, send_file, url_for
from flask_admin import expose
from werkzeug.wrappers import Response

from helpdesk import clock, files
from helpdesk.domain import exports as rules
from helpdesk.domain.errors import NotFound
from helpdesk.domain.permissions import Permission, require
from helpdesk.enums import ExportStatus
from helpdesk.language import gettext as _
from helpdesk.language import ngettext
from helpdesk.lists.catalogue import LISTINGS
from helpdesk.lists.declaration import MAX_ID
from helpdesk.models import Export
from helpdesk.uploads import storage
from helpdesk.views.backoffice.base import OfficeView
from helpdesk.words import N_, counted

P = Permission
X = ExportStatus
STATES = {
    X.QUEUED: (N_("Waiting"), "info"),
    X.RUNNING: (N_("Being written"), "info"),
    X.DONE: (N_("Ready"), "success"),
    X.FAILED: (N_("Could not be written"), "danger"),
}


class ExportsView(OfficeView):
    """Own exports of one place of work."""

    permissions: ClassVar = {"index": P.LIST_EXPORT, "download": P.LIST_EXPORT}

    @expose("/")
    def index(self) -> str:
        """All of them, newest first."""
        found = rules.of(self.place(), g.actor)
        return self.render(
            "backoffice/exports.html",
            exports=[_facts(one) for one in found],
            running=any(one.status in {X.QUEUED, X.RUNNING} for one in found),
            crumbs=self.crumbs((_("Exports"), "")),
        )

    @expose("/<int:export_id>")
    def download(self, export_id: int) -> Response:
        """The file of one."""
        if export_id >= MAX_ID:
            raise NotFound
        found = rules.find(export_id, self.place(), g.actor, now=clock.now())
        require(g.actor, LISTINGS[found.list].reads)
        try:
            content = storage.opened(str(found.file_name))
        except FileNotFoundError:
            raise NotFound from None
        day = found.created_at.strftime("%Y-%m-%d")
        response = send_file(
            content,
            mimetype=files.CONTENT_TYPES[found.format],
            as_attachment=True,
            download_name=f"{found.list}-{self.place().slug}-{day}.{found.format.value}",
        )
        response.content_length = content.seek(0, SEEK_END)
        content.seek(0)
        return response


def _facts(export: Export) -> dict[str, Any]:
    text, tone = STATES[export.status]
    rows = export.rows_written
    return {
        "title": str(LISTINGS[export.list].title),
        "format": export.format.value.upper(),
        "state": {"label": _(text), "tone": tone},
        "rows_text": ngettext("%(count)s row", "%(count)s rows", rows, count=counted(rows)),
        "created_at": export.created_at,
        "expires_at": export.expires_at if export.status is X.DONE else None,
        "url": url_for(".download", export_id=export.id) if export.status is X.DONE else "",
    }
