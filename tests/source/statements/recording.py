"""A server that writes down what client libraries ask of it, and the real libraries run against it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.source.statements.cases import KNOWN

CLIENTS = Path(__file__).parent / "clients"
MODULES = CLIENTS / "node_modules"
Sent = dict[str, Any]


class _Recorder(BaseHTTPRequestHandler):
    """Writes every request down and gives nothing back that a library minds."""

    written: dict[int, Sent]

    def _take(self) -> None:
        path = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        reads = self.command in ("GET", "HEAD")
        self.written[int(self.headers["x-case"])] = {
            "method": self.command,
            "path": path.path.removeprefix("/rest/v1/"),
            "query": [list(pair) for pair in parse_qsl(path.query, keep_blank_values=True)],
            "prefer": [p.strip() for p in (self.headers.get("prefer") or "").split(",") if p.strip()],
            "accept": self.headers.get("accept", "*/*"),
            "schema": self.headers.get("accept-profile" if reads else "content-profile"),
            "body": json.loads(body) if body else None,
        }
        single = "object" in self.headers.get("accept", "")
        answer = b"" if self.command == "HEAD" else b"{}" if single else b"[]"
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-range", "*/0")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_HEAD = do_POST = do_PATCH = do_DELETE = _take  # noqa: N815 - the names that http.server asks for

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def recording() -> Iterator[tuple[str, dict[int, Sent]]]:
    """A recording server: its address, and what was asked of it by the number of the case."""
    written: dict[int, Sent] = {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Recorder", (_Recorder,), {"written": written}))
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", written
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def missing(language: str) -> str:
    """Why a library cannot be run here, empty where it can."""
    if language == "js" and shutil.which("node") is None:
        return "there is no node on this machine: supabase-js cannot be run"
    return ""


@cache
def sent_by(language: str, chains: tuple[tuple[int, str], ...]) -> dict[int, Sent]:
    """What the real library sends for each chain."""
    if language == "js" and not MODULES.is_dir():
        subprocess.run(("npm", "ci", "--silent", "--no-audit", "--no-fund"), cwd=CLIENTS, check=True, timeout=300)
    program: Sequence[str] = ("node", "send.mjs") if language == "js" else (sys.executable, "send.py")
    with recording() as (url, written):
        asked = json.dumps({"url": url, "known": KNOWN, "chains": chains})
        done = subprocess.run(program, input=asked, cwd=CLIENTS, text=True, capture_output=True, timeout=120)
        assert done.returncode == 0, done.stderr
    lost = [text for number, text in chains if number not in written]
    assert not lost, f"never sent: {lost}\n{done.stderr}"
    return written
