"""Lines for a terminal."""

from __future__ import annotations

import io

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from apprescue.model.place import Code, CommitPlace, Place, code_of
from apprescue.reports.interface import Screen, line, named, plain


class Paper:
    """Lines with a left margin, wrapped to the screen. Texts are never read as markup."""

    def __init__(self, screen: Screen) -> None:
        self._out = io.StringIO()
        self._console = Console(
            file=self._out,
            width=screen.width,
            force_terminal=screen.color,
            no_color=not screen.color,
            highlight=False,
            emoji=False,
            markup=False,
            legacy_windows=False,
        )
        self.width = screen.width

    def say(self, text: str = "", style: str = "", margin: int = 0, lead: str = "") -> None:
        """One paragraph. `lead` stands in the margin of its first line, in the same style."""
        if not text:
            self._out.write("\n")
            return
        lines = Text(line(text), style).wrap(self._console, max(20, self.width - margin), overflow="fold")
        for number, one in enumerate(lines):
            one.rstrip()
            before = lead.rjust(margin - 1) + " " if lead and not number else ""
            self._console.print(Padding(Text(before, style) + one, (0, 0, 0, 0 if before else margin)))

    def place(self, place: Place, style: str) -> None:
        """A place and, on a line of its own that is never broken, the file behind it."""
        code = code_of(place)
        if not isinstance(place, Code | CommitPlace):
            self.say(named(place), style, margin=4)
        if code and code.path:
            at = f"commit {place}" if isinstance(place, CommitPlace) else str(code)
            self._console.print(Text(" " * 4 + line(at), style), soft_wrap=True)

    def pair(self, left: str, wide: int, right: str) -> None:
        """A text in a column of its own and what it means; below each other where the screen is narrow."""
        if wide + len(right) + 4 > self.width:
            self.say(left, margin=2)
            self.say(right, "dim", margin=4)
        else:
            self._console.print(Text("  " + plain(left).ljust(wide) + "  ") + Text(right, "dim"))

    def rule(self, title: str, style: str) -> None:
        """A heading with a line to the right edge."""
        self.say()
        self.say(f"{title} {'─' * (self.width - len(title) - 1)}", style)

    def text(self) -> str:
        """Everything said so far."""
        return "".join(row.rstrip() + "\n" for row in self._out.getvalue().split("\n")).rstrip("\n") + "\n"
