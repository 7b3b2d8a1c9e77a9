"""A whole audit of small folders: what is searched, what is said where a tool is missing, and what counts as an app."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from apprescue import cli
from apprescue.lab import leaks
from apprescue.lab.command import CommandError
from apprescue.lab.git import ENVIRONMENT
from apprescue.model.audit import NoAppError
from apprescue.sprint.run import audit_folder

KEY = "sk_" + "live_" + "51Hq7Rt9xLm2VbN4kPzW8sYdU3e"
SERVER = 'import express from "express"\nconst app = express()\napp.get("/tea", (req, res) => res.json({ tea: 1 }))\n'


@pytest.fixture
def app(tmp_path: Path) -> Path:
    folder = tmp_path / "teahouse"
    folder.mkdir()
    (folder / "server.js").write_text(SERVER)
    return folder


def git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=a", "-c", "user.email=a@acme.test")
    done = subprocess.run(
        ["git", *who, *arguments],
        cwd=folder,
        env={**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null"},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


def commit(folder: Path) -> str:
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "x")
    return git(folder, "rev-parse", "HEAD")


def shown(folder: Path, *more: str) -> tuple[int, dict[str, Any], str]:
    """Exit code, report and complaints of the command itself."""
    result = CliRunner().invoke(cli.program, ["audit", str(folder), "--format", "json", *more])
    return result.exit_code, json.loads(result.stdout) if result.stdout else {}, result.stderr


def test_a_key_that_was_deleted_is_found_with_its_commit(app: Path) -> None:
    (app / "pay.js").write_text(f"// old\nconst stripe = '{KEY}'\n")
    brought = commit(app)
    (app / "pay.js").write_text("// today\nconst words = 'quite another line'\n")
    git(app, "commit", "-qam", "y")
    done = audit_folder(app)
    found = [f for f in done.findings if f.check == "secrets/key_in_history"]
    assert [str(f.place) for f in found] == [f"{brought[:10]} pay.js:2"]
    assert done.commit == git(app, "rev-parse", "HEAD")
    assert found[0].key not in done.excerpts
    keys = [f.key for f in found]
    (app / "pay.js").write_text("// today\nconst words = 'and yet another one'\n")
    assert [f.key for f in audit_folder(app).findings if f.check == "secrets/key_in_history"] == keys


def test_an_env_file_counts_as_committed_only_where_git_holds_it(app: Path) -> None:
    (app / ".gitignore").write_text(".env\n")
    commit(app)
    (app / ".env").write_text(f"STRIPE_SECRET_KEY={KEY}\n")
    assert audit_folder(app, only=["secrets/env_file_committed"]).findings == ()
    git(app, "add", "-f", ".env")
    git(app, "commit", "-qm", "y")
    assert len(audit_folder(app, only=["secrets/env_file_committed"]).findings) == 1
    (app / ".git").rename(app.parent / "elsewhere")
    assert len(audit_folder(app, only=["secrets/env_file_committed"]).findings) == 1


def test_a_local_env_file_does_not_excuse_the_committed_one(app: Path) -> None:
    (app / ".env").write_text(f"STRIPE_SECRET_KEY={KEY}\n")
    commit(app)
    git(app, "rm", "-q", "--cached", ".env")
    git(app, "commit", "-qm", "y")
    done = audit_folder(app, only=["secrets/env_file_committed", "secrets/key_in_history"])
    assert [(f.check, f.place.at.path) for f in done.findings] == [("secrets/key_in_history", ".env")]  # type: ignore[union-attr]


@pytest.mark.parametrize("engine", ["missing", "failing", "silent", "babbling"])
def test_without_the_engine_no_report_is_clean(
    engine: str, app: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (app / "pay.js").write_text(f"const stripe = '{KEY}'\n")
    commit(app)
    _break(monkeypatch, engine, tmp_path)
    code, report, said = shown(app, "--only", "secrets")
    assert code == cli.Exit.FAILED
    assert "no clean report" in said
    told = {one["check"]: one["reason"] for one in report["not_examined"]}
    assert {"secrets/key_in_repository", "secrets/key_in_history", "secrets/key_in_client_code"} <= told.keys()
    assert "the secret engine" in told["secrets/key_in_repository"]
    assert KEY not in json.dumps(report)
    paper = CliRunner().invoke(cli.program, ["audit", str(app), "--only", "secrets", "--format", "terminal"]).stdout
    assert "No verdict." in paper
    assert "Nothing wrong" not in paper
    assert shown(app, "--only", "cors")[0] == cli.Exit.CLEAN


def _break(monkeypatch: pytest.MonkeyPatch, how: str, folder: Path) -> None:
    def missing() -> Path:
        raise CommandError("the secret engine is not installed")

    broken = folder / "engine"
    does = {"failing": "exit 3", "silent": "cat >/dev/null", "babbling": "echo '[1]'; echo '{'"}
    broken.write_text(f"#!/bin/sh\n{does.get(how, '')}\n")
    broken.chmod(0o700)
    monkeypatch.setattr(leaks, "engine_path", missing if how == "missing" else lambda: broken)


def test_without_git_the_history_is_said_not_to_be_read(app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(app)
    monkeypatch.setitem(ENVIRONMENT, "PATH", "/nowhere")
    code, report, said = shown(app, "--only", "secrets")
    reasons = {one["check"]: one["reason"] for one in report["not_examined"]}
    assert reasons["secrets/key_in_history"].startswith("git could not be started")
    assert code == cli.Exit.FAILED
    assert "git could not be started" in said


def test_a_folder_that_is_no_repository_says_so_and_may_be_clean(app: Path) -> None:
    code, report, _ = shown(app, "--only", "secrets")
    reasons = {one["check"]: one["reason"] for one in report["not_examined"]}
    assert "no git repository" in reasons["secrets/key_in_history"]
    assert code == cli.Exit.CLEAN


def test_nothing_is_started_that_no_chosen_check_needs(app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("started")

    commit(app)
    monkeypatch.setattr(leaks, "start_engine", never)
    assert audit_folder(app, only=["cors/any_origin_with_credentials"]).crashed == ()


def test_secrets_are_hidden_although_no_engine_ran(app: Path) -> None:
    (app / "server.js").write_text(
        'import express from "express"\nimport cors from "cors"\nconst app = express()\n'
        f"const JWT_SECRET = 'tidepool-{KEY[8:]}'; const stripe = '{KEY}'\n"
        "app.use(cors({ origin: true, credentials: true }))\n"
    )
    done = audit_folder(app, only=["cors/any_origin_with_credentials"])
    assert done.findings
    assert KEY[8:] not in str(done.excerpts)


def test_values_of_env_files_are_hidden_everywhere(app: Path) -> None:
    (app / ".env").write_text("REPORT_TOKEN=quietmorninglight\nPORT=3000\n")
    (app / "server.js").write_text(SERVER + 'app.get("/quietmorninglight/:id", (req, res) => res.json(3000))\n')
    done = audit_folder(app)
    assert "quietmorninglight" not in str(done.routes) + str(done.excerpts) + str(done.findings)
    assert any("[hidden]" in route.path for route in done.routes)


@pytest.mark.parametrize(
    ("own", "expected"),
    [("tea-and-more", "tea-and-more"), ("vite_react_shadcn_ts", "teahouse"), ("my-app", "teahouse"), ("", "teahouse")],
)
def test_an_app_is_not_called_after_the_template_it_was_made_of(app: Path, own: str, expected: str) -> None:
    (app / "package.json").write_text(json.dumps({"name": own}))
    assert audit_folder(app, only=["running/no_error_boundary"]).name == expected


@pytest.mark.parametrize("path", [".netrc", "deploy/.env", "etc/.pgpass", "wp/.htpasswd"])
def test_a_folder_of_credentials_is_worth_an_audit(path: str, tmp_path: Path) -> None:
    (tmp_path / path).parent.mkdir(exist_ok=True)
    (tmp_path / path).write_text("machine acme.test login ana password tide47pool\n")
    audit_folder(tmp_path, only=["secrets/key_in_repository"])


def test_a_repository_of_any_text_is_worth_an_audit_and_a_folder_of_notes_is_not(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("Buy tea.\n")
    (tmp_path / "photo.png").write_bytes(b"\x89PNG\0")
    with pytest.raises(NoAppError):
        audit_folder(tmp_path)
    commit(tmp_path)
    assert audit_folder(tmp_path, only=["secrets/key_in_repository"]).findings == ()


def test_show_says_what_it_could_not_read(app: Path) -> None:
    (app / "photo.png").write_bytes(b"\x89PNG\0")
    result = CliRunner().invoke(cli.program, ["show", str(app), "routes", "--format", "json"])
    assert [row["path"] for row in json.loads(result.stdout)] == ["/tea"]
    assert "Not read: files: 1 picture or other binary file (photo.png)" in result.stderr
