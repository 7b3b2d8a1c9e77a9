"""A repair that breaks the app's own types or tests is put back. Real tsc, real vitest, run apart."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from apprescue.lab.apart import can_run_apart
from apprescue.model.repair import State
from apprescue.sprint import repair as loop
from apprescue.sprint.repair import repair
from tests.lab.test_rescue import app, state
from tests.sprint.test_repair import APP, CODE, ORDERED, READ, a_fix

INSTALLED = Path(__file__).parents[1] / "lab/installed"
TYPED = """
declare module '@supabase/supabase-js' { export function createClient(...a: any[]): any; }
interface ImportMeta { env: Record<string, string> }
"""
OWN = {
    **APP,
    "package.json": '{"name": "shop", "type": "module", "devDependencies": {"vitest": "3", "typescript": "5"}}\n',
    "tsconfig.json": '{"compilerOptions": {"strict": true, "module": "esnext", "target": "es2022",'
    ' "moduleResolution": "bundler"}, "include": ["src"], "exclude": ["**/*.test.ts"]}',
    "src/types.d.ts": TYPED,
    "src/board.test.ts": """import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
test('the board asks for tips', () => expect(readFileSync('src/board.ts', 'utf8')).toContain('tips'));
test('fails since ever', () => expect(1).toBe(2));
""",
}

pytestmark = [
    pytest.mark.skipif(not can_run_apart(), reason="this machine cannot run a program apart"),
    pytest.mark.skipif(shutil.which("npm") is None, reason="there is no npm on this machine"),
]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    if not (INSTALLED / "node_modules").is_dir():
        subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=INSTALLED, check=True, timeout=300)
    folder = app(tmp_path / "shop", OWN)
    shutil.copytree(INSTALLED / "node_modules", folder / "node_modules", symlinks=True, copy_function=os.link)
    (folder / ".git/info/exclude").write_text("node_modules\n")
    return folder


def test_a_repair_is_held_against_types_and_tests(shop: Path) -> None:
    before = state(shop)
    done = repair(shop, READ)
    assert done.own_checks == ("tsc -p tsconfig.json", "vitest")
    assert [one.state for one in done.repairs] == [State.REPAIRED]
    assert "Your own checks were run after each repair of code: tsc -p tsconfig.json, vitest." in done.notes
    assert state(shop) == before


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            CODE.replace("await supabase", "supabase") + "const n: number = 'a';\n",
            "After it, your own check tsc -p tsconfig.json fails: src/board.ts: Type 'string' is not assignable",
        ),
        (ORDERED.replace("tips", "coins"), "After it, your own check vitest fails: "),
    ],
)
def test_a_repair_that_breaks_them_is_put_back(
    shop: Path, monkeypatch: pytest.MonkeyPatch, text: str, why: str
) -> None:
    monkeypatch.setattr(loop, "on_shelf", lambda _: [a_fix(text)])
    (one,) = repair(shop, READ).repairs
    assert one.state is State.REFUSED
    assert one.reason.startswith(why)


def test_without_packages_it_is_told_that_nothing_was_run(tmp_path: Path) -> None:
    done = repair(app(tmp_path, OWN), READ)
    assert done.own_checks == ()
    assert any("their packages, are not in this folder" in note for note in done.notes)
    assert [one.state for one in done.repairs] == [State.REPAIRED]
