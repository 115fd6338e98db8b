"""Stores, and the platform's own row among them."""

import re
from datetime import datetime

from sqlalchemy import bindparam, select

from helpdesk.db import db
from helpdesk.domain import timeline
from helpdesk.domain.errors import Invalid
from helpdesk.domain.permissions import Actor
from helpdesk.enums import EventKind, StoreKind
from helpdesk.models import PlatformSetting, Store
from helpdesk.words import N_

SLUG = re.compile(r"[a-z][a-z0-9-]{1,38}[a-z0-9]")
PLATFORM_ID = "platform id"
RESERVED_SLUGS = {"api", "bulk", "desk", "export", "lookup", "new", "platform", "static", "views"}
"""Words that stand in an address where a store's name may stand."""

# What every page asks for is put together once: that takes longer than a small query.
_FIND = select(Store).where(
    Store.slug == bindparam("slug"), Store.kind == StoreKind.STORE, Store.is_active
)


def find(slug: str) -> Store | None:
    """The active shop at this address; the platform's own row is never served."""
    return db.session.scalar(_FIND, {"slug": slug})


def platform() -> Store:
    """The platform's own row; the first migration made it. Asked for on every page, so read once a session."""
    info = db.session().info
    if PLATFORM_ID in info:
        return db.session.get_one(Store, info[PLATFORM_ID])
    found = db.session.scalars(select(Store).where(Store.kind == StoreKind.PLATFORM)).one()
    info[PLATFORM_ID] = found.id
    return found


def active() -> list[Store]:
    """Every active shop, by name."""
    query = (
        select(Store).where(Store.kind == StoreKind.STORE, Store.is_active).order_by(Store.name_en)
    )
    return list(db.session.scalars(query))


def create(slug: str, name_en: str, name_ar: str, actor: Actor, *, now: datetime) -> Store:
    """Open a new shop.

    Raises:
        Invalid: the address is taken, reserved or not made of a-z, 0-9 and dashes.
    """
    if not SLUG.fullmatch(slug) or slug in RESERVED_SLUGS:
        raise Invalid(
            N_("A store's address has 3 to 40 characters: a-z, 0-9 and dashes."), field="slug"
        )
    if db.session.scalar(select(Store.id).where(Store.slug == slug)) is not None:
        raise Invalid(N_("There is already a store with this address."), field="slug")
    store = Store(slug=slug, name_en=name_en, name_ar=name_ar, created_at=now)
    db.session.add(store)
    db.session.flush()
    timeline.record(EventKind.STORE_CREATED, actor, store, now=now)
    return store


def reviews_complaints() -> bool:
    """Whether the platform sees a complaint before the store does (C11); yes unless it was switched off."""
    setting = db.session.get(PlatformSetting, "complaint_platform_review")
    return setting is None or bool(setting.value)
