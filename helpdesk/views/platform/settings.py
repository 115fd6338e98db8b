"""Settings of the whole installation, for the platform's administrator."""

from typing import Any, ClassVar

from flask import flash, g, redirect, url_for
from flask_admin import expose
from werkzeug.wrappers import Response
from wtforms import BooleanField, StringField

from helpdesk import clock
from helpdesk.domain import settings, stores
from helpdesk.domain.errors import Refusal
from helpdesk.domain.permissions import Permission
from helpdesk.language import gettext as _
from helpdesk.language import lazy_gettext as _l
from helpdesk.views.forms import BaseForm, Reads, once
from helpdesk.views.platform.base import PlatformView


class SettingsForm(BaseForm):
    """What holds for every store (C11, C58)."""

    max_upload_mb = StringField(
        _l("Maximum file size (MB)"),
        [Reads(settings.read_max_upload_mb, required=True)],
        description=_l(
            "1 to 50. Nobody can attach a larger file; five files of this size fit one message."
        ),
    )
    complaint_platform_review = BooleanField(
        _l("The platform reviews new complaints first"),
        description=_l(
            "Switched off, new complaints go straight to their store. Those under review wait until they are forwarded."
        ),
        false_values=("", "0", "n", "no", "false", "off"),
    )


class PlatformSettings(PlatformView):
    """One page with all of them."""

    permissions: ClassVar = {"index": Permission.PLATFORM_SET}

    @expose("/", methods=("GET", "POST"))
    def index(self) -> Response | tuple[str, int]:
        """Read and change them."""
        form = SettingsForm(data=_now())
        if form.sent():
            try:
                with once(form) as post:
                    if not post.repeated:
                        _change(form)
                flash(_("The settings were saved."), "success")
                return redirect(url_for(".index"), 303)
            except Refusal as refusal:
                form.refuse(refusal)
        page: str = self.render(
            "backoffice/settings.html", form=form, crumbs=self.crumbs((_("Settings"), ""))
        )
        return page, form.status


def _now() -> dict[str, Any]:
    return {
        "max_upload_mb": str(settings.max_upload_mb()),
        "complaint_platform_review": stores.reviews_complaints(),
    }


def _change(form: SettingsForm) -> None:
    settings.change(
        max_upload_mb=form.values["max_upload_mb"],
        complaint_platform_review=bool(form.complaint_platform_review.data),
        actor=g.actor,
        now=clock.now(),
    )
