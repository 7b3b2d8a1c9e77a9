"""Repairs of requests to addresses that the caller names."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from tests.fixes.support import repaired
from tests.samples import edge, express

NAME = "input/fetch_public_addresses"
PICTURE = """
    const { pictureUrl } = await req.json();
    const found = await fetch(pictureUrl);
    return new Response(await found.blob());
"""


def test_the_address_is_taken_apart_first() -> None:
    done = repaired(NAME, edge(PICTURE))
    text = done.files["supabase/functions/work/index.ts"]
    assert not done.left
    assert "await fetch(safeAddress(pictureUrl));" in text
    assert text.count("function safeAddress(address: string): string {") == 1


def test_two_requests_share_the_function() -> None:
    text = PICTURE.replace("{ pictureUrl }", "{ pictureUrl, frameUrl }")
    text = text.replace("    return", "    await fetch(frameUrl);\n    return")
    done = repaired(NAME, edge(text))
    assert not done.left
    assert done.files["supabase/functions/work/index.ts"].count("safeAddress(") == 3


@pytest.mark.parametrize(
    "files",
    [
        edge(PICTURE.replace("fetch(pictureUrl)", 'fetch(pictureUrl, { headers: { Authorization: "Key 1" } })')),
        express('app.get("/see", async (req, res) => { res.json(await (await fetch(req.query.url)).json()); });'),
    ],
)
def test_what_sends_a_key_along_or_is_not_caught_is_left(files: dict[str, str]) -> None:
    done = repaired(NAME, files)
    assert done.left
    assert not done.patches


@pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed")
@pytest.mark.parametrize(
    ("address", "goes"),
    [
        ("https://pictures.example.com/a.png", True),
        ("data:image/png;base64,aGk=", True),
        ("http://pictures.example.com/a.png", False),
        ("https://127.0.0.1/", False),
        ("https://2130706433/", False),
        ("https://[::1]/", False),
        ("https://localhost/", False),
        ("https://metadata.google.internal/", False),
        ("https://postgres/", False),
        ("file:///etc/passwd", False),
    ],
)
def test_which_addresses_go_out(address: str, goes: bool) -> None:
    text = repaired(NAME, express(SEE)).files["server/index.ts"]
    code = text[text.index("function safeAddress") : text.index("\n}\n", text.index("function safeAddress")) + 3]
    code = code.replace(": string", "")
    ran = subprocess.run(["node", "-e", f"{code}\nsafeAddress({address!r})"], capture_output=True, check=False)
    assert (ran.returncode == 0) is goes


SEE = """
    app.get("/see", async (req, res) => {
      try {
        res.json(await (await fetch(req.query.url)).json());
      } catch {
        res.status(400).end();
      }
    });
"""
