"""The table of calls that cost money, by caller and address, and the function that counts one in one step.

The table has a schema of its own, which Supabase's interface does not show to pages.
"""

from __future__ import annotations

from apprescue.model.app import App
from apprescue.model.patch import Edit
from apprescue.source.history import histories
from apprescue.source.new_migration import new_migration

TAKE = "rescue_take_call"
_WHY = "How often somebody called an address that costs money is counted here, so that it has an end."
_UP = f"""create schema if not exists rescue;
revoke all on schema rescue from public;
create table rescue.calls (
  who uuid not null references auth.users (id) on delete cascade,
  what text not null,
  since timestamptz not null default now(),
  taken integer not null default 1,
  primary key (who, what)
);
alter table rescue.calls enable row level security;
create function public.{TAKE}(who uuid, what text, most integer, within interval) returns boolean
language sql security definer set search_path = '' as $$
  insert into rescue.calls as had (who, what) values ({TAKE}.who, {TAKE}.what)
  on conflict on constraint calls_pkey do update set
    since = case when had.since < now() - {TAKE}.within then now() else had.since end,
    taken = case when had.since < now() - {TAKE}.within then 1 else least(had.taken, {TAKE}.most) + 1 end
  returning had.taken <= {TAKE}.most;
$$;
revoke execute on function public.{TAKE}(uuid, text, integer, interval) from public, anon, authenticated;
grant execute on function public.{TAKE}(uuid, text, integer, interval) to service_role;"""
_DOWN = f"drop function public.{TAKE}(uuid, text, integer, interval);\ndrop table rescue.calls;\ndrop schema rescue;"


def counts_made(app: App) -> list[Edit] | None:
    """The edits after which the app can count calls; none where it can, None where it keeps no migrations of
    Supabase's."""
    if any(TAKE in text for path, text in app.files.items() if path.endswith(".sql")):
        return []
    found = next(iter(histories(app.files)), None)
    if found is None or found.kind == "prisma" or not any("supabase/" in one.path for one in found.scripts):
        return None
    return list(new_migration(app, "count costly calls", _WHY, _UP, _DOWN)) or None
