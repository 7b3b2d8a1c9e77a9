"""Which table's rows a call answers with, whatever the library: query builders, ORMs, collections, SQL text.

Works on steps as they are made, one after another: a call chained on a query stays with that query's table. The
readers of `readers/queries/` tell the rest of a query; the names of tables come from here, so that both agree.
"""

from __future__ import annotations

import re

from apprescue.model.trace import Step, Value
from apprescue.source import tree as t
from apprescue.source.known import plain

_DB = re.compile(
    r"(?i)(?:^|_)(?:db|tx|trx|dbs)(?:\(\))*$|database|prisma|drizzle|knex|kysely|session|conn|pool|cursor|^cur$|engine|sql|"
    r"(?:^|_)pg$|^(?:db)?client(?:\(\))?$|^orm$|transaction|db(?:\(\))?$|supabase"
)
_NAMED_DB = re.compile(r"Mo(?:ngo|tor)Client\(\)\.\w+$")
_STATEMENT = re.compile(
    r"(?is)^[\s(]*(?:--[^\n]*\n\s*)*(?:select|insert|update|delete|with|merge|replace|truncate|call)\b"
)
_NAMED = re.compile(
    r"(?is)\b(?:insert\s+(?:or\s+\w+\s+|ignore\s+)?into|update(?:\s+only)?|delete\s+from|from|merge\s+into|replace\s+into)\s+"
    r"(?!select\b|set\b|lateral\b|unnest\b)[\"'`\[]?(?:\w+[\"'`\]]?\s*\.\s*[\"'`\[]?)?(\w+)"
)
_WITH = re.compile(r"(?is)^\s*with\s+(?:recursive\s+)?(\w+)")
_REPOSITORY = re.compile(r"(?:Repository|Model)<(\w+)>(?:\(\))?$")
_NO_TABLE = frozenset(
    "Object Array Buffer Map Set WeakMap WeakSet Promise Date JSON Math Reflect Number String Uint8Array URL Symbol "
    "Intl Observable Int32Array Float32Array Float64Array Uint16Array Iterator gsap axios fetch func".split()
)

PRISMA = frozenset(
    "findMany findUnique findFirst findUniqueOrThrow findFirstOrThrow create createMany createManyAndReturn update "
    "updateMany updateManyAndReturn upsert delete deleteMany count aggregate groupBy".split()
)
SURE = frozenset(
    "findMany findUnique findFirst findUniqueOrThrow findFirstOrThrow createMany createManyAndReturn".split()
)
MONGO = frozenset(
    "find find_one findOne findById findByIdAndUpdate findByIdAndDelete findByIdAndRemove findOneAndUpdate "
    "findOneAndDelete findOneAndReplace findOneAndRemove find_one_and_update find_one_and_delete "
    "find_one_and_replace aggregate insert_one insertOne insert_many insertMany update_one updateOne update_many "
    "updateMany delete_one deleteOne delete_many deleteMany count_documents countDocuments estimated_document_count "
    "estimatedDocumentCount distinct replace_one replaceOne exists bulk_write bulkWrite create where insert update "
    "remove save findAndModify".split()
)
ACTIVE = frozenset(
    "findAll findByPk findOrCreate findAndCountAll bulkCreate find_one get_or_none get_or_create".split()
)
_SURE_MONGO = frozenset(
    m for m in MONGO if "_" in m or "One" in m or "ById" in m or m in ("insertMany", "countDocuments")
)
SQL = frozenset(
    "query execute executemany execute_query fetch fetchrow fetchval fetchone fetchall fetch_one fetch_all "
    "fetch_val scalar scalars $queryRaw $queryRawUnsafe $executeRaw $executeRawUnsafe unsafe exec get run all "
    "prepare raw text iterate".split()
)
_TABLES = frozenset(
    "from from_ table rpc query select get insert update delete add select_from merge into selectFrom insertInto "
    "updateTable deleteFrom get_object_or_404 get_list_or_404 get_or_404 model getRepository refresh".split()
)
BUILDERS = frozenset(
    "select insert update upsert delete eq neq gt gte lt lte like ilike is is_ in in_ contains containedBy "
    "contained_by overlaps match filter filter_by where or or_ and_ not order order_by orderBy limit offset range "
    "single maybeSingle maybe_single execute returns csv throwOnError abortSignal textSearch text_search values set "
    "returning from innerJoin leftJoin rightJoin fullJoin join outerjoin options groupBy group_by having "
    "onConflictDoNothing onConflictDoUpdate distinct all first one one_or_none scalar scalars scalar_one "
    "scalar_one_or_none count exists get exclude annotate select_related prefetch_related values_list only defer "
    "last latest earliest aggregate sort skip lean populate exec to_list toArray batch_size hint with_for_update "
    "unique mappings fetchone fetchall fetchmany for_update projection countDocuments andWhere orWhere whereIn "
    "leftJoinAndSelect innerJoinAndSelect take getMany getOne getManyAndCount overrideTypes $dynamic as_scalar "
    "subquery get_or_404 first_or_404 one_or_404 and nor ne nin all_ select_from explain filter_none "
    "executeTakeFirst executeTakeFirstOrThrow selectAll paginate prepare run on_conflict_do_update "
    "on_conflict_do_nothing to_dict [:]".split()
)
# Calls that are handed a whole statement: they go on with its chain.
EXECUTES = (
    ".execute",
    ".scalar",
    ".scalars",
    ".exec",
    ".stream",
    ".fetch_one",
    ".fetch_all",
    ".fetch_val",
    ".stream_scalars",
)
_TAGS = ("sql", "sql()", "neon()", "postgres()", "postgres.default()")
_ANY = _TABLES | PRISMA | MONGO | SQL | BUILDERS | ACTIVE
MAKES_TABLE = (
    "pgTable",
    "mysqlTable",
    "sqliteTable",
    "pgTableCreator()",
    "createTable",
    "table",
    "Table",
    "model",
    "define",
)


def row_table(step: Step, owner: Value, called_back: bool = False) -> str:
    """The table or model whose rows a call answers with; `?` for SQL whose text is not known; empty for no rows.

    `owner` is what the method is called on, `called_back` whether a function of the app is what the call is handed
    (then `find` and `filter` are an array's).
    """
    method = step.method
    if method not in _ANY and not step.name.endswith(_TAGS) and ">()." not in step.name:
        return ""
    chained = step.receiver is not None and method in BUILDERS and not called_back
    if chained and step.receiver is not None and (inherited := _inherited(step.receiver)):
        return inherited
    return "" if called_back and method not in ("where", "query") else _begun(step, method, owner)


def _inherited(receiver: Step) -> str:
    origins = receiver.result.origins if receiver.result is not None else ()
    return next((o[4:] for o in sorted(origins) if o.startswith("row.") and o.count(".") == 1), "")


def _begun(step: Step, method: str, owner: Value) -> str:
    """The table of a call that begins a query."""
    first = step.args[0] if step.args else None
    before = step.name[: -len(method) - 1] if method else ""
    segment = before.rpartition(".")[2]
    if ".objects" in step.name:
        return step.name.split(".objects")[0].rpartition(".")[2]
    if kept := _REPOSITORY.search(before):
        return kept[1].removesuffix("Entity").removesuffix("Document") or kept[1]
    if segment == "query" and owner.operands and (model := model_name(owner.operands[0])):
        return model
    sql = method in SQL or "sql" in step.name[-6:] or step.name.endswith(("neon()", "postgres()"))
    if first is not None and sql and (found := sql_table(first)):
        return found
    names = method in _TABLES and segment not in _NO_TABLE and ".storage" not in before
    if first is not None and names and (found := _named_by(step, method, first, segment)):
        return found
    if method in PRISMA and (method in SURE or "prisma" in before.lower() or _is_db(before.rpartition(".")[0])):
        above, _, model = before.rpartition(".")
        sure = method in SURE or "prisma" in above.lower() or not _DB.search(model)
        if model.isidentifier():
            return model if above and model not in _NO_TABLE and sure else ""
    if method in MONGO or method in ACTIVE:
        return _collection(method, before, segment, owner)
    if (
        method in SQL
        and first is not None
        and (_DB.search(segment) or method.startswith("$"))
        and method not in ("get", "text")
    ):
        return "?" if first.op == "text" or not first.literal else ""
    return ""


def _is_db(name: str) -> bool:
    return bool(_DB.search(name.rpartition(".")[2]))


def _named_by(step: Step, method: str, first: Value, segment: str) -> str:
    """The table that a call names by its first argument: a text, a table object, a model."""
    text = first.constant if isinstance(first.constant, str) else ""
    if method == "rpc":
        return f"rpc:{text or '?'}" if text or _DB.search(segment) else ""
    if method in ("from", "from_", "table", "selectFrom", "insertInto", "updateTable", "deleteFrom", "into"):
        return (
            text.split(" ")[0].rpartition(".")[2] or model_name(first) or (_bare(first) if _DB.search(segment) else "")
        )
    if method == "model":
        return ""
    found = model_name(first)
    if found and (
        method not in ("get", "add", "merge", "delete", "update", "insert", "refresh")
        or not segment
        or _DB.search(segment)
    ):
        return found
    if method in ("insert", "update", "delete") and (_is_db(segment) or "drizzle" in step.name):
        return _bare(first)
    return _bare(first) if method in ("query", "select", "get_object_or_404") and _bare(first)[:1].isupper() else ""


def _bare(value: Value) -> str:
    name = value.name.removesuffix("()").rpartition(".")[2]
    return name if name.isidentifier() and not value.is_input else ""


def model_name(value: Value, deep: int = 3) -> str:
    """The table behind a value that is a model class, an object of one, a table object, or a column of one."""
    node = getattr(value.function, "node", None)
    if isinstance(node, t.Class):
        return table_name(node) if node.bases or node.decorators else ""
    made = value.step
    if made is not None and made.method in MAKES_TABLE and made.args and (value is made.result or value.op != "of"):
        named = made.args[0].constant
        if isinstance(named, str):
            return named
    if value.op == "of" and value.operands and deep:
        owner = value.operands[0]
        return "" if hasattr(owner.function, "fields") else model_name(owner, deep - 1)
    if (
        made is not None
        and made.args
        and made.method in ("count", "sum", "max", "min", "avg", "distinct", "alias", "aliased", "coalesce")
    ):
        return model_name(made.args[0], deep - 1) if deep else ""
    row = next((o for o in value.origins if o.startswith("row.") and o.count(".") == 1), "")
    return row[4:] if row and made is not None and not value.op else ""


def table_name(node: t.Class) -> str:
    """What a model class calls its table, or its own name."""
    for member in node.body:
        if isinstance(member, t.Assign) and isinstance(member.target, t.Name) and isinstance(member.value, t.Literal):
            named = member.value.value
            if member.target.id in ("__tablename__", "db_table") and isinstance(named, str):
                return named
    return node.name


def _defines(owner: Value, method: str) -> bool:
    """Whether a class of the app has a method of its own by that name."""
    node = getattr(owner.function, "node", None)
    return isinstance(node, t.Class) and any(isinstance(m, t.Function) and m.name == method for m in node.body)


def _collection(method: str, before: str, segment: str, owner: Value) -> str:
    """The collection or model that a document method is called on."""
    made = owner.step
    if made is not None and made.method.endswith("()"):
        made = made.receiver
    if (
        made is not None
        and made.method in ("collection", "get_collection", "model", "models", "define", "getRepository")
        and made.args
    ):
        text = made.args[0].constant
        return text if isinstance(text, str) else model_name(made.args[0]) or _bare(made.args[0]) or "?"
    if made is not None and made.result is not None and (found := _inherited(made)):
        return found
    if model := model_name(owner):
        return "" if _defines(owner, method) else model
    if not segment or segment.endswith(")") or segment in _NO_TABLE:
        return ""
    above = before[: -len(segment) - 1]
    if _is_db(above) or above.endswith(("[]", "models")) or _NAMED_DB.search(above):
        return segment
    return (
        segment
        if method in (_SURE_MONGO | ACTIVE) or (segment[:1].isupper() and method not in ("where", "remove"))
        else ""
    )


def sql_table(value: Value) -> str:
    """The table that an SQL statement is about; `?` where the text does not name it; empty where it is no SQL."""
    text = plain(value)
    if not _STATEMENT.match(text):
        return ""
    names = [m[1] for m in _NAMED.finditer(text)]
    temporary = _WITH.match(text)
    return next((n for n in names if temporary is None or n != temporary[1]), "?")
