"""The line that each request leaves in the log, and the limiter of sign-ins: what repairs write, run for real."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from apprescue.source.written import written
from tests.fixes.support import Repaired, repaired

SERVER = """
import express from "express";
import cors from "cors";

const app = express();
app.use(cors());
app.get("/dishes", (req, res) => res.json([]));
app.listen(3000);
"""
MODULES = '{"type": "module", "dependencies": {"express": "4.19.2"}}'
node = pytest.mark.skipif(not shutil.which("node"), reason="there is no Node")
CALLS = """
const events = {};
const answered = [];
const res = {
  statusCode: 200, writableEnded: true, locals: {}, headers: {},
  set(name, value) { this.headers[name] = value; return this; },
  status(code) { this.statusCode = code; return this; },
  json(body) { answered.push(body); },
  on(event, done) { events[event] = done; },
};
"""


def logged(code: str = SERVER, path: str = "server/index.js", manifest: str = MODULES, **more: str) -> Repaired:
    return repaired("running/log_requests", {path: code, "package.json": manifest, **more})


def ran(folder: Path, files: dict[str, str], script: str) -> list[str]:
    """What a script prints that runs beside these files."""
    for name, text in {**files, "package.json": '{"type": "module"}', "run.js": script}.items():
        (folder / name).write_text(text)
    done = subprocess.run(["node", "run.js"], cwd=folder, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout.splitlines()


def test_a_middleware_stands_before_all_others() -> None:
    after = logged()
    assert not after.left
    text = after.files["server/index.js"]
    assert 'import { logRequests } from "./request-log.js";\n' in text
    assert "const app = express();\napp.use(logRequests);\napp.use(cors());" in text
    assert "from './redact.js'" in after.files["server/request-log.js"]


def test_typescript_and_what_is_required() -> None:
    after = logged(path="server/index.ts")
    assert "req: Request, res: Response" in after.files["server/request-log.ts"]
    code = SERVER.replace('import express from "express"', 'const express = require("express")')
    code = code.replace('import cors from "cors"', 'const cors = require("cors")')
    after = logged(code, manifest=MODULES.replace("module", "commonjs"))
    assert 'const { logRequests } = require("./request-log");' in after.files["server/index.js"]
    assert "const { redactText } = require('./redact');" in after.files["server/request-log.js"]


def test_the_redactor_of_an_earlier_repair_is_used() -> None:
    after = logged(**{"server/redact.js": written("redact", "js")})
    assert not after.left
    assert after.files["server/redact.js"] == written("redact", "js")
    assert not logged(**{"server/redact.js": "export const redact = 1;\n"}).patches


@node
def test_a_line_holds_no_secret_and_the_number_of_its_answer(tmp_path: Path) -> None:
    script = f"""
    import {{ logRequests }} from './request-log.js';
    {CALLS}
    const asked = (id) => ({{
      method: 'GET', originalUrl: '/fans/ann@fans.example?token=abc', get: () => id,
    }});
    logRequests(asked('0123-given'), res, () => {{ res.statusCode = 503; events.close(); }});
    logRequests(asked('bad id!'), res, () => events.close());
    console.log(JSON.stringify(res.headers));
    """
    files = {"request-log.js": written("request-log", "js", ".js"), "redact.js": written("redact", "js")}
    first, second, headers = map(json.loads, ran(tmp_path, files, script))
    assert (first["request"], first["level"], first["status"], first["path"]) == (
        "0123-given",
        "error",
        503,
        "/fans/[email]",
    )
    assert headers["X-Request-Id"] == second["request"] != "bad id!"
    assert "token" not in json.dumps(first)


@node
def test_the_eleventh_attempt_is_refused_and_that_of_another_account_is_not(tmp_path: Path) -> None:
    limiter = written("login-limiter", "js").replace("%ACCOUNT%", "req.body?.email").replace("%SAYS%", "error")
    script = f"""
    import {{ loginLimiter }} from './login-limiter.js';
    {CALLS}
    let passed = 0;
    const attempt = (email) => loginLimiter({{ body: {{ email }} }}, res, () => passed++);
    for (let turn = 0; turn < 11; turn++) attempt('Ann@fans.example');
    console.log(passed, res.statusCode, answered.length);
    attempt('bob@fans.example');
    console.log(passed);
    const now = Date.now;
    Date.now = () => now() + 16 * 60 * 1000;
    attempt('ann@fans.example');
    console.log(passed);
    """
    assert ran(tmp_path, {"login-limiter.js": limiter}, script) == ["10 429 1", "11", "12"]
