"""Measure the cost of processing uploaded photos and of rejecting invalid files.

    .venv/bin/python -m benchmarks.photos

processes each file in a separate process and prints the CPU time spent during the upload request, the CPU
time of the remaining renditions that are made after it, and the peak memory above that of an idle process.
The files are photos as cameras make them, and all the invalid files of the tests.
"""

import argparse
import resource
import subprocess
import sys
import time

from benchmarks import setup_django

MAX_REJECT_SECONDS, MAX_MIB = 1.0, 300


def get_photos() -> dict:
    """Return functions that create valid photos, by label."""
    from PIL import Image

    from tests import pictures

    def make_noise(width: int, height: int) -> Image.Image:
        return Image.effect_noise((width // 4, height // 4), 60).resize((width, height)).convert("RGB")

    def make_transparent(width: int, height: int) -> Image.Image:
        picture = make_noise(width, height)
        picture.putalpha(Image.linear_gradient("L").resize((width, height)))
        return picture

    return {
        "a photo of 12 megapixels": lambda: pictures.encode_image(make_noise(4000, 3000), "JPEG", quality=90),
        "a photo of 24 megapixels": lambda: pictures.encode_image(make_noise(6000, 4000), "JPEG", quality=90),
        "a photo of 50 megapixels": lambda: pictures.encode_image(make_noise(8660, 5774), "JPEG", quality=85),
        "a transparent PNG of 24 megapixels": lambda: pictures.encode_image(
            make_transparent(6000, 4000), "PNG", compress_level=1
        ),
        "a HEIC of 12 megapixels": lambda: pictures.encode_image(make_noise(4000, 3000), "HEIF", quality=60),
        "a PNG of 12 megapixels": lambda: pictures.encode_image(
            make_noise(4000, 3000), "PNG", compress_level=1
        ),
    }


def get_files() -> dict:
    """Return functions that create all files, valid and invalid, by label."""
    from tests.pictures import INVALID_PHOTOS

    return get_photos() | INVALID_PHOTOS


def measure_file(label: str) -> str:
    """Process one file and return a line with the outcome, the seconds in and after the request, and the MiB.

    Run it in a new process, because the peak memory of a process never decreases.
    """
    setup_django()
    from releases.media.photos import InvalidPhoto, make_remaining_renditions, make_renditions
    from tests.pictures import INVALID_PHOTOS

    script = (
        "from benchmarks import photos, setup_django; import sys; setup_django(); "
        f"sys.stdout.buffer.write(photos.get_files()[{label!r}]())"
    )
    data = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True).stdout
    base_memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    try:
        renditions = make_renditions(data)
        outcome = "accepted"
    except InvalidPhoto:
        outcome = "rejected"
    request_seconds, later_seconds = time.process_time() - started, 0.0
    if outcome == "accepted":
        for _rendition in make_remaining_renditions(
            renditions.files[f"full.{renditions.kind}"], renditions.kind, renditions.widths
        ):
            later_seconds = time.process_time() - started - request_seconds
    mib = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - base_memory) / 1024
    is_expected = outcome == ("rejected" if label in INVALID_PHOTOS else "accepted")
    is_good = (
        is_expected and mib <= MAX_MIB and (outcome == "accepted" or request_seconds <= MAX_REJECT_SECONDS)
    )
    result = "" if is_good else "   FAILED"
    return (
        f"{label:42} {outcome:8} {request_seconds:6.2f} s in request {later_seconds:6.2f} s after "
        f"{mib:6.0f} MiB{result}"
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("label", nargs="?", help="measure only this file, in this process")
    if label := parser.parse_args().label:
        print(measure_file(label))
        return 0
    setup_django()
    lines = []
    for label in get_files():
        process = subprocess.run(
            [sys.executable, "-m", "benchmarks.photos", label], capture_output=True, text=True, check=True
        )
        lines.append(process.stdout.strip())
        print(lines[-1], flush=True)
    return int(any("FAILED" in line for line in lines))


if __name__ == "__main__":
    sys.exit(main())
