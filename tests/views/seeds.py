"""What people, programs and attackers type: for every field, and for every way a request can be broken."""

MESSAGE_LIMIT = 12_000

TEXTS = {
    "nothing": "",
    "spaces": "   \t ",
    "NUL": "a\x00b",
    "control signs": "\x01\x02\x1b[31m",
    "direction override": "abc\u202egnp.exe",
    "zero width only": "\u200b\u200c\u2060\ufeff",
    "Hangul filler only": "\u3164\u115f\uffa0",
    "ten thousand marks": "a" + "\u0301" * 10_000,
    "superscripts": "\u00b9\u00b2\u00b3\u2460",
    "Arabic digits": "٠١٢٣٤٥٦٧٨٩",
    "Persian digits": "۰۱۲۳۴۵۶۷۸۹",
    "Bengali digits": "০১২৩৪৫৬৭৮৯",
    "underscored": "1_000",
    "exponent": "1e3",
    "minus zero": "-0",
    "not a number": "NaN",
    "signalling": "sNaN",
    "tiny": "1E-30",
    "Arabic decimal": "١٫٥",
    "2^63": str(2**63),
    "many digits": "9" * 5000,
    "CRLF": "Sara\r\nBcc: everybody@example.com",
    "two addresses": "a@b.example, x@y.example",
    "long local part": "a" * 65 + "@example.com",
    "no domain": "a@",
    "quoted": '"a b"@example.com',
    "international": "سارة@example.com",
    "phone with marks": "\u200e+966\u200f 55 123 4567",
    "phone with letters": "055-CALL-NOW",
    "phone of thirty digits": "0" * 30,
    "full-text syntax": 'a" OR (b* NEAR(c',
    "full-text OR": 'a" OR (',
    "full-text NEAR": "NEAR(",
    "minus star": "-*",
    "percent": "%",
    "underscore": "_",
    "backslash": "\\",
    "quote": "'; DROP TABLE ticket; --",
    "markup": "<script>alert(1)</script>",
    "template": "{{ 7 * 7 }}${7*7}%(x)s",
    "traversal": "../../../etc/passwd",
    "exactly a name": "n" * 120,
    "a name and one": "n" * 121,
    "exactly a message": "m" * MESSAGE_LIMIT,
    "a message and one": "m" * (MESSAGE_LIMIT + 1),
    "emoji": "👩\u200d👩\u200d👧\u200d👦" * 20,
    "Zalgo Arabic": "ا" + "\u064b" * 40,
}
GARBAGE = {
    "page": ("0", "-1", "1e9", "abc"),
    "after": ("abc", "1-", "-1", "9" * 17 + "-" + "9" * 17, f"1-{2**31}", f"1-{2**63}", "١-٢"),
    "before": ("abc", "1-", "-1", "9" * 17 + "-" + "9" * 17, f"1-{2**31}", "0-0"),
    "status": ("closed'", "under_platform\x00", "CLOSED", "unknown"),
    "type": ("unknown", "\x00"),
    "assignee": ("0", "-1", "abc", str(2**63)),
    "store": ("nosuch", "platform", "\x00"),
    "from": ("0001-01-01", "9999-12-31", "2025-02-30", "abc", "٢٠٢٥-٠٥-٠٦", "2025-05-06T00:00"),
    "to": ("0001-01-01", "9999-12-31", "2025-02-30", "abc", "-1"),
    "overdue": ("2", "true", "\x00"),
    "lang": ("xx", "en\r\n", "ar,en", "\x00"),
    "theme": ("pink", "../dark", "\x00"),
    "sort": ("id; DROP", "1", "-1"),
    "id": ("abc", str(2**63)),
    "unknown": ("1", "abc"),
}
IDS = (
    *("abc", "-1", "0", "1e3", str(2**31), str(2**63), "9" * 40, "٣", "%00", "%ff%fe"),
    *("..%2f..%2fetc%2fpasswd", "..", "%2e%2e", "%5c..%5c", "CMP-1234-5674%0d%0aX: y", "<b>"),
    *("CMP-0000-0000%00", "%F0%9F%92%A9", "a" * 2000, "'%20OR%201=1--", "%25s%25n"),
)
RAW = {
    "lone surrogate": "a\ud800b",
    "only a lone surrogate": "\udfff",
    "a megabyte": "x" * 1_000_000,
}
"""What no browser sends, but a program may."""
REDIRECTS = (
    *("//evil.test", "/\\evil.test", "\\\\evil.test", "/%09/evil.test", "/\t/evil.test"),
    *("https://evil.test/", "http:evil.test", "///evil.test", "javascript:alert(1)"),
    *("//desk.test@evil.test", "https://desk.test@evil.test", "/\r\nLocation: //evil.test", "\x00"),
)
"""Where nobody may be sent on to (security, 10)."""
TECHNICAL = ("Traceback", "sqlalchemy", "psycopg", "sqlite3", "SELECT ", "INSERT ", "Werkzeug")
