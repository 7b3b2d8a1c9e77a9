"""Runs a try again in a rebuilt database and tells whether it shows what its cell says."""

from __future__ import annotations

import re
from typing import Any

from apprescue.model.access import Cell
from apprescue.model.database import Database, DatabaseError
from apprescue.model.replay import Replay, Sign


def replayed(session: Database, cell: Cell) -> bool:
    """Whether the script runs to its end (or to the failure that it shows), and its parts show the cell."""
    return _runs(session, cell) and shown(session, cell.replay)


def _runs(session: Database, cell: Cell) -> bool:
    try:
        for statement in cell.sql.split(";\n"):
            if statement.strip():
                session.query(statement)
    except DatabaseError as error:
        session.run("rollback")
        return cell.replay.sign is Sign.ERROR and error.sqlstate in cell.replay.telling
    return cell.replay.sign is not Sign.ERROR


def shown(session: Database, replay: Replay) -> bool:
    """Whether the try comes through, by its sign."""
    with session.undone():
        session.run("set local search_path = public, extensions; set local session_replication_role = replica")
        for row in replay.rows:
            session.run(row)
        session.run("set local session_replication_role = origin")
        for piece in replay.before:
            session.run(piece)
        before = session.query(replay.look) if replay.look else []
        try:
            gave = _request(session, replay)
        except DatabaseError as error:
            return replay.sign is Sign.ERROR and error.sqlstate in replay.telling
        match replay.sign:
            case Sign.CHANGE:
                return session.query(replay.look) != before
            case Sign.VALUE:
                return any(value in str(row) for value in replay.telling for row in gave)
            case Sign.ROW:
                return any(value not in (None, "", "[]", {}, []) for row in gave for value in row)
        return False


def _request(session: Database, replay: Replay) -> list[tuple[Any, ...]]:
    parts = [
        f"select set_config('request.jwt.claims', {_text(replay.claims)}, true)",
        f"select set_config('request.headers', {_text(replay.headers)}, true)",
        *filter(None, [replay.editor]),
        f"set local role {replay.role}",
    ]
    for part in parts:
        session.run(part)
    gave = session.query(replay.act)
    session.run("reset role")
    return gave


def _text(value: str) -> str:
    return "$text$" + re.sub(r"\$text\$", "", value) + "$text$"
