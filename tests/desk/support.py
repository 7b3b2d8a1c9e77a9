"""A desk with a sprint on it, in this process or behind a real port."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import uvicorn

from apprescue.desk.app import desk
from apprescue.sprint.conduct import sprint
from apprescue.sprint.ledger import ledger
from apprescue.sprint.steps.interface import found
from tests.lab.test_rescue import app
from tests.reports.sample import FINDINGS
from tests.sprint.test_sprint import APP, WISH

TOKEN = "a-token-that-nobody-guesses"
HOSTILE = "<script>document.title='hacked'</script>\"'><img src=x onerror=\"document.title='hacked'\">"
PAGES = ("/", "/findings", "/decisions", "/chapters/rules", "/chapters/speed", "/chapters/changes", "/pack", "/intake")


def asking(folder: Path) -> Path:
    """An app whose sprint waits for its owner, with a finding whose texts are hostile."""
    root = app(folder, APP)
    sprint(root, replace(WISH, yes=False))
    with ledger(root) as book:
        words = dict.fromkeys(("title", "detail", "repair", "prompt"), HOSTILE)
        one = replace(FINDINGS[0], key="feed", **words)  # type: ignore[arg-type]  # all of them are texts
        told = found(one, "before")
        book.add(told.kind, told.data, told.key)
    return root


@contextlib.contextmanager
def served(root: Path) -> Iterator[str]:
    """The desk behind a port of its own; its address."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(desk(root, TOKEN), log_level="warning", timeout_graceful_shutdown=1))
        running = threading.Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True)
        running.start()
        while not server.started:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{door.getsockname()[1]}"
        server.should_exit = True
        running.join(5)
