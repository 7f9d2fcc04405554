"""What a page costs behind nginx and its cache, and beside it a file of the same size: nginx as deploy/nginx.conf has it, but for TLS."""

import os
import pwd
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.server import HERE, SERVERS, DidNotStart, Server, free_port, serving
from benchmarks.table import Row, ratios, spread

MOST = 0.19  # what WordPress costs behind a cache of nginx, times hello
FILE = "a-file.html"
FRAME = """\
daemon off;
worker_processes 1;
pid {folder}/pid;
error_log {folder}/errors crit;
{user}
events {{}}

http {{
  access_log off;
  sendfile on;
  default_type text/html;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
{cache}
  server {{
    listen 127.0.0.1:{port};
    location = /{file} {{ root {folder}; }}
{rules}"""


def configuration(folder: str, port: int, behind: int) -> str:
    """nginx on `port` before the newsroom on `behind`: the cache, the maps and the rules as they stand in deploy/nginx.conf."""
    deployed = (HERE / "deploy" / "nginx.conf").read_text()
    cache = re.search(r"^  proxy_cache_path .*?(?=^  server \{)", deployed, re.MULTILINE | re.DOTALL)
    rules = re.search(r"^    proxy_http_version .*", deployed, re.MULTILINE | re.DOTALL)
    if not cache or not rules:
        raise SystemExit("deploy/nginx.conf is no longer laid out as benchmarks/proxy.py reads it.")
    kept = cache[0].replace("/var/cache/nginx/newsroom", f"{folder}/cache").replace("127.0.0.1:8000", f"127.0.0.1:{behind}")
    user = f"user {pwd.getpwuid(os.geteuid()).pw_name};" if os.geteuid() == 0 else ""  # else the workers may not enter the folder
    return FRAME.format(folder=folder, user=user, cache=kept, rules=rules[0], port=port, file=FILE)


@contextmanager
def before(newsroom: Server, program: str) -> Iterator[Server]:
    """nginx with its cache before `newsroom`, and a file as long as its first page."""
    folder, port = tempfile.mkdtemp(prefix="newsroom-benchmark-"), free_port()
    try:
        (Path(folder) / FILE).write_text("x" * int(newsroom.ask("/").headers["Content-Length"]))
        (Path(folder) / "nginx.conf").write_text(configuration(folder, port, newsroom.port))
        command = [program, "-p", folder, "-e", f"{folder}/errors", "-c", f"{folder}/nginx.conf"]
        with serving("nginx", command, port, SERVERS) as nginx:
            yield nginx
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def row(newsroom: Server, hello: Server, rounds: int, seconds: float) -> Row:
    """The first page from the cache of nginx; what the newsroom does meanwhile, an answer of 304 a second, counts too."""
    what, program = "list page 1 behind nginx's cache", shutil.which("nginx")
    if program is None:
        return Row(what, [], MOST, why_not="no nginx")
    try:
        with before(newsroom, program) as nginx:
            if nginx.ask("/").page != newsroom.ask("/").page:  # type: ignore[attr-defined]
                return Row(what, [], MOST, why_not="nginx answers something else than the newsroom does")
            for _round in range(rounds):
                hello.measure("beside nginx", ["/"], seconds)
                nginx.measure("page", ["/"], seconds, newsroom)
                nginx.measure("file", [f"/{FILE}"], seconds)
    except DidNotStart:
        return Row(what, [], MOST, why_not="nginx does not start")
    costs = hello.costs["beside nginx"]
    file = spread(ratios(nginx.costs["file"], costs), ".2f")
    return Row(what, ratios(nginx.costs["page"], costs), MOST, hello=costs, note=f"a file of that size {file}")
