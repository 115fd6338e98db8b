"""THE table: what every route answers to everybody, about their own things and about others'.

One letter an answer, one column a person:

    2  the page                     L  "sign in first"               T  "show number and tracking code first"
    >  done, go on there            4  there is no such thing        F  you may not do this
    I  a form with what is wrong    X  not as things stand now

A row's name is the method and the target; `world.py` knows the targets' addresses. Columns, left to right:
anonymous, a shopper who has proven the complaint `own`, a shopper who has proven `neighbour`, then (all of the
store noor) owner, manager, agent and analyst, an agent of the store najd, a deactivated agent of noor, and the
platform's administrator, reviewer and IT support.
"""

PRINCIPALS = (
    *("anonymous", "shopper", "stranger"),
    *("store_owner", "store_manager", "agent", "analyst", "other_agent", "former"),
    *("platform_admin", "platform_reviewer", "tech_support"),
)
Rows = dict[str, str]

PUBLIC_PAGE = {"GET own": "2 2 2  2 2 2 2  2 2  2 2 2", "GET nostore": "4 4 4  4 4 4 4  4 4  4 4 4"}
PUBLIC_FORM = {
    **PUBLIC_PAGE,
    "POST own": "I I I  I I I I  I I  I I I",
    "POST nostore": "4 4 4  4 4 4 4  4 4  4 4 4",
}
NOT_PROVEN = "T T T  T T T T  T T  T T T"
NO_STORE = "4 4 4  4 4 4 4  4 4  4 4 4"
ANYBODY = "2 2 2  2 2 2 2  2 2  2 2 2"
STAFF_ONLY = "L L L  2 2 2 2  2 L  2 2 2"
DESK_NOBODY = "L L L  4 4 4 4  4 L  4 4 4"
PLATFORM_NOBODY = "L L L  4 4 4 4  4 L  4 4 F"


def others(method: str, answer: str = NOT_PROVEN) -> Rows:
    """A proof opens one complaint: nobody else's, no other store's, none that is missing."""
    targets = ("other", "smuggled", "review", "missing")
    return {**{f"{method} {target}": answer for target in targets}, f"{method} nostore": NO_STORE}


ROUTES: dict[str, Rows] = {
    # Anyone
    "static": {"GET own": ANYBODY, "GET missing": NO_STORE},
    "health.alive": {"GET own": ANYBODY},
    "health.ready": {"GET own": ANYBODY},
    "front.home": {"GET own": ANYBODY},
    "storefront.home": {**PUBLIC_PAGE, "GET platform": NO_STORE, "GET other": ANYBODY},
    "complaints.index": PUBLIC_PAGE,
    "complaints.new": PUBLIC_FORM,
    "complaints.sent": PUBLIC_PAGE,
    "tracking.track": PUBLIC_FORM,
    "tracking.verify": {
        "GET own": NOT_PROVEN,
        "POST own": NOT_PROVEN,
        "GET nostore": NO_STORE,
        "POST nostore": NO_STORE,
    },
    "tracking.resend": {"POST own": NOT_PROVEN, "POST nostore": NO_STORE},
    # A shopper's complaint
    "complaints.show": {
        "GET own": "T 2 T  T T T T  T T  T T T",
        "GET neighbour": "T T 2  T T T T  T T  T T T",
        **others("GET"),
    },
    "complaints.reply": {
        "POST own": "T > T  T T T T  T T  T T T",
        "POST neighbour": "T T >  T T T T  T T  T T T",
        **others("POST"),
    },
    "complaints.close": {
        "GET own": "T 2 T  T T T T  T T  T T T",
        "GET neighbour": "T T 2  T T T T  T T  T T T",
        **others("GET"),
        "POST own": "T > T  T T T T  T T  T T T",
        "POST neighbour": "T T >  T T T T  T T  T T T",
        **others("POST"),
    },
    "complaints.close_code": {
        "GET own": "T 2 T  T T T T  T T  T T T",
        "GET neighbour": "T T 2  T T T T  T T  T T T",
        **others("GET"),
        "POST own": "T I T  T T T T  T T  T T T",
        "POST neighbour": "T T I  T T T T  T T  T T T",
        **others("POST"),
    },
    # Staff and their own account
    "login.sign_in": {
        "GET own": "2 2 2  > > > >  > 2  > > >",
        "POST own": "I I I  I I I I  I I  I I I",
    },
    "login.forgot": {"GET own": ANYBODY, "POST own": "> > >  > > > >  > >  > > >"},
    "login.forgot_sent": {"GET own": ANYBODY},
    "login.reset": {
        "GET missing": "> > >  > > > >  > >  > > >",
        "POST missing": "> > >  > > > >  > >  > > >",
    },
    "login.password": {"GET own": STAFF_ONLY, "POST own": "L L L  I I I I  I L  I I I"},
    "login.sessions": {"GET own": STAFF_ONLY},
    "login.end_session": {
        "POST own": "L L L  > > > >  > L  > > >",
        "POST other": "L L L  4 4 4 4  4 L  4 4 4",
        "POST missing": "L L L  4 4 4 4  4 L  4 4 4",
    },
    "login.end_others": {"POST own": "L L L  > > > >  > L  > > >"},
    # A store's desk
    "desk_door.choose": {"GET own": "L L L  > > > >  > L  > > >"},
    "desk.index": {
        "GET own": "L L L  2 2 2 2  4 L  4 4 4",
        "GET other": "L L L  4 4 4 4  2 L  4 4 4",
        "GET nostore": NO_STORE,
        "GET platform": NO_STORE,
    },
    "desk_complaints.index": {
        "GET own": "L L L  2 2 2 2  4 L  4 4 4",
        "GET other": "L L L  4 4 4 4  2 L  4 4 4",
        "GET nostore": NO_STORE,
    },
    "desk_complaints.details": {
        "GET own": "L L L  2 2 2 2  4 L  4 4 4",
        "GET review": "L L L  2 2 2 2  4 L  4 4 4",
        "GET other": "L L L  4 4 4 4  2 L  4 4 4",
        "GET smuggled": DESK_NOBODY,
        "GET missing": DESK_NOBODY,
        "GET nostore": NO_STORE,
    },
    "desk_complaints.operate": {
        "GET own reply": "L L L  > > > F  4 L  4 4 4",
        "GET own assign": "L L L  2 2 2 F  4 L  4 4 4",
        "GET own close": DESK_NOBODY,
        "GET own forward": DESK_NOBODY,
        "GET review assign": "L L L  F F F F  4 L  4 4 4",
        "GET other assign": "L L L  4 4 4 4  2 L  4 4 4",
        "GET smuggled assign": DESK_NOBODY,
        "GET missing assign": DESK_NOBODY,
        "GET nostore assign": NO_STORE,
        "POST own reply": "L L L  > > > F  4 L  4 4 4",
        "POST own assign": "L L L  > > > F  4 L  4 4 4",
        "POST own close": DESK_NOBODY,
        "POST own forward": DESK_NOBODY,
        "POST review reply": "L L L  F F F F  4 L  4 4 4",
        "POST review assign": "L L L  F F F F  4 L  4 4 4",
        "POST other reply": "L L L  4 4 4 4  > L  4 4 4",
        "POST other assign": "L L L  4 4 4 4  > L  4 4 4",
        "POST smuggled reply": DESK_NOBODY,
        "POST smuggled assign": DESK_NOBODY,
        "POST missing reply": DESK_NOBODY,
        "POST nostore reply": NO_STORE,
    },
    "desk_deliveries.index": {
        "GET own": "L L L  2 2 F F  4 L  4 4 4",
        "GET other": "L L L  4 4 4 4  F L  4 4 4",
        "GET nostore": NO_STORE,
    },
    "desk_deliveries.show": {
        "GET own": "L L L  2 2 F F  4 L  4 4 4",
        "GET other": "L L L  4 4 4 4  F L  4 4 4",
        "GET smuggled": "L L L  4 4 F F  4 L  4 4 4",
        "GET platform_mail": "L L L  4 4 F F  4 L  4 4 4",
        "GET missing": "L L L  4 4 F F  4 L  4 4 4",
        "GET nostore": NO_STORE,
    },
    **{
        f"desk_deliveries.{action}": {
            "POST own": "L L L  > > F F  4 L  4 4 4",
            "POST other": "L L L  4 4 4 4  F L  4 4 4",
            "POST smuggled": "L L L  4 4 F F  4 L  4 4 4",
            "POST platform_mail": "L L L  4 4 F F  4 L  4 4 4",
            "POST missing": "L L L  4 4 F F  4 L  4 4 4",
            "POST nostore": NO_STORE,
        }
        for action in ("retry", "resend")
    },
    # The platform team
    "platform.index": {"GET own": "L L L  4 4 4 4  4 L  2 2 2"},
    "platform_complaints.index": {"GET own": "L L L  4 4 4 4  4 L  2 2 F"},
    "platform_complaints.details": {
        "GET own": "L L L  4 4 4 4  4 L  2 2 F",
        "GET review": "L L L  4 4 4 4  4 L  2 2 F",
        "GET other": "L L L  4 4 4 4  4 L  2 2 F",
        "GET smuggled": PLATFORM_NOBODY,
        "GET missing": PLATFORM_NOBODY,
        "GET nostore": PLATFORM_NOBODY,
    },
    "platform_complaints.operate": {
        "GET own answer": "L L L  4 4 4 4  4 L  > > F",
        "GET other forward": "L L L  4 4 4 4  4 L  2 2 F",
        "GET review ask": "L L L  4 4 4 4  4 L  2 2 F",
        "GET review forward": "L L L  4 4 4 4  4 L  2 2 F",
        "GET own close": PLATFORM_NOBODY,
        "GET own assign": PLATFORM_NOBODY,
        "GET smuggled forward": PLATFORM_NOBODY,
        "GET missing forward": PLATFORM_NOBODY,
        "GET nostore forward": PLATFORM_NOBODY,
        "POST own answer": "L L L  4 4 4 4  4 L  > > F",
        "POST own ask": "L L L  4 4 4 4  4 L  > > F",
        "POST own forward": "L L L  4 4 4 4  4 L  X X F",
        "POST own close": PLATFORM_NOBODY,
        "POST own assign": PLATFORM_NOBODY,
        "POST review forward": "L L L  4 4 4 4  4 L  > > F",
        "POST other answer": "L L L  4 4 4 4  4 L  > > F",
        "POST smuggled answer": PLATFORM_NOBODY,
        "POST missing answer": PLATFORM_NOBODY,
        "POST nostore answer": PLATFORM_NOBODY,
    },
    "platform_deliveries.index": {"GET own": "L L L  4 4 4 4  4 L  2 F F"},
    "platform_deliveries.show": {
        "GET own": "L L L  4 4 4 4  4 L  2 F F",
        "GET other": "L L L  4 4 4 4  4 L  2 F F",
        "GET platform_mail": "L L L  4 4 4 4  4 L  2 F F",
        "GET missing": "L L L  4 4 4 4  4 L  4 F F",
    },
    **{
        f"platform_deliveries.{action}": {
            "POST own": "L L L  4 4 4 4  4 L  > F F",
            "POST other": "L L L  4 4 4 4  4 L  > F F",
            "POST platform_mail": "L L L  4 4 4 4  4 L  > F F",
            "POST missing": "L L L  4 4 4 4  4 L  4 F F",
        }
        for action in ("retry", "resend")
    },
    # Last, because afterwards nobody is signed in
    "login.sign_out": {"POST own": "L L L  L L L L  L L  L L L"},
}


def expected(endpoint: str, row: str, principal: str) -> str:
    return ROUTES[endpoint][row].split()[PRINCIPALS.index(principal)]
