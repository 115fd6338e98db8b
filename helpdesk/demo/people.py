"""The made-up staff, stores and customers of the demo."""

from dataclasses import dataclass

from helpdesk.enums import Lang

PASSWORD = "Demo-2468!"  # noqa: S105 - printed at every start of a demo


@dataclass(frozen=True)
class DemoStore:
    """A store of the demo."""

    slug: str
    name_en: str
    name_ar: str
    color: str
    lang: Lang


@dataclass(frozen=True)
class DemoStaff:
    """A member of staff; `store` None is the platform. Somebody with two stores is listed twice."""

    email: str
    name: str
    role: str
    label: str
    store: str | None
    lang: Lang
    active: bool = True


@dataclass(frozen=True)
class DemoCustomer:
    """A customer of one store."""

    store: str
    email: str
    name: str
    phone: str | None
    lang: Lang


STORES = (
    DemoStore("noor", "Noor Perfumes", "نور للعطور", "#0E7C66", Lang.AR),
    DemoStore("najd", "Najd Tech", "نجد تك", "#FFE58A", Lang.EN),
)

STAFF = (
    DemoStaff(
        "admin@platform.example",
        "Amal Saleh",
        "platform_admin",
        "Platform administrator",
        None,
        Lang.EN,
    ),
    DemoStaff(
        "reviewer@platform.example",
        "Rashid Omar",
        "platform_reviewer",
        "Platform reviewer",
        None,
        Lang.EN,
    ),
    DemoStaff("it@platform.example", "Imran Tariq", "tech_support", "IT support", None, Lang.EN),
    DemoStaff("huda@noor.example", "Huda Al-Noor", "store_owner", "Noor owner", "noor", Lang.AR),
    DemoStaff("salem@noor.example", "Salem Badr", "store_manager", "Noor manager", "noor", Lang.AR),
    DemoStaff("omar@noor.example", "Omar Hadi", "agent", "Noor agent", "noor", Lang.EN),
    DemoStaff("layla@noor.example", "Layla Nasser", "agent", "Noor agent", "noor", Lang.AR),
    DemoStaff("view@noor.example", "Viola West", "analyst", "Noor viewer", "noor", Lang.EN),
    DemoStaff(
        "rana@agency.example", "Rana Aziz", "agent", "Agent in Noor and in Najd", "noor", Lang.EN
    ),
    DemoStaff(
        "rana@agency.example", "Rana Aziz", "agent", "Agent in Noor and in Najd", "najd", Lang.EN
    ),
    DemoStaff("faisal@najd.example", "Faisal Turki", "store_owner", "Najd owner", "najd", Lang.EN),
    DemoStaff("priya@najd.example", "Priya Menon", "agent", "Najd agent", "najd", Lang.EN),
    DemoStaff(
        "former@noor.example",
        "Farid Gone",
        "agent",
        "Deactivated agent",
        "noor",
        Lang.EN,
        active=False,
    ),
)

ACCOUNTS = tuple({one.email: one for one in STAFF if one.active}.values())
"""Who can sign in, each once."""

CUSTOMERS = (
    DemoCustomer("noor", "ahmed@example.com", "أحمد المطيري", "+966551234567", Lang.AR),
    DemoCustomer("noor", "khalid@example.com", "خالد الحربي", "+966552223344", Lang.AR),
    DemoCustomer("noor", "sara@example.com", "سارة القحطاني", "+966553334455", Lang.AR),
    DemoCustomer("najd", "sara@example.com", "Sara Al-Qahtani", "+966553334455", Lang.EN),
    DemoCustomer("najd", "yousef@example.com", "Yousef Karim", None, Lang.EN),
)

VIEWS: tuple[tuple[str, str, str, dict[str, list[str]], bool], ...] = (
    (
        "noor",
        "huda@noor.example",
        "بانتظارنا، الأقدم أولًا",
        {"status": ["pending_admin"], "sort": ["waiting"]},
        True,
    ),
    ("noor", "huda@noor.example", "Late deliveries", {"type": ["late"]}, True),
    ("noor", "omar@noor.example", "My open ones", {"assignee": ["me"], "sort": ["due"]}, False),
    ("najd", "faisal@najd.example", "Waiting for us", {"status": ["pending_admin"]}, True),
)
"""Saved views: store, whose, name, what it looks for, and whether it is shared."""
