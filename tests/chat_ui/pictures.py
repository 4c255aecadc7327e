"""Compares a picture of a page with the one that is kept, and keeps new ones."""

import io
from pathlib import Path

from PIL import Image, ImageChops, ImageFilter

# So far a colour may be away in one channel, of 255, after neighbours were mixed: letters have soft edges, which move
# by a part of a pixel from one version of a browser to the next.
COLOUR_TOLERANCE = 20
# So many points may be further away: an emoji comes from the fonts of the machine. A sample of a colour has 3000.
POINTS_TOLERANCE = 900
# A picture of a page has few colours; with a palette it takes a third.
PALETTE = 256


def keep(picture: bytes, file: Path) -> None:
    """Write it down as the one to compare with."""
    file.parent.mkdir(parents=True, exist_ok=True)
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    image.quantize(PALETTE, dither=Image.Dither.NONE).save(file, optimize=True)


def differ(picture: bytes, file: Path) -> str | None:
    """Return what differs from the kept one, or None where nobody would see it."""
    if not file.exists():
        return f"{file.name} is not there"
    seen = Image.open(io.BytesIO(picture)).convert("RGB")
    kept = Image.open(file).convert("RGB")
    if seen.size != kept.size:
        return f"{file.name} is {kept.size[0]}×{kept.size[1]}, the page {seen.size[0]}×{seen.size[1]}"
    points = count_apart(seen, kept)
    return f"{file.name} differs in {points} points" if points > POINTS_TOLERANCE else None


def count_apart(one: Image.Image, other: Image.Image) -> int:
    """Return in how many points two pictures are further apart than soft edges are."""
    soft = ImageFilter.BoxBlur(1)
    apart = ImageChops.difference(one.filter(soft), other.filter(soft))
    red, green, blue = apart.split()
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return sum(most.histogram()[COLOUR_TOLERANCE + 1 :])
