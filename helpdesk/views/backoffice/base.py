"""The one base of every back-office view: who may come in, in which scope, to do what.

Flask-Admin calls `_handle_view` before every exposed method; a method without a permission is refused there.
"""

from collections.abc import Callable
from typing import Any, ClassVar

from flask import g, redirect, request, url_for
from flask_admin import BaseView
from flask_admin.theme import Theme
from werkzeug.wrappers import Response

from helpdesk import clock
from helpdesk.domain import stores
from helpdesk.domain.errors import NotFound
from helpdesk.domain.permissions import Actor, Permission, require
from helpdesk.language import gettext as _
from helpdesk.lists.declaration import Viewer
from helpdesk.models import Store, User
from helpdesk.views import page, session
from helpdesk.views.backoffice import frame

THEME = Theme(folder="helpdesk", base_template="backoffice/layout.html")


class OfficeView(BaseView):
    """A page, or a few, of a back office. Subclasses say who may enter and what each method needs."""

    kind: ClassVar[str]
    """`desk` or `platform`."""
    entry: ClassVar[Permission]
    permissions: ClassVar[dict[str, Permission]] = {}
    """Exposed method → what it needs; what is not named here does not exist."""

    def enter(self, user: User) -> Actor:
        """Set the scope and answer the person with the rights that count here."""
        raise NotImplementedError

    def place(self) -> Store:
        """Where the person works here: the store, or the platform's own row."""
        store: Store = g.store if self.kind == "desk" else stores.platform()
        return store

    def viewer(self) -> Viewer:
        """This person, here and now."""
        return Viewer(
            actor=g.actor,
            place=self.place(),
            lang=session.language(),
            zone=page.zone(),
            now=clock.now(),
            platform=page.platform_name(),
        )

    def is_visible(self) -> bool:
        """Whether the menu may name it."""
        return self._default_needs() in g.actor.permissions

    def crumbs(self, *trail: tuple[str, str]) -> list[dict[str, str]]:
        """The way from Home to this page: names and addresses, the page itself last and without one (S3-15)."""
        home = (_("Home"), url_for(f"{self.kind}.index"))
        return [{"label": label, "url": url} for label, url in (home, *trail)]

    def _default_needs(self) -> Permission | None:
        return self.permissions.get(str(self._default_view))

    def _handle_view(self, name: str, **_kwargs: Any) -> Response | None:
        user = session.staff()
        if user is None:
            return redirect(url_for("login.sign_in", next=_wanted()))
        g.actor = self.enter(user)
        needed = self.permissions.get(name)
        if needed is None:
            raise NotFound
        require(g.actor, self.entry)
        require(g.actor, needed)
        return None

    def _run_view(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call the method as it is: Flask-Admin would take a TypeError for a wrong signature and call it twice."""
        return fn(self, *args, **kwargs)

    def render(self, template: str, **context: Any) -> str:
        """The page inside the frame of its back office."""
        made: str = super().render(template, **frame.context(self), **context)
        return made


def _wanted() -> str:
    return request.full_path.rstrip("?") if request.method == "GET" else request.path
