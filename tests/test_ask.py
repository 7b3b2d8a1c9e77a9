"""`apprescue ask` from outside: what it shows, and when it writes."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from apprescue import cli
from apprescue.sprint.intent import read
from apprescue.sprint.suppressions import FILE

SQL = """
create table public.gadgets (id uuid primary key, user_id uuid references auth.users(id), size int);
alter table public.gadgets enable row level security;
create policy "g1" on public.gadgets for select using (true);
create table public.donations (id uuid primary key, user_id uuid references auth.users(id), amount int);
alter table public.donations enable row level security;
create policy "Anyone can view donations" on public.donations for select using (true);
"""


@pytest.fixture
def app(tmp_path: Path) -> Path:
    folder = tmp_path / "app" / "supabase" / "migrations"
    folder.mkdir(parents=True)
    (folder / "001_start.sql").write_text(SQL)
    return tmp_path / "app"


def call(*arguments: str | Path, said: str = "") -> Result:
    return CliRunner().invoke(cli.program, [str(a) for a in arguments], input=said, prog_name="apprescue")


@pytest.fixture
def at_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "_at_terminal", lambda: True)


def test_without_a_terminal_questions_are_shown_and_nothing_is_written(app: Path) -> None:
    result = call("ask", app)
    assert result.exit_code == 0
    assert "1/2  May every visitor, also without signing in, read the rows of donations?" in " ".join(
        result.output.split("\n")
    )
    assert 'Seen: donations looks like something private, yet the rule "Anyone can' in result.output
    assert "Our reading: no." in result.output
    assert "Nothing was written." in result.output
    assert not (app / FILE).exists()


def test_yes_writes_our_readings(app: Path) -> None:
    (app / FILE).write_text("# ours\n")
    result = call("ask", app, "--yes")
    assert result.exit_code == 0
    assert "2 answers" in result.output
    text = (app / FILE).read_text()
    assert text.startswith("# ours\n")
    assert read(text) == {"tables.donations.public": False, "tables.gadgets.public": False}
    assert "nothing to ask" in call("ask", app).output


@pytest.mark.usefixtures("at_terminal")
def test_the_owner_answers_and_agrees(app: Path) -> None:
    result = call("ask", app, said="y\n\ny\n")
    assert result.exit_code == 0, result.output
    assert read((app / FILE).read_text()) == {"tables.donations.public": True, "tables.gadgets.public": False}


@pytest.mark.usefixtures("at_terminal")
def test_nothing_is_written_where_the_owner_does_not_agree(app: Path) -> None:
    result = call("ask", app, said="y\ny\nn\n")
    assert result.exit_code == 0, result.output
    assert "Nothing was written" in result.output
    assert not (app / FILE).exists()


@pytest.mark.usefixtures("at_terminal")
def test_nothing_is_written_where_the_owner_leaves(app: Path) -> None:
    assert call("ask", app, said="y\n").exit_code == 1
    assert not (app / FILE).exists()


@pytest.mark.parametrize("text", ["[intent\n", "[intent]\ntables.a.publik = true\n"])
def test_a_file_that_cannot_be_followed_is_said_and_kept(app: Path, text: str) -> None:
    (app / FILE).write_text(text)
    result = call("ask", app, "--yes")
    assert result.exit_code == 2
    assert FILE in result.output
    assert (app / FILE).read_text() == text


def test_a_folder_without_an_app_is_said(tmp_path: Path) -> None:
    assert call("ask", tmp_path).exit_code == 3
