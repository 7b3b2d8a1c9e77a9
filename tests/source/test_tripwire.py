"""The test that a repair of code leaves behind fails without the repair, in the app's own runner."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apprescue.model.app import App
from apprescue.source.tripwire import tripwire, watched
from apprescue.sprint.read import read


def app_of(files: dict[str, str]) -> App:
    return read(files)[0]


WHY = "A hole: repaired by App Rescue."
BEFORE = "import os\n\nKEY = os.getenv('KEY', 'letmein')\nOTHER = 1\n"
AFTER = "import os\n\nKEY = os.getenv('KEY') or missing('KEY')\nOTHER = 1\n"


def test_pytest_fails_where_the_repair_is_undone(tmp_path: Path) -> None:
    files = {"app/config.py": AFTER, "tests/conftest.py": "", "requirements.txt": "pytest"}
    told = watched({"app/config.py": BEFORE}, files, ["app/config.py"], lambda row: False)
    made = tripwire(app_of(files), told, "fallback", WHY)
    assert made is not None
    path, text = made
    assert path == "tests/test_rescue_fallback.py"
    for name, content in {**files, path: text}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path / path)]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0
    (tmp_path / "app/config.py").write_text(BEFORE)
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 1


@pytest.mark.parametrize(
    ("manifest", "tests", "path", "head"),
    [
        (
            '{"devDependencies": {"vitest": "3"}}',
            "src/lib/a.test.ts",
            "src/rescue/cors.test.js",
            "import { readFileSync }",
        ),
        (
            '{"devDependencies": {"jest": "29"}}',
            "test/a.test.ts",
            "rescue/tests/cors.test.js",
            "const { readFileSync }",
        ),
    ],
)
def test_scripts_are_watched_by_vitest_or_jest(manifest: str, tests: str, path: str, head: str) -> None:
    files = {"src/server.ts": "cors({ origin: allowed })\n", "package.json": manifest, tests: "test('a', () => {});"}
    told = watched({"src/server.ts": "cors({ origin: true })\n"}, files, ["src/server.ts"], lambda row: False)
    made = tripwire(app_of(files), told, "cors", WHY)
    assert made is not None
    assert made[0] == path
    assert head in made[1]
    assert 'expect(lines("src/server.ts")).not.toContain("cors({ origin: true })");' in made[1]


def test_what_was_only_added_must_stay() -> None:
    (told,) = watched({"a.py": "x = 1\n"}, {"a.py": "guard(the, caller)\nx = 1\n"}, ["a.py"], lambda row: False)
    assert (told.gone, told.stays) == ((), ("guard(the, caller)",))


def test_a_line_with_a_secret_is_not_repeated() -> None:
    before, after = {"a.py": "KEY = 'a very long secret'\n"}, {"a.py": "KEY = os.environ['KEY']\n"}
    (told,) = watched(before, after, ["a.py"], lambda row: "secret" in row)
    assert "secret" not in str(told)
    assert told.holds(after)
    assert not told.holds(before)


def test_without_a_runner_there_is_no_test() -> None:
    files = {"src/server.ts": "b();\n" * 9, "package.json": "{}"}
    told = watched({"src/server.ts": "something(long, enough)\n"}, files, ["src/server.ts"], lambda row: False)
    assert told
    assert tripwire(app_of(files), told, "x", WHY) is None


LINES = st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=40), max_size=6)


@given(LINES, LINES)
def test_it_holds_after_and_where_it_says_anything_not_before(was: list[str], now: list[str]) -> None:
    before, after = {"a.py": "\n".join(was)}, {"a.py": "\n".join(now)}
    for one in watched(before, after, ["a.py"], lambda row: False):
        assert one.holds(after)
        assert not one.holds(before)
