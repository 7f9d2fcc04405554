"""The files in deploy/: what systemd and nginx say of them, and that they name what exists."""

import json
import os
import pwd
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.management import load_command_class

from releases.management.commands.serve import STOP_SECONDS
from releases.media import documents, photos
from releases.request_bodies import MAX_FORM_BYTES, MAX_UPLOAD_BYTES

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"
UNITS = sorted(path.name for path in DEPLOY.glob("*.service"))
NGINX = (DEPLOY / "nginx.conf").read_text()
STATIC_COPY_NGINX = (DEPLOY / "nginx-static-copy.conf").read_text()

# Debian's nginx is in a folder that only root has in its PATH.
NGINX_PROGRAM = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
needs_nginx = pytest.mark.skipif(not NGINX_PROGRAM, reason="LEFT OUT: no nginx on this machine")
needs_systemd = pytest.mark.skipif(
    not shutil.which("systemd-analyze"), reason="LEFT OUT: no systemd-analyze on this machine"
)


# --- Settings and services ----------------------------------------------------------------------------------


def test_example_of_settings_names_documented_settings_and_no_secret():
    example = (DEPLOY / "newsroom.env.example").read_text()
    documented = re.findall(
        r"^\| `([A-Z_]+)` \|", (ROOT / "docs/reference/settings.md").read_text(), re.MULTILINE
    )
    names = re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE)
    assert "DATABASE_URL" in names
    assert [name for name in names if name not in documented] == []
    assert re.findall(r"^#?SECRET_KEY=(.+)", example, re.MULTILINE) == []


def test_as_newsroom_reads_values_as_systemd_does(tmp_path):
    values = {
        "DATABASE_URL": "postgres://news:a&b(c@db1,db2/news?sslmode=require&target_session_attrs=read-write",
        "MAIL_FROM": "Newsroom <newsroom@example.org>",
        "SECRET_KEY": "it's $HOME and `x`",
        "DATABASE_OWNER_URL": "postgres://owner@db1/news",
    }
    lines = ["# A comment", "", *(f"{name}={value}" for name, value in list(values.items())[:2])]
    (tmp_path / "newsroom.env").write_text("\n".join([*lines, f"SECRET_KEY='{values['SECRET_KEY']}'", ""]))
    (tmp_path / "owner.env").write_text(f"DATABASE_OWNER_URL={values['DATABASE_OWNER_URL']}")
    runuser = tmp_path / "runuser"
    runuser.write_text('#!/bin/sh\n[ "$1 $2 $3" = "-u newsroom --" ] && shift 3 && exec "$@"\n')
    runuser.chmod(0o755)
    folders = {"NEWSROOM_ENV": tmp_path / "newsroom.env", "NEWSROOM_OWNER_ENV": tmp_path / "owner.env"}
    environment = {name: str(path) for name, path in (folders | {"NEWSROOM_CODE": tmp_path}).items()}
    result = subprocess.run(
        [
            DEPLOY / "as-newsroom",
            sys.executable,
            "-c",
            "import json, os; print(json.dumps(dict(os.environ)))",
        ],
        env=environment | {"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert values.items() <= json.loads(result.stdout).items()


@pytest.mark.parametrize("unit", UNITS)
def test_service_runs_a_command_that_exists_with_its_options(unit):
    text = (DEPLOY / unit).read_text().replace("\\\n", " ")
    (start,) = re.findall(r"^ExecStart=(.*)", text, re.MULTILINE)
    name, *options = shlex.split(start.partition("manage.py ")[2])
    load_command_class("releases", name).create_parser("manage.py", name).parse_args(options)


@pytest.mark.parametrize("unit", UNITS)
def test_service_can_write_nothing_but_its_folders(unit):
    text = (DEPLOY / unit).read_text()
    assert {"User=newsroom", "ProtectSystem=strict", "NoNewPrivileges=yes"} <= set(text.splitlines())
    folders = re.findall(r"^ReadWritePaths=(.*)", text, re.MULTILINE)[0].split()
    assert folders[0] == "/srv/newsroom/data"
    assert set(folders) <= {
        "/srv/newsroom/data",
        "/var/backups/newsroom",
        "/srv/static-copy",
        "/tmp",
        "-/srv/newsroom/.config",
    }


def get_protection(unit: str) -> set[str]:
    """Return the directives of a service that protect the machine from it, except for what it may write."""
    block = (DEPLOY / unit).read_text().partition("ReadWritePaths=")[2].splitlines()[1:]
    own = ("UMask=", "PrivateTmp=", "[Install]", "WantedBy=", "#")
    return {line for line in block if line and not line.startswith(own)}


def test_services_are_protected_alike():
    assert [unit for unit in UNITS if get_protection(unit) != get_protection("newsroom.service")] == []


def test_service_is_stopped_after_the_server_has_finished_requests():
    (seconds,) = re.findall(r"^TimeoutStopSec=(\d+)", (DEPLOY / "newsroom.service").read_text(), re.MULTILINE)
    assert int(seconds) > STOP_SECONDS


@needs_systemd
def test_systemd_accepts_the_units(tmp_path):
    for path in (*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")):
        text = path.read_text().replace("/srv/newsroom/app/.venv/bin/python", sys.executable)
        text = text.replace("/usr/bin/curl", shutil.which("true"))
        (tmp_path / path.name.replace("@", "@8001")).write_text(text)
    units = sorted(tmp_path.iterdir())
    command = ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *units]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    complaints = [line for line in result.stderr.splitlines() if "newsroom" in line]
    assert (result.returncode, complaints) == (0, [])


# --- nginx --------------------------------------------------------------------------------------------------


def test_nginx_lets_pass_what_the_newsroom_accepts():
    """Then the newsroom refuses what is too large, with a page that says so."""
    forms, uploads = re.findall(r"client_max_body_size (\d+)m;", NGINX)
    assert MAX_FORM_BYTES < int(forms) * 2**20 < MAX_UPLOAD_BYTES < int(uploads) * 2**20
    assert re.search(r"location \^~ /admin/ \{\s+client_max_body_size", NGINX)
    photo, document = re.findall(r"(?:a photo may have|a document) (\d+) MB", NGINX)
    assert (int(photo), int(document)) == (photos.MAX_BYTES // 2**20, documents.MAX_BYTES // 2**20)


def write_certificate(folder: Path) -> None:
    """Write a certificate as the one with which nginx first starts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "news.example.org")])
    begin = datetime(2026, 1, 1)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), begin)
    certificate = builder.not_valid_after(begin + timedelta(days=36_500)).sign(key, hashes.SHA256())
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_format = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "privkey.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, *key_format))


def write_config(folder: Path, text: str) -> list[str]:
    """Write the configuration `text` with the paths in `folder`, and return the command that starts nginx."""
    write_certificate(folder)
    replacements = {
        "user www-data;": f"user {pwd.getpwuid(os.geteuid()).pw_name};",
        "/run/nginx.pid": f"{folder}/pid",
        "/var/cache/nginx": f"{folder}",
        "/var/www/newsroom": f"{folder}",
        "/etc/nginx/tls": f"{folder}",
    }
    for old, new in replacements.items():
        text = text.replace(old, new)
    names = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"  {name}_temp_path {folder}/{name};\n" for name in names)
    (folder / "nginx.conf").write_text(text.replace("http {\n", f"http {{\n{temporary}", 1))
    return [str(NGINX_PROGRAM), "-p", str(folder), "-e", "stderr", "-c", str(folder / "nginx.conf")]


@needs_nginx
@pytest.mark.parametrize("text", [NGINX, STATIC_COPY_NGINX], ids=["nginx", "static copy"])
def test_nginx_accepts_the_configuration(tmp_path, text):
    command = write_config(tmp_path, text)
    result = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert (result.returncode, "test is successful" in result.stderr) == (0, True), result.stderr
    warnings = [line for line in result.stderr.splitlines() if "[warn]" in line]
    # The first is for those who aren't root, the second of nginx 1.25.1 and later.
    expected = ('"user" directive makes sense only', '"listen ... http2" directive is deprecated')
    assert [line for line in warnings if not any(text in line for text in expected)] == []


def find_free_ports(count: int) -> list[int]:
    probes = [socket.create_server(("127.0.0.1", 0)) for _number in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


@pytest.fixture
def nginx_without_newsroom(tmp_path) -> Iterator[str]:
    """Yield the URL of an nginx that can't reach the newsroom. It has the configuration, without TLS."""
    port, other_port, upstream_port = find_free_ports(3)
    text = re.sub(r" *listen \[::\].*\n", "", NGINX)
    text = text.replace("listen 443 ssl http2;", f"listen 127.0.0.1:{port};")
    text = text.replace("listen 80;", f"listen 127.0.0.1:{other_port};")
    text = text.replace("127.0.0.1:8000", f"127.0.0.1:{upstream_port}")
    shutil.copytree(DEPLOY / "unavailable", tmp_path / "unavailable")
    command = [*write_config(tmp_path, text), "-g", "daemon off;"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        for _attempt in range(100):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
        process.terminate()


@needs_nginx
def test_visitors_get_a_page_in_their_language_while_the_newsroom_is_down(nginx_without_newsroom):
    texts = {
        "/": "Our news isn't available right now",
        "/2026/11/a/": "Our news isn't available right now",
        "/estate/": "Our news isn't available right now",
        "/search/?q=asylum": "Our news isn't available right now",
        "/es/": "Nuestras noticias no están disponibles por ahora",
        "/es/buscar/?q=asilo": "Nuestras noticias no están disponibles por ahora",
        "/admin/": "what you typed is still in your browser",
        "/admin/login/": "lo que escribió sigue en su navegador",
    }
    for path, text in texts.items():
        data = b"a=b" if path == "/admin/login/" else None
        with pytest.raises(urllib.error.HTTPError) as error_info:
            urllib.request.urlopen(nginx_without_newsroom + path, data)
        with error_info.value as response:
            assert response.status == 502, path
            assert response.headers["Cache-Control"] == "no-store"
            assert response.headers["Retry-After"] == "30"
            assert response.headers["Content-Type"] == "text/html; charset=utf-8"
            assert text in " ".join(response.read().decode().split()), path


@pytest.mark.parametrize("name", ["en", "es", "desk"])
def test_page_of_nginx_needs_nothing_else(name):
    page = (DEPLOY / "unavailable" / f"{name}.html").read_text()
    assert re.findall(r"<(?:script|link|img)|url\(|@import|https?://", page) == []
    assert "prefers-color-scheme: dark" in page
    assert f'<html lang="{"es" if name == "es" else "en"}">' in page
