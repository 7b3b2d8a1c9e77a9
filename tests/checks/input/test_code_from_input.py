"""Texts from requests that are run as programs."""

from __future__ import annotations

import pytest

APP = """
    import express from "express";
    import { exec, execFile } from "child_process";
    import { promisify } from "util";
    const run = promisify(exec);
    const app = express();
    app.post("/share", async (req, res) => {
      %s
      res.json({ ok: true });
    });
"""
PYTHON = """
    import pickle, subprocess, yaml, shlex, os
    from flask import Flask, request
    app = Flask(__name__)

    @app.post("/share")
    def share():
        %s
        return "ok"
"""


@pytest.mark.parametrize(
    "code",
    [
        "const share = eval(req.body.share);",
        "const f = new Function('x', 'return x'); eval('1 + ' + req.query.more);",
        "exec(`convert ${req.body.file} out.png`);",
        "await run('ping ' + req.query.host);",
    ],
)
def test_a_text_of_the_request_is_run(audit_files, code):
    assert len(audit_files({"server.js": APP % code}, only="input/code_from_input")) == 1


@pytest.mark.parametrize(
    "code",
    [
        "const share = Number(req.body.share);",
        "exec('ls ' + parseInt(req.query.n));",
        "execFile('convert', [req.body.file, 'out.png']);",
        "const found = /a+/.exec(req.body.text);",
        "eval('1 + 1');",
    ],
)
def test_numbers_lists_of_arguments_and_patterns(audit_files, code):
    assert not audit_files({"server.js": APP % code}, only="input/code_from_input")


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("os.system('ping ' + request.args['host'])", 1),
        ("subprocess.run(f'zip {request.form[\"name\"]}', shell=True)", 1),
        ("pickle.loads(request.data)", 1),
        ("yaml.load(request.data)", 1),
        ("yaml.safe_load(request.data)", 0),
        ("yaml.load(request.data, Loader=yaml.SafeLoader)", 0),
        ("subprocess.run(['zip', request.form['name']])", 0),
        ("os.system('ping ' + shlex.quote(request.args['host']))", 0),
    ],
)
def test_python(audit_files, code, found):
    assert len(audit_files({"app.py": PYTHON % code}, only="input/code_from_input")) == found
