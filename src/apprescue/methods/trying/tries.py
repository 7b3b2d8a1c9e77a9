"""Try statements as somebody: each in a subtransaction that is always rolled back, many of them in one round trip.

A function in the session's temporary schema takes the tries and runs them one after the other. The session itself must
be allowed to become the roles; it need not be a superuser, and should not be one where the code under audit runs:
such code can always `reset role`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from apprescue.model.database import Database, DatabaseError, literal

MOST_ROWS = 400
AT_ONCE = 250
LIMIT_TOGETHER, LIMIT_ALONE = 4000, 1000
SETTINGS = "set local search_path = public, extensions; set local client_min_messages = error"
NAME = "rescue_try"
NOT_THERE = ("42883", "3F000")  # no such function, no schema for such ones yet
HARNESS = """
create or replace function pg_temp.rescue_try(tries jsonb) returns jsonb language plpgsql as $harness$
declare
  one jsonb; act text; piece text; found jsonb[] := '{}'; answers jsonb[];
  state text; said text; spot text; relation text; touched bigint; gave jsonb; seen_before text; seen_after text;
  idle boolean;
begin
  for one in select value from jsonb_array_elements(tries) loop
    answers := '{}';
    idle := false;
    for act in select value from jsonb_array_elements_text(one -> 'acts') loop
      continue when idle and act like '% where %';
      state := '00000'; said := ''; spot := ''; relation := ''; touched := 0; gave := null; seen_before := null;
      seen_after := null;
      begin
        for piece in select value from jsonb_array_elements_text(one -> 'before') loop
          execute piece;
        end loop;
        if one ->> 'look' <> '' then execute one ->> 'look' into seen_before; end if;
        perform set_config('request.jwt.claims', one ->> 'claims', true),
                set_config('request.headers', one ->> 'headers', true),
                set_config('request.method', 'POST', true), set_config('request.path', '/', true);
        if one ->> 'editor' <> '' then
          execute one ->> 'editor';
        end if;
        execute format('set local role %I', one ->> 'role');
        if (one ->> 'asks')::boolean then
          execute act into gave;
          touched := jsonb_array_length(gave);
        else
          execute act;
          get diagnostics touched = row_count;
          set constraints all immediate;
        end if;
        reset role;
        if one ->> 'look' <> '' then execute one ->> 'look' into seen_after; end if;
        raise exception using errcode = 'RSCUE', message = 'undone';
      exception
        when sqlstate 'RSCUE' then null;
        when others or assert_failure then
          get stacked diagnostics state = returned_sqlstate, said = message_text, spot = pg_exception_context,
                                  relation = table_name;
      end;
      answers := answers || jsonb_build_object('act', act, 'state', state, 'said', said, 'spot', spot,
        'relation', relation, 'touched', touched, 'gave', gave, 'before', seen_before, 'after', seen_after);
      exit when state = '00000' and touched > 0
            and (one ->> 'look' = '' or seen_before is distinct from seen_after);
      idle := state = '00000' and touched = 0 and (one ->> 'aimed')::boolean;
    end loop;
    found := found || to_jsonb(answers);
  end loop;
  return to_jsonb(found);
end $harness$"""


@dataclass(frozen=True, slots=True)
class Try:
    """One thing to try as a role. `acts` are ways to do it, tried in turn until one has an effect; `asks` tells that
    they give one value, a JSON array of rows. `before` is done first and `look` asked before and after, both by the
    session itself; `editor` runs when the claims are set (it may add to them). `aimed` acts all go for one row: once
    it cannot be reached, only those without a condition go on."""

    role: str
    claims: str
    acts: tuple[str, ...]
    asks: bool = False
    look: str = ""
    before: tuple[str, ...] = ()
    headers: str = "{}"
    editor: str = ""
    aimed: bool = False

    def plain(self) -> dict[str, Any]:
        """As the server's function takes it."""
        return {
            "role": self.role,
            "claims": self.claims,
            "headers": self.headers,
            "editor": self.editor,
            "acts": self.acts,
            "asks": self.asks,
            "aimed": self.aimed,
            "look": self.look,
            "before": self.before,
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one act. `act` is its statement; `state` is 00000 where it was not refused, 57014 out of time."""

    act: str
    state: str
    said: str = ""
    spot: str = ""
    relation: str = ""
    touched: int = 0
    gave: list[Any] = field(default_factory=list)
    before: str | None = None
    after: str | None = None

    @property
    def went(self) -> bool:
        """Whether it was not refused."""
        return self.state == "00000"

    @property
    def changed(self) -> bool:
        """Whether the session saw another state afterwards."""
        return self.went and self.before != self.after


def tried(database: Database, tries: Sequence[Try]) -> list[tuple[Answer, ...]]:
    """What came of each try, act by act. One that runs out of time says so and takes no other with it."""
    return [answers for start in range(0, len(tries), AT_ONCE) for answers in _some(database, tries[start:][:AT_ONCE])]


def _some(database: Database, tries: Sequence[Try]) -> Iterator[tuple[Answer, ...]]:
    if not tries:
        return
    try:
        try:
            given = _asked(database, tries)
        except DatabaseError as error:
            if error.sqlstate not in NOT_THERE:
                raise
            database.run(HARNESS)  # once for each session
            given = _asked(database, tries)
    except DatabaseError as error:
        if len(tries) == 1:
            yield (Answer(tries[0].acts[0], error.sqlstate or "57014", str(error)),)
            return
        half = len(tries) // 2
        yield from _some(database, tries[:half])
        yield from _some(database, tries[half:])
        return
    for answers in given:
        yield tuple(map(_answer, answers))


def _asked(database: Database, tries: Sequence[Try]) -> list[list[dict[str, Any]]]:
    sent = literal(json.dumps([one.plain() for one in tries]))
    limit = LIMIT_TOGETHER if len(tries) > 1 else LIMIT_ALONE
    with database.undone():
        database.run(f"set local statement_timeout = {limit}; {SETTINGS}")
        ((given,),) = database.query(f"select pg_temp.{NAME}({sent}::jsonb)")
    return list(given)


def _answer(given: dict[str, Any]) -> Answer:
    return Answer(
        act=given["act"],
        state=given["state"],
        said=given["said"] or "",
        spot=given["spot"] or "",
        relation=given["relation"] or "",
        touched=given["touched"] or 0,
        gave=given["gave"] or [],
        before=given["before"],
        after=given["after"],
    )
