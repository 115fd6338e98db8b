"""The store's own front, as small as a help desk needs it."""

from flask import Blueprint, render_template

storefront = Blueprint("storefront", __name__)


@storefront.get("/")
def home() -> str:
    """The way to complaints and to tracking."""
    return render_template("public/storefront/home.html")
