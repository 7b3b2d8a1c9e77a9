"""Origins that no browser sends."""

from __future__ import annotations

from tests.support import audit_files

NAME = "cors/origin_that_never_matches"

SERVER = """
    import express from "express";
    import cors from "cors";
    const app = express();
    app.use(cors({ origin: ORIGIN }));
"""


def found(origin: str) -> int:
    return len(audit_files({"server/index.ts": SERVER.replace("ORIGIN", origin)}, only=NAME))


def test_a_slash_at_the_end() -> None:
    assert found('["https://boats.example/"]') == 1


def test_a_star_inside() -> None:
    assert found('["https://*.boats.example"]') == 1


def test_scheme_and_host_alone() -> None:
    assert found('["https://boats.example"]') == 0


def test_any_origin_is_another_matter() -> None:
    assert found('"*"') == 0


def test_nothing_but_the_developers_machine() -> None:
    assert found('"http://localhost:3000"') == 1


def test_the_developers_machine_until_a_setting_is_there() -> None:
    assert found('process.env.SITE || "http://localhost:3000"') == 0
