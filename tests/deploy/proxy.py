"""nginx as an ordinary process in front of a console, with the very file of `deploy/`."""

from __future__ import annotations

import contextlib
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.browser import ROOT, free_port

NAME = "ocr.example.org"
MEGABYTES = 24  # accepted by the proxy in these tests
FRAME = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{}}
http {{
    include /etc/nginx/mime.types;
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {server}
}}
"""


@dataclass(frozen=True)
class Proxy:
    """port: where it listens with TLS. url: of the console behind it. log: of its errors."""

    port: int
    url: str
    log: Path


def nginx_path() -> str | None:
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


def write_configuration(folder: Path, port: int, behind: int, **more: str) -> Path:
    """`deploy/nginx.conf` with addresses, certificate and limit of this test. more: word → what stands for it."""
    certificate, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={NAME}",
         "-addext", f"subjectAltName=DNS:{NAME}", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    server = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    changes = {
        "listen 443": f"listen 127.0.0.1:{port}",
        "127.0.0.1:7860": f"127.0.0.1:{behind}",
        "/etc/ssl/certs/ocr.example.org.pem": str(certificate),
        "/etc/ssl/private/ocr.example.org.key": str(key),
        "client_max_body_size 2100m": f"client_max_body_size {MEGABYTES}m",
        **more,
    }
    for old, new in changes.items():
        assert old in server, old
        server = server.replace(old, new)
    file = folder / "nginx.conf"
    file.write_text(FRAME.format(folder=folder, server=re.sub(r"^", "    ", server, flags=re.M)), encoding="utf-8")
    return file


@contextlib.contextmanager
def running_proxy(folder: Path, behind: int, **more: str) -> Iterator[Proxy]:
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    command = nginx_path()
    assert command, "nginx is missing: bash run_tests.sh installs it"
    file = write_configuration(folder, port, behind, **more)
    process = subprocess.Popen([command, "-c", str(file), "-p", str(folder), "-e", str(folder / "error.log")])
    try:
        _wait(port, process, folder / "error.log")
        yield Proxy(port, f"https://{NAME}:{port}/ocr/", folder / "error.log")
    finally:
        process.terminate()
        process.wait(10)


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text(encoding="utf-8")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise AssertionError("nginx does not listen")
