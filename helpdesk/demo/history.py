"""Ninety days of older complaints, mostly closed, so that lists have pages. The same every time, and without mails."""

from random import Random

from helpdesk.demo.stories import Line, Story
from helpdesk.enums import ComplaintType, DesiredOutcome, Lang

PEOPLE = {
    Lang.AR: (
        "نورة الدوسري",
        "محمد العتيبي",
        "ريم الشهري",
        "عبدالله الغامدي",
        "هند الزهراني",
        "فيصل السبيعي",
        "لمى القرني",
        "تركي الحارثي",
    ),
    Lang.EN: (
        "Maria Santos",
        "Renée O'Connor-Łukasz",
        "John Doe",
        "Anita Desai",
        "Peter Novak",
        "Grace Okafor",
    ),
}
WORDS = {
    Lang.AR: (
        (ComplaintType.LATE, "تأخر الطلب عن الموعد المذكور ولم يصلني أي تحديث."),
        (ComplaintType.DAMAGED, "وصلت العبوة مفتوحة وجزء من المنتج ناقص."),
        (ComplaintType.REFUND, "أعدت المنتج قبل أسبوعين ولم يصلني المبلغ حتى الآن."),
        (ComplaintType.NOT_AS_DESCRIBED, "اللون مختلف عن الصور المعروضة في المتجر."),
    ),
    Lang.EN: (
        (ComplaintType.LATE, "The order is a week late and nobody tells me why."),
        (ComplaintType.NOT_RECEIVED, "It says delivered, but nothing has arrived."),
        (ComplaintType.CHARGE, "I was charged more than the price at checkout."),
        (ComplaintType.SERVICE, "I called three times and nobody called back."),
    ),
}
ANSWERS = {
    Lang.AR: "نعتذر عما حدث. تحققنا من طلبك وعالجنا الأمر، ونرجو إبلاغنا إن بقي شيء.",
    Lang.EN: "We are sorry about this. We looked into your order and put it right; please tell us if anything is left.",
}
THANKS = {Lang.AR: "شكرًا لكم، تم الحل.", Lang.EN: "Thank you, that solved it."}
AMOUNTS = {"noor": 44, "najd": 9}
DAYS = 90
STILL_OPEN = 6
"""The newest few of each store are not closed yet."""


def history() -> tuple[Story, ...]:
    """The stories, each under a mailbox of its own."""
    dice = Random(2026)  # noqa: S311 - made-up people, not secrets
    return tuple(
        _story(dice, store, place, amount)
        for store, amount in AMOUNTS.items()
        for place in range(amount)
    )


def _story(dice: Random, store: str, place: int, amount: int) -> Story:
    lang = dice.choice(
        [Lang.AR, Lang.AR, Lang.EN] if store == "noor" else [Lang.EN, Lang.EN, Lang.AR]
    )
    complaint_type, text = dice.choice(WORDS[lang])
    begun = 24 * (6 + (DAYS - 6) * (amount - place) / amount) + dice.uniform(-6, 6)
    return Story(
        store=store,
        name=dice.choice(PEOPLE[lang]),
        email=f"shopper{place + 1}@{store}-shoppers.example",
        phone="",
        lang=lang,
        type=complaint_type,
        outcome=dice.choice([None, *DesiredOutcome]),
        order=str(dice.randint(800, 999)) if dice.random() < 0.7 else "",  # noqa: PLR2004 - two in three
        hours_ago=begun,
        text=text,
        lines=_lines(dice, lang, begun, still_open=place >= amount - STILL_OPEN),
    )


def _lines(dice: Random, lang: Lang, begun: float, *, still_open: bool) -> tuple[Line, ...]:
    forwarded = begun - dice.uniform(2, 20)
    answered = forwarded - dice.uniform(3, 40)
    replied = answered - dice.uniform(1, 12)
    lines = [
        Line("platform", "forward", forwarded),
        Line("store", "assign", forwarded - 1),
        Line("store", "answer", answered, ANSWERS[lang]),
        Line("customer", "reply", replied, THANKS[lang]),
        Line("customer", "close", replied - 0.2),
    ]
    if dice.random() < 0.6:  # noqa: PLR2004 - three in five rate
        lines.append(Line("customer", "rate", replied - 0.3, stars=dice.choice([2, 3, 4, 4, 5, 5])))
    return tuple(lines[: dice.choice([2, 3, 3]) if still_open else len(lines)])
