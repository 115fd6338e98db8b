"""A conversation of sixty messages in two languages: what a page has to bear."""

from helpdesk.demo.stories import Line, Story
from helpdesk.enums import ComplaintType, DesiredOutcome, Lang

ASKED = (
    "هل وصلت قطعة الغيار اليوم؟",
    "The carrier called me, but nobody came. Could you check again?",
    "اتصلت بي شركة الشحن ثم لم يأتِ أحد 😕",
    "I am at home until six. Is that early enough?",
    "أرسلت لكم صورة الملصق، هل تكفي؟",
    "It is the second week now. What are you waiting for?",
    "شكرًا على المتابعة. متى يصل البديل تقريبًا؟",
    "The box that came today holds somebody else's headphones.",
    "هذا الرقم لا يعمل في صفحة التتبع.",
    "Fine, let us try the other address then.",
)
SAID = (
    "نتابع الأمر مع شركة الشحن ونعود إليك غدًا صباحًا.",
    "We have opened a case with the carrier and hear from them tomorrow.",
    "نعتذر عن هذا. طلبنا موعدًا جديدًا بعد الظهر.",
    "Six is early enough; the driver has your number now.",
    "الصورة واضحة، شكرًا لك. أرسلناها إلى المستودع.",
    "We are waiting for the part ourselves; it left the factory on Sunday.",
    "يصل البديل خلال ثلاثة أيام عمل بحسب شركة الشحن.",
    "That should not have happened. Please keep the box, a courier fetches it.",
    "صححنا الرقم في الصفحة، جرّب الآن من فضلك.",
    "The parcel goes to the other address. You get a message when it is on its way.",
)
TURNS = 29
FIRST, LAST = 500, 30
"""Hours ago."""


def long_thread() -> Story:
    """Yousef's replacement part, told in sixty messages."""
    step = (FIRST - LAST) / (2 * TURNS)
    lines = [Line("platform", "forward", FIRST + 4)]
    for turn in range(TURNS):
        at = FIRST - 2 * turn * step
        lines.append(Line("store", "answer", at, SAID[turn % len(SAID)]))
        lines.append(Line("customer", "reply", at - step, ASKED[turn % len(ASKED)]))
    lines.append(
        Line(
            "store",
            "answer",
            LAST - 2,
            "The replacement was delivered this morning. Please tell us whether it works.",
        )
    )
    return Story(
        store="najd",
        name="Yousef Karim",
        email="yousef@example.com",
        phone="",
        lang=Lang.EN,
        type=ComplaintType.LATE,
        outcome=DesiredOutcome.REPLACEMENT,
        order="1001",
        hours_ago=FIRST + 8,
        text="The spare part that you promised for the 3rd has not arrived. I need the device for work.",
        lines=tuple(lines),
    )
