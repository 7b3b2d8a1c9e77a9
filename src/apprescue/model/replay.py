"""A try, cut into what is done one after the other: it can be run again alone, and written down in other ways."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from apprescue.model.database import literal


class Sign(StrEnum):
    """By what it is seen that a try came through."""

    ROW = "row"
    """A row, or an answer that is not empty, comes back."""
    CHANGE = "change"
    """It stands otherwise afterwards."""
    VALUE = "value"
    """One of the values of `telling` is in what comes back."""
    ERROR = "error"
    """It fails with the state that is in `telling`, where it should not."""


@dataclass(frozen=True, slots=True)
class Replay:
    """What it takes to run a try again in the rebuilt database, where nothing of ours stands. No part ends in `;`.

    `rows` add people and rows with the app's triggers off, `before` is done with them on, both by the database's owner;
    `look` asks how it stands, before and after. `claims` (and `headers`) are those of the request, `editor` runs with
    them; then `role` does `act`. With no role there is nothing but the act.
    """

    act: str = ""
    role: str = ""
    claims: str = ""
    headers: str = "{}"
    editor: str = ""
    rows: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    look: str = ""
    sign: Sign = Sign.ROW
    telling: tuple[str, ...] = ()

    @property
    def sql(self) -> str:
        """As a script that takes everything back at its end."""
        if not self.role:
            return self.act
        lines = ["begin;", "set local search_path = public, extensions;"]
        if self.rows:
            lines += [
                "-- the people and the rows that it takes",
                "set local session_replication_role = replica;",
                *(f"{row};" for row in self.rows),
                "set local session_replication_role = origin;",
            ]
        lines += [f"{piece};" for piece in self.before]
        if self.look:
            lines += ["-- how it stands before", f"{self.look};"]
        lines.append("-- the request")
        lines.append(f"select set_config('request.jwt.claims', {literal(self.claims)}, true);")
        if self.headers != "{}":
            lines.append(f"select set_config('request.headers', {literal(self.headers)}, true);")
        if self.editor:
            lines.append(f"{self.editor};")
        lines += [f"set local role {self.role};", f"{self.act};", "reset role;"]
        if self.look:
            lines += ["-- how it stands afterwards", f"{self.look};"]
        return "\n".join([*lines, "rollback;"]) + "\n"
