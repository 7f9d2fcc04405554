"""Draw pictures that are enough like photos to judge a layout: people in front of hills and houses."""

import math
import random
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw, ImageFilter, ImageOps

Color = tuple[int, int, int]

LANDSCAPE, WIDE, PANORAMA = (1500, 1000), (1600, 900), (1800, 600)
PORTRAIT, TALL, SQUARE = (900, 1200), (800, 1420), (1000, 1000)
SIZES = (LANDSCAPE, PORTRAIT, WIDE, SQUARE, LANDSCAPE, PANORAMA, TALL)

# The top and the bottom of the sky, the hills and the ground: noon, evening, morning, fog.
LIGHTS: tuple[tuple[Color, Color, Color, Color], ...] = (
    ((70, 130, 200), (205, 226, 240), (92, 124, 96), (128, 118, 98)),
    ((52, 50, 104), (250, 172, 108), (78, 58, 84), (66, 56, 60)),
    ((120, 170, 205), (250, 232, 200), (120, 140, 90), (164, 146, 110)),
    ((160, 168, 176), (226, 228, 228), (122, 134, 138), (110, 110, 108)),
)
HOUSES = ((200, 85, 61), (226, 170, 62), (52, 84, 150), (98, 140, 96), (226, 214, 196))
CLOTHES = ((196, 40, 52), (28, 60, 128), (238, 238, 232), (40, 44, 50), (230, 160, 40), (40, 110, 100))
SKIN = ((92, 58, 42), (140, 92, 66), (184, 132, 100), (214, 168, 136))


def make_photo_file(number: int, size: tuple[int, int] | None = None) -> SimpleUploadedFile:
    """Return picture `number` as an uploaded JPEG. The same number gives the same picture."""
    return build_jpeg_file(draw_scene(number, size or SIZES[number % len(SIZES)]), f"picture-{number}.jpg")


def build_jpeg_file(image: Image.Image, name: str = "picture.jpg") -> SimpleUploadedFile:
    file = BytesIO()
    image.save(file, "JPEG", quality=85)
    return SimpleUploadedFile(name, file.getvalue())


def make_pdf_file(pages: int) -> SimpleUploadedFile:
    """Return an uploaded PDF of blank pages."""
    file = BytesIO()
    first, *others = [Image.new("L", (85, 110), 255) for _page in range(pages)]
    first.save(file, "PDF", resolution=10, save_all=True, append_images=others)
    return SimpleUploadedFile("document.pdf", file.getvalue())


def draw_scene(number: int, size: tuple[int, int]) -> Image.Image:
    rng = random.Random(number)
    width, height = size
    top, bottom, hills, ground = LIGHTS[number % len(LIGHTS)]
    image = ImageOps.colorize(Image.linear_gradient("L").resize(size), top, bottom)
    draw = ImageDraw.Draw(image)
    for layer in range(3):
        base, swing = height * (0.42 + layer * 0.07), height * 0.07
        phase, waves = rng.random() * 6, 1.5 + rng.random() * 3
        ridge = [
            (x, base + swing * math.sin(phase + waves * 2 * x / width) + swing / 3 * math.sin(x / 37))
            for x in range(0, width + 20, 20)
        ]
        draw.polygon([*ridge, (width, height), (0, height)], mix_colors(bottom, hills, 0.4 + layer * 0.3))
    draw_houses(draw, rng, size)
    draw.rectangle((0, height * 0.74, width, height), ground)
    image = image.filter(ImageFilter.GaussianBlur(min(size) / 250))
    draw_people(ImageDraw.Draw(image), rng, size)
    grain = Image.effect_noise(size, 40).convert("RGB")
    return Image.blend(image.filter(ImageFilter.GaussianBlur(1)), grain, 0.06)


def draw_houses(draw: ImageDraw.ImageDraw, rng: random.Random, size: tuple[int, int]) -> None:
    width, height = size
    left = -rng.random() * 100
    while left < width:
        right = left + height * rng.uniform(0.15, 0.4)
        roof = height * rng.uniform(0.48, 0.64)
        wall = rng.choice(HOUSES)
        draw.rectangle((left, roof, right, height * 0.75), wall)
        for step in range(3):
            x = left + (right - left) * (0.15 + step * 0.28)
            window = (x, roof + height * 0.03, x + (right - left) * 0.13, roof + height * 0.09)
            draw.rectangle(window, mix_colors(wall, (30, 34, 44), 0.7))
        left = right + rng.choice((0, 0, height * 0.12))


def draw_people(draw: ImageDraw.ImageDraw, rng: random.Random, size: tuple[int, int]) -> None:
    """Draw a row of people, the nearest ones last and largest."""
    width, height = size
    count = max(2, round(width / height * 4))
    for row in range(2):
        unit = height * (0.065 + row * 0.035)  # the height of a head
        for place in range(count - row):
            x = width * (place + 0.5 + row * 0.5 + rng.uniform(-0.2, 0.2)) / count
            y = height * (0.6 + row * 0.06) + unit * rng.uniform(-0.4, 0.4)
            body = (x - unit * 0.95, y + unit, x + unit * 0.95, height * 1.2)
            draw.rounded_rectangle(body, unit * 0.7, rng.choice(CLOTHES))
            skin = rng.choice(SKIN)
            draw.rectangle((x - unit * 0.2, y + unit * 0.7, x + unit * 0.2, y + unit * 1.15), skin)
            draw.ellipse((x - unit * 0.46, y - unit * 0.22, x + unit * 0.46, y + unit * 0.8), (36, 26, 24))
            draw.ellipse((x - unit * 0.4, y, x + unit * 0.4, y + unit), skin)


def mix_colors(first: Color, second: Color, share: float) -> Color:
    """Return a color between two. `share` is how much it has of the second, from 0 to 1."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue
