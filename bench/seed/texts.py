"""What made-up people write, in English and Arabic, and the words whose frequency the runner knows."""

from dataclasses import dataclass
from functools import cache, cached_property
from random import Random
from types import SimpleNamespace
from typing import Any, cast

from helpdesk.domain import search
from helpdesk.enums import Team, ThreadKind

RARE = "zeppelin"
"""Said in `RARE_IN` complaints of the big store, however many it has."""
RARE_IN = 5
COMMON = "delivery"
"""Said in about a third of all complaints."""
ARABIC = "شحنة"
"""Said, with its article, in about a fifth of all complaints."""
ABSENT = "xylophone"
"""Said by nobody."""

WORDS = 30_000
"""Names of goods, streets and people: a few are in everybody's mouth, most are rare (Zipf)."""
_SYLLABLES = str.split("ba de fi go hu ka le mi no pu ra se ti vo wu sha der min tal gor")

OPENINGS = {
    "en": (
        "I ordered two weeks ago and nothing has come yet.",
        "The parcel was open when the courier handed it over.",
        "I was charged twice for the same order.",
        "The colour is not the one that your page shows.",
        "Your staff promised to call me back and nobody did.",
        "I returned the goods and still wait for my money.",
        "One of the three pieces is missing from the box.",
        "The bottle is broken and everything else is wet.",
        "The size on the label is not the size of the garment.",
        "My discount code was refused although it is valid.",
    ),
    "ar": (
        "طلبت قبل أسبوعين ولم يصل أي شيء حتى الآن.",
        "كان الطرد مفتوحا عندما سلمه المندوب.",
        "تم الخصم مرتين من حسابي لنفس الطلب.",
        "اللون مختلف عن الصورة في الموقع.",
        "وعدني الموظف بالاتصال ولم يتصل أحد.",
        "أرجعت المنتج وما زلت أنتظر المبلغ.",
        "قطعة واحدة ناقصة من الصندوق.",
        "الزجاجة مكسورة وكل شيء مبلل.",
    ),
}
MARKED = {
    "en": f"The {COMMON} came much too late.",
    "ar": f"وصلت ال{ARABIC} متأخرة جدا.",
}
"""The sentences that hold the common and the Arabic word; nothing else does."""
MARKED_SHARE = {"en": 0.55, "ar": 0.5}
ARABIC_SHARE = 0.4
WISHES = {
    "en": (
        "Please send it again or give me my money back.",
        "I would like an explanation.",
        "A replacement would be fine with me.",
        "Tell me when it will be put right.",
    ),
    "ar": (
        "أرجو إعادة المبلغ أو إرسال بديل.",
        "أريد توضيحا من فضلكم.",
        "متى سيتم حل المشكلة؟",
    ),
}
ANSWERS = {
    "en": (
        "We are sorry about this and have asked the courier.",
        "Thank you for telling us; a replacement is on its way.",
        "The refund was sent to your card today.",
        "Could you send us a photo of the label?",
    ),
    "ar": (
        "نعتذر عما حدث وقد تواصلنا مع شركة الشحن.",
        "شكرا لتنبيهنا وسنرسل لك بديلا اليوم.",
        "تمت إعادة المبلغ إلى بطاقتك.",
        "هل يمكنك إرسال صورة الملصق؟",
    ),
}
NOTE = "Asked the warehouse about it."
GIVEN = {
    "en": str.split("Sara Omar Huda Khalid Lina Faisal Amal Yusuf Maha Tariq Noura Sami Reem Ziad"),
    "ar": str.split("سارة عمر هدى خالد لينا فيصل أمل يوسف مها طارق نورة سامي ريم زياد"),
}
FAMILY = {
    "en": str.split(
        "Haddad Saleh Nasser Qahtani Harbi Zahrani Otaibi Ghamdi Dosari Shammari Mutairi"
    ),
    "ar": str.split("الحداد الصالح الناصر القحطاني الحربي الزهراني العتيبي الغامدي الدوسري الشمري"),
}
LATIN = dict(zip(GIVEN["ar"], (name.lower() for name in GIVEN["en"]), strict=True))


@dataclass(frozen=True)
class Said:
    """A text, and what the search keeps of it."""

    text: str
    words: frozenset[str]


class Speech:
    """Texts, different ones each time, whose words are folded once a sentence and not once a text."""

    def __init__(self, luck: Random) -> None:
        self.luck = luck
        self.known: dict[str, frozenset[str]] = {}

    @cached_property
    def names(self) -> list[str]:
        """Made-up words of two to four syllables."""
        made: dict[str, None] = {}
        while len(made) < WORDS:
            made["".join(self.luck.choices(_SYLLABLES, k=self.luck.randint(2, 4)))] = None
        return list(made)

    def complaint(self, lang: str, *, rare: bool) -> Said:
        """What happened and what is wanted."""
        luck = self.luck
        parts = [luck.choice(OPENINGS[lang])]
        if luck.random() < MARKED_SHARE[lang]:
            parts.append(MARKED[lang])
        parts += [self._name() for _ in range(6)]
        parts += [RARE] if rare else []
        return self._said([*parts, luck.choice(WISHES[lang])])

    def answer(self, lang: str) -> Said:
        """What staff say."""
        return self._said([self.luck.choice(ANSWERS[lang]), self._name(), self._name()])

    def reply(self, lang: str) -> Said:
        """What the customer says to that."""
        return self._said([self._name(), self._name(), self.luck.choice(WISHES[lang])])

    def _name(self) -> str:
        return self.names[int(WORDS ** self.luck.random()) - 1]

    def _said(self, parts: list[str]) -> Said:
        return Said(" ".join(parts), frozenset().union(*map(self._words, parts)))

    def _words(self, part: str) -> frozenset[str]:
        found = self.known.get(part)
        if found is None:
            found = self.known[part] = words_of(part)
        return found


def words_of(text: str) -> frozenset[str]:
    """What the product's own search keeps of a message in the main thread."""
    thread = cast("Any", SimpleNamespace(kind=ThreadKind.MAIN, team=None))
    message = cast("Any", SimpleNamespace(body=text, resolution_text=None))
    return search._said(thread, message)  # noqa: SLF001 - copied here, it would soon be another search


@cache
def words_of_note() -> frozenset[str]:
    """What it keeps of the store's note."""
    thread = cast("Any", SimpleNamespace(kind=ThreadKind.NOTES, team=Team.MERCHANT))
    note = cast("Any", SimpleNamespace(body=NOTE, resolution_text=None))
    return search._said(thread, note)  # noqa: SLF001 - as above


def card_of(
    number: str, order: str | None, name: str, email: str, phone: str | None
) -> frozenset[str]:
    """What the product's own search keeps of a ticket's card."""
    ticket = SimpleNamespace(
        number=number,
        order_number_text=order,
        contact_name=name,
        contact_email=email,
        contact_phone=phone,
    )
    return search._card(cast("Any", ticket))  # noqa: SLF001 - as above
