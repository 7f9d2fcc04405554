"""Send a traffic spike to a server with empty caches: from 20 to 1,000 requests per second within one second.

    .venv/bin/python -m benchmarks.spike [--releases 1000] [--rate 1000] [--seconds 8]

Seven of ten requests are for the home page, ten releases, a topic and a feed. Three of ten are junk: searches
for random words, URLs that don't exist, and random page numbers. Requests are sent on schedule whether or not
earlier ones have finished (an open loop). The command prints errors, response times, how often each page was
rendered, and the response times of regular pages and junk separately. The exit code is 1 if a request failed,
the 95th percentile of regular pages is over 250 ms, or a page was rendered more than twice.
"""

import argparse
import asyncio
import json
import os
import random
import re
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass

from benchmarks.load import load_releases
from benchmarks.server import ROOT, Server, find_free_port, run_server

CONNECTIONS = 64
INITIAL_RATE = 20  # requests per second during the first second
MAX_P95_MS = 250
MAX_RENDERINGS = 2


@dataclass
class Result:
    path: str
    is_junk: bool
    status: int
    seconds: float  # from the scheduled time of the request


def collect_paths(server: Server) -> list[str]:
    """Return the paths of regular requests, weighted by repetition.

    This renders the home page, so use a separate server.
    """
    home = server.fetch("/").page  # type: ignore[attr-defined]
    releases = list(dict.fromkeys(re.findall(r'href="(/20\d\d/\d\d/[^"/]+/)"', home)))[:10]
    topics = re.findall(r'href="(/topics/[^"/]+/)"', home)[:1]
    return ["/", "/", "/", *releases, *topics, "/feed/"]


def make_junk_path(rng: random.Random) -> str:
    word = "".join(rng.choices("abcdefghijklmnop", k=9))
    paths = (
        f"/search/?q={word}",
        f"/{word}/",
        f"/?page={rng.randrange(10**6)}",
        f"/2015/03/{word}/",
        f"/?kind={word}",
    )
    return rng.choice(paths)


async def send_requests(port: int, paths: list[str], rate: int, seconds: float) -> list[Result]:
    """Send requests for `seconds`, at `rate` per second after a first second at `INITIAL_RATE`."""
    rng, results = random.Random(0), []
    connections: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
    for _connection in range(CONNECTIONS):
        connections.put_nowait(await asyncio.open_connection("127.0.0.1", port))

    async def send_request(path: str, is_junk: bool, scheduled: float) -> None:
        reader, writer = await connections.get()
        status = 0
        try:
            writer.write(
                f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept-Encoding: gzip\r\n\r\n".encode()
            )
            head = await reader.readuntil(b"\r\n\r\n")
            status = int(head.split(b" ", 2)[1])
            length = re.search(rb"(?i)content-length: *(\d+)", head)
            if length:
                await reader.readexactly(int(length[1]))
        except (OSError, asyncio.IncompleteReadError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        results.append(Result(path, is_junk, status, time.perf_counter() - scheduled))
        connections.put_nowait((reader, writer))

    started, tasks, offset = time.perf_counter(), [], 0.0
    while offset < seconds:
        if (delay := started + offset - time.perf_counter()) > 0:
            await asyncio.sleep(delay)
        is_junk = rng.random() < 0.3
        tasks.append(
            asyncio.create_task(
                send_request(make_junk_path(rng) if is_junk else rng.choice(paths), is_junk, started + offset)
            )
        )
        offset += 1 / (INITIAL_RATE if offset < 1 else rate)
    await asyncio.gather(*tasks)
    return results


def print_report(results: list[Result], renderings: dict[str, int], paths: set[str]) -> int:
    """Print the summary and return the exit code."""
    regular, junk = (
        [result for result in results if not result.is_junk],
        [result for result in results if result.is_junk],
    )
    failed = [result for result in results if result.status not in ((200, 404) if result.is_junk else (200,))]
    max_renderings = max(renderings.get(path, 0) for path in paths)
    print(f"{len(results)} requests, {len(junk)} of them junk; {len(failed)} failed")
    regular_p95 = 0.0
    for label, group in (("regular pages", regular), ("junk", junk)):
        times = sorted(result.seconds * 1000 for result in group)
        p95 = times[len(times) * 95 // 100]
        regular_p95 = regular_p95 or p95
        print(
            f"{label}: median {statistics.median(times):.1f} ms, 95th percentile {p95:.0f} ms, maximum "
            f"{times[-1]:.0f} ms"
        )
    print(
        f"renderings: at most {max_renderings} of one page, "
        f"{sum(renderings[path] for path in paths if path in renderings)} in total"
    )
    return 0 if not failed and regular_p95 <= MAX_P95_MS and max_renderings <= MAX_RENDERINGS else 1


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--releases", type=int, default=1000)
    parser.add_argument("--rate", type=int, default=1000, help="requests per second")
    parser.add_argument("--seconds", type=float, default=8.0, help="duration of the spike")
    options = parser.parse_args()
    port = find_free_port()
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--port",
        str(port),
        "--no-ws",
        "--blocking-threads",
        "4",
    ]
    command.append("benchmarks.render_counts:application")
    with load_releases(options.releases) as environment:
        environment |= {"PORT": str(port)}
        collectstatic = ["manage.py", "collectstatic", "--noinput"]
        subprocess.run(
            [sys.executable, *collectstatic],
            cwd=ROOT,
            env=os.environ | environment,
            capture_output=True,
            check=True,
        )
        with run_server("path collection", command, port, **environment) as server:
            paths = collect_paths(server)
        with run_server("empty cache", command, port, **environment) as server:
            results = asyncio.run(send_requests(port, paths, options.rate, options.seconds))
            renderings = json.loads(server.fetch("/renderings/").page)  # type: ignore[attr-defined]
    return print_report(results, renderings, set(paths))


if __name__ == "__main__":
    sys.exit(main())
