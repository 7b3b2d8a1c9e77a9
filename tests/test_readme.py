"""What the README promises is there: commands, options, make targets, pages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from apprescue.cli import program

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
WRITTEN = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"]


@pytest.mark.parametrize("path", WRITTEN)
def test_what_a_page_points_at_exists(path: str) -> None:
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", (ROOT / path).read_text()):
        assert (ROOT / target).exists(), target


def test_the_readme_names_commands_and_options_that_exist() -> None:
    assert set(re.findall(r"apprescue ([a-z]+) ", README)) <= set(program.commands)
    options = {option for command in program.commands.values() for p in command.params for option in p.opts}
    assert set(re.findall(r"(?<![\w-])--[a-z-]+", README)) <= options | {"--help"}


@pytest.mark.parametrize("path", WRITTEN)
def test_the_make_targets_exist(path: str) -> None:
    rules = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    assert set(re.findall(r"\bmake ([a-z]+)[`\s]", (ROOT / path).read_text())) <= rules
