"""Measure a page served from the nginx cache, and a static file of the same size.

Uses deploy/nginx.conf without TLS.
"""

import os
import pwd
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.server import ROOT, SERVER_CORES, Server, ServerNotStarted, find_free_port, run_server
from benchmarks.table import Row, compute_ratios, format_spread

TARGET = 0.19  # the cost of WordPress behind an nginx cache, as a ratio to hello
STATIC_FILE = "a-file.html"
CONFIG_TEMPLATE = """\
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


def build_config(folder: str, port: int, upstream_port: int) -> str:
    """Return an nginx configuration for `port` with the cache, maps and rules of deploy/nginx.conf."""
    deployed = (ROOT / "deploy" / "nginx.conf").read_text()
    cache = re.search(r"^  proxy_cache_path .*?(?=^  server \{)", deployed, re.MULTILINE | re.DOTALL)
    rules = re.search(r"^    proxy_http_version .*", deployed, re.MULTILINE | re.DOTALL)
    if not cache or not rules:
        raise SystemExit("deploy/nginx.conf no longer has the structure that benchmarks/proxy.py expects.")
    local_cache = (
        cache[0]
        .replace("/var/cache/nginx/newsroom", f"{folder}/cache")
        .replace("127.0.0.1:8000", f"127.0.0.1:{upstream_port}")
    )
    # When started by root, nginx workers switch to another user, who may not enter the folder.
    user = f"user {pwd.getpwuid(os.geteuid()).pw_name};" if os.geteuid() == 0 else ""
    return CONFIG_TEMPLATE.format(
        folder=folder, user=user, cache=local_cache, rules=rules[0], port=port, file=STATIC_FILE
    )


@contextmanager
def run_nginx(newsroom: Server, executable: str) -> Iterator[Server]:
    """Run nginx as a caching proxy for `newsroom`, with a static file of the size of the home page."""
    folder, port = tempfile.mkdtemp(prefix="newsroom-benchmark-"), find_free_port()
    try:
        (Path(folder) / STATIC_FILE).write_text("x" * int(newsroom.fetch("/").headers["Content-Length"]))
        (Path(folder) / "nginx.conf").write_text(build_config(folder, port, newsroom.port))
        command = [executable, "-p", folder, "-e", f"{folder}/errors", "-c", f"{folder}/nginx.conf"]
        with run_server("nginx", command, port, SERVER_CORES) as nginx:
            yield nginx
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def measure_nginx(newsroom: Server, hello: Server, rounds: int, seconds: float) -> Row:
    """Measure the home page from the nginx cache.

    The cost includes the 304 that nginx gets from the newsroom each second.
    """
    label, executable = "list page 1 from the nginx cache", shutil.which("nginx")
    if executable is None:
        return Row(label, [], TARGET, skip_reason="no nginx")
    try:
        with run_nginx(newsroom, executable) as nginx:
            if nginx.fetch("/").page != newsroom.fetch("/").page:  # type: ignore[attr-defined]
                return Row(label, [], TARGET, skip_reason="nginx and the newsroom return different pages")
            for _round in range(rounds):
                hello.measure_cost("nginx baseline", ["/"], seconds)
                nginx.measure_cost("page", ["/"], seconds, newsroom)
                nginx.measure_cost("file", [f"/{STATIC_FILE}"], seconds)
    except ServerNotStarted:
        return Row(label, [], TARGET, skip_reason="nginx does not start")
    baseline = hello.costs["nginx baseline"]
    file_ratios = format_spread(compute_ratios(nginx.costs["file"], baseline), ".2f")
    note = f"static file of the same size {file_ratios}"
    return Row(label, compute_ratios(nginx.costs["page"], baseline), TARGET, hello_values=baseline, note=note)
