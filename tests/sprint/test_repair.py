"""The loop: what is repaired is proved, what is not proved is put back, and a second run has nothing to do."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from apprescue.fixes.interface import Fix, on_shelf
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Safety
from apprescue.model.repair import State
from apprescue.sprint import repair as loop
from apprescue.sprint.bench import READING
from apprescue.sprint.ledger import ledger
from apprescue.sprint.repair import Wish, repair
from apprescue.sprint.verify import verify
from tests.lab.test_rescue import app, git, state

CODE = """
import { createClient } from '@supabase/supabase-js';
const supabase = createClient(import.meta.env.VITE_URL, import.meta.env.VITE_SUPABASE_ANON_KEY);
export async function board(me: string) {
  const { count: posts } = await supabase.from('posts').select('id', { count: 'exact', head: true }).eq('who', me);
  const { data: tips } = await supabase.from('tips').select('amount').eq('who', me).limit(5);
  const { data: fans } = await supabase.from('fans').select('id').eq('who', me).limit(5);
  return { posts, tips, fans };
}
"""
APP = {"src/board.ts": CODE, "package.json": '{"name": "shop", "dependencies": {"@supabase/supabase-js": "2.0.0"}}\n'}
ORDERED = CODE.replace("await supabase", "supabase")
ONLY = ("speed/sequential_awaits",)
READ = Wish(only=ONLY, bench=READING)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return app(tmp_path, APP)


def a_fix(text: str, more: int = 0) -> Fix:
    def run(finding: Finding, app: App) -> Iterator[Edit]:
        yield Edit("src/board.ts", 0, len(CODE.encode()) + more, text)

    return Fix("speed/planted", ONLY, "Planted", Safety.SAFE, run)


def test_a_repair_is_committed_with_its_finding(shop: Path) -> None:
    before = state(shop)
    done = repair(shop, READ)
    (one,) = done.repairs
    assert one.state is State.REPAIRED
    assert one.lines == 8
    assert "Promise.all" in git(shop, "show", f"{done.branch}:src/board.ts")
    assert f"Apprescue-Finding: {one.finding.key} speed/sequential_awaits" in git(shop, "log", "-1", done.branch)
    assert state(shop) == before
    with ledger(shop) as book:
        states = book.states()
    assert states.pop(one.finding.key) == "repaired"
    assert set(states.values()) <= {"open", "cleared"}


def test_a_second_run_changes_nothing(shop: Path) -> None:
    first = repair(shop, READ)
    head = git(shop, "rev-parse", first.branch)
    second = repair(shop, READ)
    assert (second.repairs, second.earlier, second.branch) == ((), 1, first.branch)
    assert git(shop, "rev-parse", first.branch) == head


def test_reverting_the_commit_opens_its_finding_again(shop: Path) -> None:
    done = repair(shop, READ)
    git(shop, "checkout", "-q", done.branch)
    git(shop, "revert", "--no-edit", "HEAD")
    held = verify(shop, "HEAD~1", bench=READING)
    assert [one.key for one in held.opened] == [done.repairs[0].finding.key]
    assert held.closed == ()


def test_verify_tells_what_somebody_else_closed(shop: Path) -> None:
    done = repair(shop, READ)
    (shop / "src/board.ts").write_text(git(shop, "show", f"{done.branch}:src/board.ts") + "\n")
    held = verify(shop, bench=READING)
    assert [one.key for one in held.closed] == [done.repairs[0].finding.key]
    assert held.opened == ()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (CODE.replace("}\n", "\n"), "would not build"),
        (CODE + "// a word\n", "still there"),
        (f"{ORDERED}export const key = '{'sk_' + 'live_'}51Hq8ZkLmN0pQrStUvWxYz12345';\n", "opens another problem"),
        (CODE * 2000, "budget"),
    ],
)
def test_what_is_not_proved_is_put_back(shop: Path, monkeypatch: pytest.MonkeyPatch, text: str, why: str) -> None:
    monkeypatch.setattr(loop, "on_shelf", lambda _: [a_fix(text)])
    done = repair(shop, READ)
    (one,) = done.repairs
    assert one.state is State.REFUSED
    assert why in one.reason
    assert git(shop, "branch", "--list", "rescue/*") == ""


def test_what_a_repair_lays_bare_is_repaired_with_it(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = f"\nexport const key = '{'sk_' + 'live_'}51Hq8ZkLmN0pQrStUvWxYz12345';\n"

    def run(finding: Finding, app: App) -> Iterator[Edit]:
        text = app.files["src/board.ts"]
        yield Edit("src/board.ts", 0, len(text.encode()), text.replace(key, ""))

    second = Fix("secrets/planted", ("secrets/key_in_repository",), "Planted too", Safety.SAFE, run)
    monkeypatch.setattr(loop, "on_shelf", lambda _: [a_fix(ORDERED + key), second])
    done = repair(shop, READ)
    (one,) = done.repairs
    assert (one.state, one.patch and one.patch.fix) == (State.REPAIRED, "speed/planted, secrets/planted")
    assert git(shop, "show", f"{done.branch}:src/board.ts") == ORDERED.strip()
    assert git(shop, "rev-list", "--count", f"main..{done.branch}") == "1"


def test_what_was_left_and_is_closed_by_a_later_repair_is_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = f"\nexport const key = '{'sk_' + 'live_'}51Hq8ZkLmN0pQrStUvWxYz12345';\n"
    folder = app(tmp_path, {**APP, "src/board.ts": CODE + key})
    monkeypatch.setattr(loop, "on_shelf", lambda _: [a_fix(ORDERED, len(key))])
    done = repair(folder, Wish(only=("secrets/key_in_repository", *ONLY), bench=READING))
    assert [one.state for one in done.repairs] == [State.ALONG, State.REPAIRED]
    assert done.repairs[0].reason == "It was closed by “Planted”."


def test_a_fix_that_breaks_does_not_take_the_run_with_it(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(finding: Finding, app: App) -> Iterator[Edit]:
        raise KeyError(finding.key)

    broken = Fix("speed/broken", ONLY, "Broken", Safety.SAFE, run)
    monkeypatch.setattr(loop, "on_shelf", lambda shelf: [broken, *on_shelf(shelf)])
    assert [one.state for one in repair(shop, READ).repairs] == [State.REPAIRED]


def test_a_dry_run_shows_the_difference_and_leaves_no_branch(shop: Path) -> None:
    done = repair(shop, Wish(only=ONLY, bench=READING, dry=True))
    assert "+  const [{ count: posts }" in done.repairs[0].difference
    assert git(shop, "branch", "--list", "rescue/*") == ""


def test_the_patches_apply(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("patches")
    done = repair(shop, Wish(only=ONLY, bench=READING, patches=folder))
    (patch,) = folder.iterdir()
    git(shop, "am", "-q", str(patch))
    assert (shop / "src/board.ts").read_text().strip() == git(shop, "show", f"{done.branch}:src/board.ts")


def test_a_run_that_is_killed_leaves_the_tree_and_the_next_one_goes_on(shop: Path) -> None:
    before = state(shop)
    for seconds in (0.3, 1.0, 1.6, 2.2):
        command = [sys.executable, "-m", "apprescue", "repair", str(shop), "--static", "--only", ONLY[0]]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
            with contextlib.suppress(subprocess.TimeoutExpired):
                run.wait(seconds)
            run.kill()
        assert state(shop) == before
    done = repair(shop, READ)
    assert git(shop, "rev-list", "--count", f"main..{done.branch}") == "1"


def test_a_patch_that_breaks_something_is_tried_once(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = f"{ORDERED}export const key = '{'sk_' + 'live_'}51Hq8ZkLmN0pQrStUvWxYz12345';\n"
    monkeypatch.setattr(loop, "on_shelf", lambda _: [a_fix(text), a_fix(text)])
    examined: list[object] = []
    examine = loop.examine
    monkeypatch.setattr(loop, "examine", lambda *given: examined.append(given) or examine(*given))
    (one,) = repair(shop, READ).repairs
    assert "opens another problem" in one.reason
    assert len(examined) == 2
