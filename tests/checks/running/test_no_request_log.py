"""Servers whose requests leave no line in the log."""

from __future__ import annotations

import pytest

from tests.support import audit_files

SERVER = """
import express from "express";
import cors from "cors";

const app = express();
app.use(cors());
app.get("/dishes", (req, res) => res.json([]));
app.listen(3000);
"""
PACKAGES = '{"type": "module", "dependencies": {"express": "4.19.2"}}'


def found(code: str = SERVER, packages: str = PACKAGES) -> int:
    return len(audit_files({"server/index.js": code, "package.json": packages}, only="running/no_request_log"))


def test_a_server_that_logs_nothing() -> None:
    assert found() == 1


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("app.use(cors());", "app.use(requestLogger);"),
        ("app.use(cors());", "app.use(logRequests());"),
        ("app.use(cors());", 'app.use((req, res, next) => { res.on("finish", () => say(req)); next(); });'),
        ("app.listen(3000);", ""),
    ],
)
def test_a_log_of_ones_own_is_enough_and_a_part_of_a_server_is_none(was: str, now: str) -> None:
    assert found(SERVER.replace(was, now)) == 0


def test_a_middleware_that_is_named_like_one_for_logins_logs_nothing() -> None:
    assert found(SERVER.replace("app.use(cors());", 'app.use("/login", cors());')) == 1


@pytest.mark.parametrize("name", ["morgan", "pino-http", "winston"])
def test_a_logger_among_the_packages_is_enough(name: str) -> None:
    assert found(packages=PACKAGES.replace('"express"', f'"{name}": "1.0.0", "express"')) == 0
