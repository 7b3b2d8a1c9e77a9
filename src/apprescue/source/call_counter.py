"""What counts how often a user asks a model: the app's own counter, or a new one in its database.

The new one is a table that only the server reaches and a function that counts a call and tells whether it is still
within the day's number. The types that were made of the database learn of both.
"""

from __future__ import annotations

import re

from apprescue.model.app import App
from apprescue.model.patch import Edit
from apprescue.source.new_function import Counting, counting
from apprescue.source.new_migration import new_migration
from apprescue.source.new_types import typed

MOST = 100
_TABLE, _FUNCTION = "ai_calls", "count_ai_call"
_UP = """create table public.ai_calls (
  user_id uuid not null references auth.users (id) on delete cascade,
  day date not null default current_date,
  calls integer not null default 0,
  primary key (user_id, day)
);
alter table public.ai_calls enable row level security;
revoke all on public.ai_calls from anon, authenticated;
grant select, insert, update on public.ai_calls to service_role;
create function public.count_ai_call(_user_id uuid, _most integer) returns boolean
language sql set search_path = '' as $$
  insert into public.ai_calls as counted (user_id, calls) values (_user_id, 1)
  on conflict (user_id, day) do update set calls = counted.calls + 1
  returning calls <= _most;
$$;
revoke execute on function public.count_ai_call(uuid, integer) from public, anon, authenticated;
grant execute on function public.count_ai_call(uuid, integer) to service_role;"""
_DOWN = """drop function public.count_ai_call(uuid, integer);
drop table public.ai_calls;"""
_WHY = "Counts each user's calls to the AI of a day, so that nobody runs up the bill."
_COLUMNS = {"calls": "number", "day": "string", "user_id": "string"}


def counter(app: App) -> tuple[Counting, list[Edit]] | None:
    """How a call is counted, and what has to be made for it; None where the app has no migrations to add to."""
    if own := counting(app):
        return own, []
    if any(
        path.endswith(".sql") and re.search(rf"\b(?:{_TABLE}|{_FUNCTION})\b", text) for path, text in app.files.items()
    ):
        return None
    made = list(new_migration(app, "count ai calls", _WHY, _UP, _DOWN))
    told = typed(app, _TABLE, _COLUMNS, ("calls", "day"))
    return (Counting(_FUNCTION, f"_user_id: user.id, _most: {MOST}"), [*made, *told]) if made else None
