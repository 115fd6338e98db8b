"""The form field for files: it takes what comes with the post, and keeps it while the rest of the form is mended.

A file that was taken stays on the server; the form carries its token. So nothing has to be chosen twice, with or
without JavaScript (X-09).
"""

import re
from typing import Any

from flask import g, url_for
from markupsafe import Markup
from wtforms import Field
from wtforms.form import BaseForm
from wtforms.utils import unset_value

from helpdesk import clock
from helpdesk.domain import attachments
from helpdesk.domain.errors import Refusal
from helpdesk.language import gettext as _
from helpdesk.models import FILES_LIMIT
from helpdesk.uploads import names
from helpdesk.uploads.refusals import UNNAMED
from helpdesk.views import attached, errors, session, staging
from helpdesk.words import N_

TOKEN = re.compile(r"[A-Za-z0-9_-]{1,43}")
LEFT_OUT = N_("You can only select up to %(limit)s files; kept: %(kept)s; left out: %(left_out)s.")


class FilesInput:
    """What pages draw with `macros/files.html`."""

    input_type = "file"

    def __call__(self, field: Field, **_kwargs: Any) -> Markup:
        """The bare input, without the files that it has already."""
        return Markup('<input type="file" name="{}" multiple>').format(field.name)


class FilesField(Field):
    """Up to five files. `data` holds the tokens of those that wait on the server for this form."""

    widget = FilesInput()
    limit = FILES_LIMIT

    def process(
        self,
        formdata: Any,
        data: Any = unset_value,
        extra_filters: Any = None,  # noqa: ARG002 - WTForms hands it over
    ) -> None:
        """Read the tokens that the form carried; those ticked for removal are left out."""
        self.process_errors = []
        self.data = [] if data is unset_value or data is None else list(data)
        self.brought = []
        if formdata is not None:
            dropped = set(formdata.getlist(f"{self.name}-drop"))
            carried = dict.fromkeys(formdata.getlist(f"{self.name}-kept"))
            tokens = [one for one in carried if one not in dropped and TOKEN.fullmatch(one)]
            self.data = tokens[: FILES_LIMIT + 1]
            self.brought = staging.parts(self.name)

    def pre_validate(self, form: BaseForm) -> None:  # noqa: ARG002 - WTForms hands it over
        """Take in what came with the post, one by one: a bad file does not take the good ones with it."""
        room = max(0, FILES_LIMIT - len(self.data))
        brought, self.brought = self.brought, []
        for part in brought[:room]:
            try:
                self.data.append(staging.stage(part).token)
            except Refusal as refusal:
                self._say(errors.say(refusal))
        if len(brought) > room:
            kept = [one["name"] for one in self.waiting()]
            left_out = [names.read(part.filename or "") for part in brought[room:]]
            self._say(
                _(LEFT_OUT, limit=FILES_LIMIT, kept=_listed(kept), left_out=_listed(left_out))
            )

    def waiting(self) -> list[dict[str, Any]]:
        """The files that this form has already, as far as they are still there."""
        return attached.waiting(
            attachments.staged(self.data, g.store.id, session.browser_hash(), now=clock.now())
        )

    def fingerprints(self) -> list[str]:
        """What is in the waiting files: two posts with the same files have the same."""
        found = attachments.staged(self.data, g.store.id, session.browser_hash(), now=clock.now())
        return [one.sha256 for one in found]

    def hint(self) -> str:
        """What may be chosen."""
        return staging.hint()

    def accept(self) -> str:
        """The same for the browser's own chooser."""
        return staging.accepted()

    def limit_mb(self) -> int:
        """The largest file."""
        return staging.limit_mb()

    def upload_url(self) -> str:
        """Where a script sends each file on its own."""
        return url_for("files.stage", store=g.store.slug)

    def _say(self, text: str) -> None:
        self.errors = [*self.errors, text]


def _listed(found: list[str]) -> str:
    """Names in a sentence, each in its own reading direction; of more than a form may have the first are enough."""
    shown = [f"\u2068{name or UNNAMED}\u2069" for name in found[:FILES_LIMIT]]
    more = ["…"] if len(found) > FILES_LIMIT else []
    return _(", ").join([*shown, *more]) or "–"
