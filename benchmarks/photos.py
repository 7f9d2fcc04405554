"""What a photo costs, and how soon what is none is refused.

    .venv/bin/python -m benchmarks.photos

gives each file a process of its own: the processor time of what the request that brings it waits for, that of what is made after
it, and the most memory either took beyond what an idle newsroom has. First come photos as cameras make them, then everything the
tests know that must be refused.
"""

import resource
import subprocess
import sys
import time

from benchmarks import setup

MOST_SECONDS, MOST_MIB = 1.0, 300


def photos() -> dict:
    from PIL import Image

    from tests import pictures

    def noisy(width: int, height: int) -> Image.Image:
        return Image.effect_noise((width // 4, height // 4), 60).resize((width, height)).convert("RGB")

    def see_through(width: int, height: int) -> Image.Image:
        picture = noisy(width, height)
        picture.putalpha(Image.linear_gradient("L").resize((width, height)))
        return picture

    return {
        "a photo of 12 megapixels": lambda: pictures.saved(noisy(4000, 3000), "JPEG", quality=90),
        "a photo of 24 megapixels": lambda: pictures.saved(noisy(6000, 4000), "JPEG", quality=90),
        "a photo of 50 megapixels": lambda: pictures.saved(noisy(8660, 5774), "JPEG", quality=85),
        "a see-through PNG of 24 megapixels": lambda: pictures.saved(see_through(6000, 4000), "PNG", compress_level=1),
        "a HEIC of 12 megapixels": lambda: pictures.saved(noisy(4000, 3000), "HEIF", quality=60),
        "a PNG of 12 megapixels": lambda: pictures.saved(noisy(4000, 3000), "PNG", compress_level=1),
    }


def measure(what: str) -> str:
    """In a process of its own: what became of it, seconds at once and after, MiB."""
    setup()
    from releases.renditions import NotAPhoto, renditions, smaller_copies
    from tests.pictures import NO_PHOTOS

    maker = f"from benchmarks import photos, setup; import sys; setup(); sys.stdout.buffer.write(photos.files()[{what!r}]())"
    data = subprocess.run([sys.executable, "-c", maker], capture_output=True, check=True).stdout
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    try:
        made = renditions(data)
        became = "taken"
    except NotAPhoto:
        became = "refused"
    seconds, after = time.process_time() - began, 0.0
    if became == "taken":
        for _copy in smaller_copies(made.files[f"full.{made.kind}"], made.kind, made.widths):
            after = time.process_time() - began - seconds
    mib = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    is_good = became == ("refused" if what in NO_PHOTOS else "taken") and mib <= MOST_MIB and (became == "taken" or seconds <= MOST_SECONDS)
    return f"{what:42} {became:8} {seconds:6.2f} s at once {after:6.2f} s after {mib:6.0f} MiB{'' if is_good else '   TOO MUCH'}"


def files() -> dict:
    from tests.pictures import NO_PHOTOS

    return photos() | NO_PHOTOS


def main() -> int:
    if len(sys.argv) > 1:
        print(measure(sys.argv[1]))
        return 0
    setup()
    lines = []
    for what in files():
        run = subprocess.run([sys.executable, "-m", "benchmarks.photos", what], capture_output=True, text=True, check=True)
        lines.append(run.stdout.strip())
        print(lines[-1], flush=True)
    return int(any("TOO MUCH" in line for line in lines))


if __name__ == "__main__":
    sys.exit(main())
