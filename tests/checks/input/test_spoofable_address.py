"""Addresses that callers write themselves."""

from __future__ import annotations

import pytest

from tests.samples import edge, express
from tests.support import audit_files

NAME = "input/spoofable_address"


def found(files: dict[str, str]) -> list[str]:
    return [finding.severity for finding in audit_files(files, only=NAME)]


def limited(read: str) -> dict[str, str]:
    return edge(f"""
        {read}
        const {{ data }} = await db.from("clicks").select("id").eq("ip", ip).limit(1);
        if (data.length) return new Response("limit reached", {{ status: 429 }});
        return new Response("counted");
    """)


@pytest.mark.parametrize(
    "read",
    [
        'const ip = req.headers.get("x-forwarded-for")?.split(",")[0];',
        'const all = req.headers.get("x-forwarded-for") || "unknown";\nconst ip = all.split(",")[0].trim();',
    ],
)
def test_the_first_entry_limits(read: str) -> None:
    assert found(limited(read)) == ["low"]


def test_an_address_that_is_only_logged() -> None:
    text = 'app.get("/", (req, res) => { console.log(req.headers["x-forwarded-for"].split(",")[0]); res.end(); });'
    assert not found(express(text))


def test_the_hosts_own_header() -> None:
    assert not found(limited('const ip = req.headers.get("cf-connecting-ip");'))


def test_the_last_entry() -> None:
    assert not found(limited('const ip = req.headers.get("x-forwarded-for").split(",").at(-1);'))
