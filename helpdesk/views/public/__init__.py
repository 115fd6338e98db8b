"""A store's public pages: small, without sign-in, and whole without JavaScript."""

from flask import Flask

from helpdesk.views.public.complaints import complaints
from helpdesk.views.public.storefront import storefront
from helpdesk.views.public.tracking import tracking


def install(app: Flask) -> None:
    """Serve them under `/s/<store>`."""
    for blueprint in (storefront, complaints, tracking):
        app.register_blueprint(blueprint, url_prefix=f"/s/<store>{blueprint.url_prefix or ''}")
