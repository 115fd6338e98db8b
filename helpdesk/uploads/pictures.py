"""Pictures, drawn anew: what a camera wrote into them (place, time, device) is left behind (security: EXIF)."""

import threading
import warnings
from io import BytesIO

from PIL import Image, ImageOps

from helpdesk.domain.errors import Refusal
from helpdesk.uploads.refusals import NOT_ITS_TYPE, TOO_MANY_PIXELS, refusal

FORMATS = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}
MEGAPIXELS = 40
THUMB = 320
QUALITY = 88

# Forty megapixels take a quarter of a gigabyte: threads that draw wait for one another.
_one_at_a_time = threading.Lock()


def redrawn(name: str, content: bytes, kind: str) -> tuple[bytes, bytes]:
    """The picture as its viewer sees it, upright, its first frame if it moves; and a small one.

    Raises:
        Invalid: more than 40 megapixels (seen before anything is decoded), damaged, or cut off.
    """
    with _one_at_a_time, warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # our own limit is lower, and what is odd is drawn anew anyway
        try:
            with Image.open(BytesIO(content), formats=[FORMATS[kind]]) as image:
                _refuse_too_large(name, image)
                plain = _plain(ImageOps.exif_transpose(image), FORMATS[kind])
            return _saved(plain, FORMATS[kind]), _saved(_small(plain), "WEBP")
        except Image.DecompressionBombError:
            raise refusal(TOO_MANY_PIXELS, name, limit=MEGAPIXELS) from None
        except Refusal:
            raise
        except Exception:  # a damaged picture breaks a decoder in any way it likes
            raise refusal(NOT_ITS_TYPE, name, type=kind.upper()) from None


def _refuse_too_large(name: str, image: Image.Image) -> None:
    if image.width * image.height > MEGAPIXELS * 1_000_000:
        raise refusal(TOO_MANY_PIXELS, name, limit=MEGAPIXELS)


def _plain(image: Image.Image, form: str) -> Image.Image:
    """The dots alone, in a mode that every format knows: nothing else of the picture comes along."""
    clear = image.has_transparency_data and form != "JPEG"
    converted = _eight_bits(image).convert("RGBA" if clear else "RGB")
    plain = Image.new(converted.mode, converted.size)
    plain.paste(converted)
    return plain


def _eight_bits(image: Image.Image) -> Image.Image:
    """Sixteen bits of grey would be cut off instead of scaled down."""
    if image.mode.startswith("I;16"):
        return image.convert("I").point(lambda dot: dot / 256).convert("L")
    return image


def _small(image: Image.Image) -> Image.Image:
    small = image.copy()
    small.thumbnail((THUMB, THUMB))
    return small


def _saved(image: Image.Image, form: str) -> bytes:
    out = BytesIO()
    image.save(out, form, quality=QUALITY)
    return out.getvalue()
