"""What a database holds in the end: asked of the server itself, with a handful of questions over all its tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import starmap
from typing import Any

from apprescue.model.catalog import Attribute, Bin, Catalog, Reference, Relation, Routine, Rule, Unique
from apprescue.model.database import Database

ROLES = ("anon", "authenticated", "service_role")
INTERNAL = (
    "_realtime auth cron extensions graphql graphql_public information_schema net pgbouncer pgmq pgsodium "
    "pgsodium_masks realtime storage supabase_functions supabase_migrations vault"
).split()
INSIDE = "(n.nspname not in ({}) and n.nspname not like 'pg\\_%')".format(", ".join(f"'{name}'" for name in INTERNAL))
KNOWN = "(n.nspname, c.relname) in (('storage', 'objects'), ('storage', 'buckets'), ('auth', 'users'))"
MADE = f"""({INSIDE} or {KNOWN}) and not exists (
    select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')"""
NAME = "n.nspname || '.' || c.relname"

RELATIONS = f"""
select c.oid::int8, {NAME}, c.relkind::text, c.relrowsecurity, c.relforcerowsecurity, pg_get_userbyid(c.relowner)::text,
       obj_description(c.oid, 'pg_class'),
       coalesce(array_to_string(c.reloptions, ',') ~* 'security_invoker=(true|on|yes|1)', false),
       case when c.relkind in ('v', 'm') then pg_get_viewdef(c.oid)
            when c.relispartition then pg_get_expr(c.relpartbound, c.oid)
            when c.relkind = 'p' then pg_get_partkeydef(c.oid) else '' end,
       (select string_agg(distinct dn.nspname || '.' || dc.relname, '|')
          from pg_rewrite w join pg_depend d on d.objid = w.oid and d.classid = 'pg_rewrite'::regclass
          join pg_class dc on d.refobjid = dc.oid and d.refclassid = 'pg_class'::regclass
          join pg_namespace dn on dn.oid = dc.relnamespace
         where w.ev_class = c.oid and dc.oid <> c.oid and c.relkind in ('v', 'm')),
       (select pn.nspname || '.' || pc.relname from pg_inherits i join pg_class pc on pc.oid = i.inhparent
          join pg_namespace pn on pn.oid = pc.relnamespace where i.inhrelid = c.oid and c.relispartition)
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
 where c.relkind in ('r', 'p', 'v', 'm', 'f') and {MADE}
 order by 2"""
COLUMNS = f"""
select a.attrelid::int8, a.attname::text, format_type(a.atttypid, a.atttypmod), a.atttypid::int8, a.attnotnull,
       coalesce(pg_get_expr(d.adbin, d.adrelid), ''), a.attgenerated <> '', a.attidentity::text
  from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
 where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'v', 'm', 'f') and {MADE}
 order by a.attrelid, a.attnum"""
CONSTRAINTS = f"""
select k.conrelid::int8, k.contype::text, k.conname::text, pg_get_constraintdef(k.oid),
       array(select a.attname::text from unnest(k.conkey) with ordinality x(num, i)
               join pg_attribute a on a.attrelid = k.conrelid and a.attnum = x.num order by x.i),
       fn.nspname || '.' || f.relname,
       array(select a.attname::text from unnest(k.confkey) with ordinality x(num, i)
               join pg_attribute a on a.attrelid = k.confrelid and a.attnum = x.num order by x.i),
       k.condeferrable,
       case k.confdeltype when 'c' then 'cascade' when 'n' then 'set null' when 'd' then 'set default'
                          when 'r' then 'restrict' else '' end
  from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
  left join pg_class f on f.oid = k.confrelid left join pg_namespace fn on fn.oid = f.relnamespace
 where k.contype in ('f', 'c') and {MADE}
 order by k.conrelid, k.contype, k.conname"""
INDEXES = f"""
select i.indrelid::int8, ic.relname::text, i.indisprimary,
       array(select distinct a.attname::text from pg_depend d join pg_attribute a
               on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
              where d.classid = 'pg_class'::regclass and d.refobjid = i.indrelid and d.refobjsubid > 0
                and (d.objid = i.indexrelid or a.attnum = any(i.indkey::int2[])))
       || array(select a.attname::text from pg_attribute a
                 where a.attrelid = i.indrelid and a.attnum = any(i.indkey::int2[])),
       array(select a.attname::text from unnest(i.indkey::int2[]) with ordinality x(num, p)
               join pg_attribute a on a.attrelid = i.indrelid and a.attnum = x.num
              where x.p <= i.indnkeyatts order by x.p),
       i.indexprs is not null, coalesce(pg_get_expr(i.indpred, i.indrelid), ''), pg_get_indexdef(i.indexrelid)
  from pg_index i join pg_class ic on ic.oid = i.indexrelid join pg_class c on c.oid = i.indrelid
  join pg_namespace n on n.oid = c.relnamespace
 where i.indisunique and {MADE}
 order by i.indrelid, not i.indisprimary, ic.relname"""
POLICIES = f"""
select p.polrelid::int8, p.polname::text,
       case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete'
                     else 'all' end,
       array(select case r when 0 then 'public' else pg_get_userbyid(r)::text end from unnest(p.polroles) r),
       coalesce(pg_get_expr(p.polqual, p.polrelid), ''), coalesce(pg_get_expr(p.polwithcheck, p.polrelid), ''),
       p.polpermissive
  from pg_policy p join pg_class c on c.oid = p.polrelid join pg_namespace n on n.oid = c.relnamespace
 where {MADE} order by p.polrelid, p.polname"""
TRIGGERS = f"""
select t.tgrelid::int8, t.tgname::text, pg_get_triggerdef(t.oid), fn.nspname || '.' || f.proname
  from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
  join pg_proc f on f.oid = t.tgfoid join pg_namespace fn on fn.oid = f.pronamespace
 where not t.tgisinternal and t.tgenabled <> 'D' and {MADE} order by t.tgrelid, t.tgname"""
GRANTS = f"""
select c.oid::int8, r.rolname::text, p.name
  from pg_class c join pg_namespace n on n.oid = c.relnamespace cross join pg_roles r
  cross join unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger']) p(name)
 where r.rolname = any($roles) and c.relkind in ('r', 'p', 'v', 'm', 'f') and {MADE}
   and has_schema_privilege(r.oid, n.oid, 'usage') and has_table_privilege(r.oid, c.oid, p.name)"""
COLUMN_GRANTS = f"""
select a.attrelid::int8, r.rolname::text, a.attname::text, p.name
  from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
  cross join pg_roles r cross join unnest(array['select', 'insert', 'update', 'references']) p(name)
 where r.rolname = any($roles) and a.attnum > 0 and not a.attisdropped and a.attacl is not null and {MADE}
   and has_schema_privilege(r.oid, n.oid, 'usage') and has_column_privilege(r.oid, c.oid, a.attnum, p.name)
   and not has_table_privilege(r.oid, c.oid, p.name)"""
ROUTINES = f"""
select n.nspname || '.' || c.proname, c.oid::regprocedure::text,
       coalesce(c.proargnames, '{{}}')::text[], coalesce(c.proargmodes::text[], '{{}}'),
       array(select format_type(t, null) from unnest(coalesce(c.proallargtypes, c.proargtypes::oid[])) t),
       coalesce(pg_get_function_result(c.oid), ''), l.lanname::text, coalesce(pg_get_function_sqlbody(c.oid), c.prosrc),
       c.prosecdef, c.provolatile = 'v', c.proretset,
       array(select r.rolname::text from pg_roles r where r.rolname = any($roles)
               and has_schema_privilege(r.oid, n.oid, 'usage') and has_function_privilege(r.oid, c.oid, 'execute')
             order by 1),
       coalesce(c.proconfig, '{{}}'), c.pronargdefaults::int, c.prokind = 'p', pg_get_userbyid(c.proowner)::text,
       pg_get_functiondef(c.oid),
       array(select distinct case x.grantee when 0 then 'public' else pg_get_userbyid(x.grantee)::text end
               from aclexplode(coalesce(c.proacl, acldefault('f', c.proowner))) x
              where x.privilege_type = 'EXECUTE' and x.grantee <> c.proowner order by 1)
  from pg_proc c join pg_namespace n on n.oid = c.pronamespace join pg_language l on l.oid = c.prolang
 where c.prokind in ('f', 'p') and {INSIDE} and not exists (
    select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = c.oid and d.deptype = 'e')
 order by 2"""
TYPES = """
select t.oid::int8, t.typtype::text, t.typbasetype::int8,
       case when t.typcategory = 'A' then t.typelem::int8 else 0 end,
       format_type(t.oid, null), format_type(t.typbasetype, t.typtypmod), t.typnotnull,
       array(select e.enumlabel::text from pg_enum e where e.enumtypid = t.oid order by e.enumsortorder),
       array(select pg_get_constraintdef(k.oid) from pg_constraint k where k.contypid = t.oid and k.contype = 'c')
  from pg_type t left join pg_class c on c.oid = t.typrelid
 where t.typtype <> 'p' and coalesce(c.relkind, 'c') = 'c'"""
PUBLISHED = "select schemaname || '.' || tablename from pg_publication_tables where pubname = 'supabase_realtime'"
BUCKETS = """
select id, coalesce(public, false), file_size_limit::int8, coalesce(allowed_mime_types, '{}')
  from storage.buckets order by id"""
KINDS = {"r": "table", "p": "table", "v": "view", "m": "materialized view", "f": "foreign table"}


def read(database: Database) -> Catalog:
    """The final state of a database: what its owner made, the two tables of the file storage, and the accounts.

    Every name in a type, an expression or a definition carries its schema. Raises DatabaseError where the server
    cannot be asked at all.
    """
    with database.undone():
        database.run("set local search_path to ''")
        types = _Types(database.query(TYPES))
        relations = _relations(database, types)
        routines = tuple(starmap(_routine, database.query(_with_roles(ROUTINES))))
        buckets = _buckets(database)
    return Catalog(
        relations=tuple(relation for relation in relations if relation.name != "auth.users"),
        routines=routines,
        enums=types.enums,
        domains=types.domains,
        buckets=buckets,
        accounts=next((relation for relation in relations if relation.name == "auth.users"), None),
    )


class _Types:
    """The types that the server knows: what lies under a domain or an array."""

    def __init__(self, rows: Iterable[tuple[Any, ...]]) -> None:
        self._rows = {row[0]: row for row in rows}
        self.enums = {row[4]: tuple(row[7]) for row in self._rows.values() if row[1] == "e"}
        self.domains = {row[4]: (row[5], tuple(row[8])) for row in self._rows.values() if self._written(row)}

    @staticmethod
    def _written(row: tuple[Any, ...]) -> bool:
        return row[1] == "d" and not row[4].startswith("information_schema.")

    def under(self, oid: int) -> tuple[str, bool, bool]:
        """The type below domains and arrays, whether an array was met, and whether a domain forbids null."""
        array = required = False
        while (row := self._rows.get(oid)) is not None:
            required = required or (bool(row[6]) and not array)
            if row[1] == "d":
                oid = row[2]
            elif row[3]:
                oid, array = row[3], True
            else:
                return str(row[4]), array, required
        return "", array, required


def _relations(database: Database, types: _Types) -> list[Relation]:
    columns = _gathered(database.query(COLUMNS))
    constraints, indexes = _gathered(database.query(CONSTRAINTS)), _gathered(database.query(INDEXES))
    policies, triggers = _gathered(database.query(POLICIES)), _gathered(database.query(TRIGGERS))
    grants = _gathered(database.query(_with_roles(GRANTS)))
    column_grants = _gathered(database.query(_with_roles(COLUMN_GRANTS)))
    published = {name for (name,) in database.query(PUBLISHED)}
    found = []
    for oid, name, kind, rls, forced, owner, comment, invoker, definition, reads, parent in database.query(RELATIONS):
        keys = [(primary, tuple(key)) for _, primary, _, key, expressions, where, _ in indexes[oid]
                if not expressions and not where]  # fmt: skip
        found.append(
            Relation(
                name=name,
                kind=KINDS[kind],
                columns=tuple(_attribute(types, *column) for column in columns[oid]),
                primary_key=next((key for primary, key in keys if primary), ()),
                unique=tuple(dict.fromkeys(key for _, key in keys)),
                references=tuple(
                    Reference(tuple(here), to, tuple(there), label, deferrable, on_delete)
                    for sort, label, _, here, to, there, deferrable, on_delete in constraints[oid]
                    if sort == "f"
                ),
                checks=tuple((label, text) for sort, label, text, *_ in constraints[oid] if sort == "c"),
                rls=rls,
                forced=forced,
                policies=tuple(
                    Rule(label, command, tuple(roles), using, check, permissive)
                    for label, command, roles, using, check, permissive in policies[oid]
                ),
                triggers=tuple((label, text, function) for label, text, function in triggers[oid]),
                grants=tuple(sorted((role, right) for role, right in grants[oid])),
                column_grants=tuple(sorted((role, column, right) for role, column, right in column_grants[oid])),
                definition=definition,
                security_invoker=invoker,
                published=name in published,
                owner=owner,
                comment=comment or "",
                distinct=tuple(
                    Unique(label, tuple(sorted(set(touched))), where, text)
                    for label, _, touched, _, _, where, text in indexes[oid]
                ),
                reads=tuple(reads.split("|")) if reads else (),
                partition_of=parent or "",
            )
        )
    return found


def _gathered(rows: Iterable[tuple[Any, ...]]) -> defaultdict[int, list[tuple[Any, ...]]]:
    """What was found, by the relation's number that stands first in each row."""
    found: defaultdict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for number, *rest in rows:
        found[number].append(tuple(rest))
    return found


def _with_roles(sql: str) -> str:
    return sql.replace("$roles", "array[{}]".format(", ".join(f"'{role}'" for role in ROLES)))


def _attribute(
    types: _Types, name: str, written: str, oid: int, required: bool, default: str, generated: bool, identity: str
) -> Attribute:
    base, is_array, forbidden = types.under(oid)
    return Attribute(
        name=name,
        type=written,
        base=base or written,
        required=required or forbidden,
        default="" if generated else default,
        generated=generated,
        identity={"a": "always", "d": "by default"}.get(identity, ""),
        is_array=is_array,
    )


def _routine(
    name: str, signature: str, names: list[str], modes: list[str], types: list[str], returns: str, *rest: Any
) -> Routine:
    language, body, definer, volatile, returns_set, executors, settings, defaults, procedure, owner, *more = rest
    definition, granted = more
    taken = [
        (names[place] if place < len(names) else "", written)
        for place, written in enumerate(types)
        if not modes or modes[place] in "ibv"
    ]
    return Routine(
        name=name,
        signature=signature,
        arguments=tuple(taken),
        returns=returns,
        language=language,
        body=body,
        definer=definer,
        volatile=volatile,
        returns_set=returns_set,
        executors=tuple(executors),
        settings=tuple(settings),
        defaults=defaults,
        procedure=procedure,
        owner=owner,
        definition=definition,
        granted=tuple(granted),
    )


def _buckets(database: Database) -> tuple[Bin, ...]:
    if database.query("select to_regclass('storage.buckets')") == [(None,)]:
        return ()
    return tuple(Bin(name, public, size, tuple(mime)) for name, public, size, mime in database.query(BUCKETS))
