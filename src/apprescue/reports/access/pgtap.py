"""The access matrix as tests that the owner keeps: one file for pgTAP, as `supabase test db` and `pg_prove` run it.

A test for each leak and each broken feature, which fails until it is repaired, and one for each sensitive column that
is kept from somebody, which passes and shall go on doing so. Each takes back what it did.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from apprescue.model.access import Access, Cell, Operation, Verdict
from apprescue.model.database import literal
from apprescue.model.replay import Replay, Sign

HEAD = """\
-- {name}: who must not do what, and what must work.
-- Written by App Rescue. Run it against a copy of your database, never the real one: `supabase test db`, or
-- `pg_prove -d <database> <this file>`. What it adds is taken back, but triggers of yours may send things out.
{tally}
create extension if not exists pgtap;
begin;
select plan({number});

-- Does one thing as somebody and says what came of it: nothing, or what was seen. Everything is taken back.
create function pg_temp.comes_of(
  act text, as_role text, claims text, headers text default '{{}}', editor text default '', rows text default '',
  before text default '', look text default '', sign text default 'row', telling text[] default '{{}}'
) returns text language plpgsql as $function$
declare
  said text := 'nothing'; was text; became text; gave text;
begin
  begin
    perform set_config('search_path', 'public, extensions', true);
    perform set_config('session_replication_role', 'replica', true);
    if rows <> '' then execute rows; end if;
    perform set_config('session_replication_role', 'origin', true);
    if before <> '' then execute before; end if;
    if look <> '' then execute look into was; end if;
    begin
      perform set_config('request.jwt.claims', claims, true), set_config('request.headers', headers, true);
      if editor <> '' then execute editor; end if;
      execute format('set local role %I', as_role);
      if sign in ('row', 'value') then
        execute format('select string_agg(v::text, '' '') from (%s) x, jsonb_each(to_jsonb(x)) as e(k, v) '
                       'where v not in (''null'', ''[]'', ''{{}}'', ''""'')', act) into gave;
      else
        execute act;
      end if;
      reset role;
      if look <> '' then execute look into became; end if;
      said := case
        when sign = 'row' and gave is not null then 'it came back: ' || left(gave, 80)
        when sign = 'value' and exists (select from unnest(telling) t where position(t in gave) > 0) then 'it came back'
        when sign = 'change' and was is distinct from became then 'it was done'
        else 'nothing' end;
    exception when others then
      if sign = 'error' and sqlstate = any (telling) then said := 'it fails: ' || sqlerrm; end if;
    end;
    raise exception using errcode = 'RSCUE', message = said;
  exception when sqlstate 'RSCUE' then
    return sqlerrm;
  end;
end $function$;
"""
FOOT = """
select * from finish();
rollback;
"""
DOES = {
    Operation.SELECT: "read", Operation.INSERT: "add", Operation.UPDATE: "change", Operation.DELETE: "delete",
    Operation.CALL: "get at another's things by calling", Operation.LIST: "list", Operation.LISTEN: "be told of",
}  # fmt: skip


def render(access: Access, name: str) -> str:
    """The whole file."""
    cells = list(_tested(access.cells))
    wrong = sum(cell.verdict is not Verdict.DENIED for cell in cells)
    tally = f"-- {wrong} of the {len(cells)} tests failed when this was written; the others guard what is right."
    head = HEAD.format(name=_line(name), tally=tally, number=len(cells))
    return "\n".join([head, *map(_test, cells)]) + FOOT


def _tested(cells: Iterable[Cell]) -> Iterator[Cell]:
    """The cells that can be run again, each thing once, what is wrong first."""
    seen: set[Replay] = set()
    wrong = (Verdict.LEAK, Verdict.BROKEN)
    for cell in sorted(cells, key=lambda cell: cell.verdict not in wrong):
        if cell.verdict in (*wrong, Verdict.DENIED) and cell.replay.role and cell.replay not in seen:
            seen.add(cell.replay)
            yield cell


def _test(cell: Cell) -> str:
    replay = cell.replay
    given = {
        "act": _text(replay.act),
        "as_role": literal(replay.role),
        "claims": _text(replay.claims) or "''",
        "headers": _text(replay.headers) if replay.headers != "{}" else "",
        "editor": _text(replay.editor),
        "rows": _text(";\n".join(replay.rows)),
        "before": _text(";\n".join(replay.before)),
        "look": _text(replay.look),
        "sign": "" if replay.sign is Sign.ROW else literal(replay.sign.value),
        "telling": f"{literal(replay.telling)}::text[]" if replay.telling else "",
    }
    said = ",\n  ".join(f"{key} => {value}" for key, value in given.items() if value)
    return f"select is(pg_temp.comes_of(\n  {said}\n), 'nothing', {literal(_name(cell))});\n"


def _name(cell: Cell) -> str:
    """What must be so, in a line."""
    what = f"{cell.column} of {cell.object}" if cell.column else cell.object
    if cell.verdict is Verdict.BROKEN:
        return _line(f"{cell.object}: {cell.operation} by {cell.actor} does not fail ({cell.row})")
    return _line(f"{cell.actor} must not {DOES[cell.operation]} {what} ({cell.row})")


def _line(text: str) -> str:
    return " ".join(text.split())


def _text(value: str) -> str:
    """A text between dollars, as it is written; empty for none."""
    if not value:
        return ""
    tag = next(tag for tag in (f"$sql{n or ''}$" for n in range(len(value) + 1)) if tag[:-1] not in value)
    return f"{tag}{value}{tag}"
