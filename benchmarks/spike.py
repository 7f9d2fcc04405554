"""The hour of a ruling in ten seconds: from 20 to 1,000 requests a second within one, with nothing ready.

    .venv/bin/python -m benchmarks.spike [--releases 1000] [--rate 1000] [--seconds 8]

Seven of ten requests are for the home page, ten releases, a topic and a feed; three of ten are junk: searches for made-up words,
addresses that never were, odd numbers of pages. Requests are sent on their second whatever became of those before (an open
loop). It prints faults, how long answers took, how often each page was made, and how the real pages did beside the junk. Exit code
1 when an answer failed, one of twenty real pages took more than 250 ms, or a page was made more than twice.
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

from benchmarks.load import filled
from benchmarks.server import HERE, Server, free_port, serving

CONNECTIONS = 64


@dataclass
class Answer:
    path: str
    is_junk: bool
    status: int
    took: float  # seconds from the moment it was to be sent


def pages_of(server: Server) -> list[str]:
    """The addresses a crowd would ask for. They are read from the server that is asked, so they are made once before."""
    home = server.ask("/").page  # type: ignore[attr-defined]
    releases = list(dict.fromkeys(re.findall(r'href="(/20\d\d/\d\d/[^"/]+/)"', home)))[:10]
    topics = re.findall(r'href="(/topics/[^"/]+/)"', home)[:1]
    return ["/", "/", "/", *releases, *topics, "/feed/"]


def junk(chance: random.Random) -> str:
    word = "".join(chance.choices("abcdefghijklmnop", k=9))
    forms = (f"/search/?q={word}", f"/{word}/", f"/?page={chance.randrange(10**6)}", f"/2015/03/{word}/", f"/?kind={word}")
    return chance.choice(forms)


async def crowd(port: int, pages: list[str], rate: int, seconds: float) -> list[Answer]:
    """Everything that is asked in `seconds`, at 20 a second in the first and at `rate` from then on."""
    chance, answers = random.Random(0), []
    lines: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
    for _line in range(CONNECTIONS):
        lines.put_nowait(await asyncio.open_connection("127.0.0.1", port))

    async def ask(path: str, is_junk: bool, due: float) -> None:
        reader, writer = await lines.get()
        status = 0
        try:
            writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept-Encoding: gzip\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            status = int(head.split(b" ", 2)[1])
            length = re.search(rb"(?i)content-length: *(\d+)", head)
            if length:
                await reader.readexactly(int(length[1]))
        except (OSError, asyncio.IncompleteReadError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        answers.append(Answer(path, is_junk, status, time.perf_counter() - due))
        lines.put_nowait((reader, writer))

    began, tasks, due = time.perf_counter(), [], 0.0
    while due < seconds:
        if (left := began + due - time.perf_counter()) > 0:
            await asyncio.sleep(left)
        is_junk = chance.random() < 0.3
        tasks.append(asyncio.create_task(ask(junk(chance) if is_junk else chance.choice(pages), is_junk, began + due)))
        due += 1 / (20 if due < 1 else rate)
    await asyncio.gather(*tasks)
    return answers


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--releases", type=int, default=1000)
    parser.add_argument("--rate", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=8.0)
    options = parser.parse_args()
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--no-ws", "--blocking-threads", "4"]
    with filled(options.releases) as environment:
        environment |= {"PORT": str(port)}
        words = ["manage.py", "collectstatic", "--noinput"]
        subprocess.run([sys.executable, *words], cwd=HERE, env=os.environ | environment, capture_output=True, check=True)
        with serving("first", [*command, "benchmarks.counted:application"], port, **environment) as server:
            pages = pages_of(server)
        with serving("cold", [*command, "benchmarks.counted:application"], port, **environment) as server:
            answers = asyncio.run(crowd(port, pages, options.rate, options.seconds))
            renderings = json.loads(server.ask("/renderings/").page)  # type: ignore[attr-defined]
    return told(answers, renderings, set(pages))


def told(answers: list[Answer], renderings: dict[str, int], pages: set[str]) -> int:
    real, odd = [one for one in answers if not one.is_junk], [one for one in answers if one.is_junk]
    faults = [one for one in answers if one.status not in ((200, 404) if one.is_junk else (200,))]
    most = max(renderings.get(page, 0) for page in pages)
    print(f"{len(answers)} requests, {len(odd)} of them junk; {len(faults)} failed")
    slow = 0.0
    for name, some in (("real pages", real), ("junk", odd)):
        took = sorted(one.took * 1000 for one in some)
        p95 = took[len(took) * 95 // 100]
        slow = slow or p95
        print(f"{name}: median {statistics.median(took):.1f} ms, 95 of 100 within {p95:.0f} ms, the slowest {took[-1]:.0f} ms")
    print(f"the page made most often was made {most} times; {sum(renderings[page] for page in pages if page in renderings)} for all")
    return 0 if not faults and slow <= 250 and most <= 2 else 1


if __name__ == "__main__":
    sys.exit(main())
