"""Readable foregrounds for a store's own colour (WCAG 2.2, relative luminance and contrast ratio)."""

DARK_INK = "#000000"
LIGHT_INK = "#ffffff"


def ink_on(color: str) -> str:
    """White or black, whichever has the stronger contrast on `color` (`#rrggbb`); with a paler black neither may do."""
    return max(LIGHT_INK, DARK_INK, key=lambda ink: contrast(ink, color))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: str) -> float:
    red, green, blue = (_linear(int(color[start : start + 2], 16) / 255) for start in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - sRGB
