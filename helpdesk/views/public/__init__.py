"""A store's public pages: small, without sign-in, and whole without JavaScript."""

from flask import Flask

from helpdesk.views.public.complaints import complaints
from helpdesk.views.public.copies import copies
from helpdesk.views.public.endings import endings
from helpdesk.views.public.lost import lost
from helpdesk.views.public.ratings import ratings
from helpdesk.views.public.receipts import receipts
from helpdesk.views.public.storefront import storefront
from helpdesk.views.public.tracking import tracking
from helpdesk.views.public.visits import visits

PAGES = (
    *(storefront, complaints, receipts, visits, endings),
    *(ratings, copies, tracking, lost),
)


def install(app: Flask) -> None:
    """Serve them under `/s/<store>`."""
    for blueprint in PAGES:
        app.register_blueprint(blueprint, url_prefix=f"/s/<store>{blueprint.url_prefix or ''}")
