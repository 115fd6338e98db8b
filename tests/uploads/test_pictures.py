"""Pictures are drawn anew: upright, still, and without what their camera wrote into them (security, 6)."""

from io import BytesIO

import pytest
from PIL import Image

from helpdesk.domain.errors import Invalid
from helpdesk.uploads.pictures import FORMATS, THUMB, redrawn
from helpdesk.uploads.refusals import NOT_ITS_TYPE, TOO_MANY_PIXELS
from tests.fixtures import papers


def opened(content: bytes) -> Image.Image:
    image = Image.open(BytesIO(content))
    image.load()
    return image


def refused(content: bytes, kind: str) -> Invalid:
    with pytest.raises(Invalid) as refusal:
        redrawn(f"a.{kind}", content, kind)
    return refusal.value


def test_a_photograph_of_eight_megabytes_loses_where_it_was_taken_and_with_what() -> None:
    """Security, 6: EXIF and GPS gone from the file that is kept, and from the small picture."""
    brought = papers.photo(3600, 2400)
    assert 7_000_000 < len(brought) < 10_000_000
    assert opened(brought).getexif().get_ifd(papers.GPS_TAG)
    assert papers.CAMERA.encode() in brought
    drawn, small = redrawn("a.jpg", brought, "jpg")
    for kept in (drawn, small):
        image = opened(kept)
        assert not image.getexif()
        assert not {"exif", "icc_profile", "xmp", "comment"} & image.info.keys()
        assert papers.CAMERA.encode() not in kept
        assert b"Exif" not in kept
    assert (opened(drawn).format, opened(drawn).size) == ("JPEG", (3600, 2400))
    assert max(opened(small).size) <= THUMB


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_other_pictures_lose_it_too(form: str) -> None:
    exif = Image.Exif()
    exif[papers.MODEL_TAG], exif[papers.GPS_TAG] = papers.CAMERA, papers.RIYADH
    brought = papers.saved(papers.noise(60, 40), form, exif=exif, icc_profile=b"Canaryprofile")
    assert papers.CAMERA.encode() in brought
    drawn, small = redrawn("a", brought, form.lower())
    for kept in (drawn, small):
        assert not opened(kept).getexif()
        assert b"Canary" not in kept


def test_a_picture_that_was_held_sideways_stands_upright() -> None:
    drawn, small = redrawn("a.jpg", papers.photo(60, 40, orientation=6), "jpg")
    assert opened(drawn).size == (40, 60)
    assert opened(small).height > opened(small).width


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_of_a_moving_picture_the_first_frame_is_kept(form: str) -> None:
    drawn, _small = redrawn("a", papers.animated(form), form.lower())
    image = opened(drawn)
    assert getattr(image, "n_frames", 1) == 1
    red, green, blue = image.convert("RGB").getpixel((25, 25))
    assert red > 240
    assert max(green, blue) < 15


@pytest.mark.parametrize(
    ("form", "mode", "kept"),
    [
        *(("PNG", mode, "RGB") for mode in ("RGB", "L", "P", "1", "I;16")),
        *(("PNG", mode, "RGBA") for mode in ("RGBA", "LA")),
        *(("JPEG", mode, "RGB") for mode in ("RGB", "L", "CMYK")),
        ("WEBP", "RGBA", "RGBA"),
    ],
)
def test_every_kind_of_colour_comes_through(form: str, mode: str, kept: str) -> None:
    kind = next(name for name, known in FORMATS.items() if known == form)
    drawn, small = redrawn("a", papers.picture(form, mode), kind)
    assert (opened(drawn).format, opened(drawn).mode) == (form, kept)
    assert opened(small).format == "WEBP"


def test_sixteen_bits_of_grey_are_scaled_and_not_cut_off() -> None:
    grey = papers.saved(Image.new("I;16", (4, 4), 0x8000), "PNG")
    drawn, _small = redrawn("a.png", grey, "png")
    assert opened(drawn).getpixel((0, 0)) == (128, 128, 128)


@pytest.mark.parametrize("size", [(30_000, 30_000), (10_000, 9_000), (8_000, 5_001)])
def test_too_many_pixels_are_refused_before_any_is_decoded(size: tuple[int, int]) -> None:
    """Security, input: a PNG of 30,000² pixels. What claims them here holds none, so decoding would fail otherwise."""
    refusal = refused(papers.claimed_png(*size), "png")
    assert (refusal.text, refusal.values["limit"]) == (TOO_MANY_PIXELS, 40)


def test_exactly_forty_megapixels_are_looked_at() -> None:
    assert refused(papers.claimed_png(8_000, 5_000), "png").text == NOT_ITS_TYPE


@pytest.mark.parametrize("kind", FORMATS)
def test_a_picture_that_was_cut_off_is_refused(kind: str) -> None:
    whole = papers.saved(papers.noise(200, 200), FORMATS[kind])
    refusal = refused(whole[: len(whole) // 2], kind)
    assert (refusal.text, refusal.values["name"]) == (NOT_ITS_TYPE, f"a.{kind}")


@pytest.mark.parametrize("kind", FORMATS)
def test_a_picture_in_another_format_than_its_own_is_refused(kind: str) -> None:
    other = "PNG" if kind != "png" else "GIF"
    assert refused(papers.picture(other, "L"), kind).text == NOT_ITS_TYPE
