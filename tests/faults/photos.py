"""Photos as cameras make them, for uploads."""

from functools import cache

from PIL import Image

from tests.pictures import encode_image

SIZES = {12: (4000, 3000), 18: (5184, 3456), 24: (6000, 4000)}  # by megapixels


@cache
def make_photo(megapixels: int) -> bytes:
    """Return a JPEG file with noise that compresses like a photo."""
    width, height = SIZES[megapixels]
    noise = Image.effect_noise((width // 4, height // 4), 60).resize((width, height)).convert("RGB")
    return encode_image(noise, "JPEG", quality=90)
