"""The Join Order Benchmark's 113 queries on made-up rows: what they look for is there, as often as not, and skewed.

The schema and the queries are fetched. What a query compares a column with is read from its text and stands among the
column's values; films, people and companies have very many, some or no rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from apprescue.lab.postgres import Server
from apprescue.model.database import literal
from index_advice.case import Case, drawn, made, statement

ROWS = {
    "title": 60_000, "name": 60_000, "char_name": 50_000, "company_name": 8_000, "keyword": 6_000,
    "cast_info": 300_000, "movie_info": 180_000, "movie_info_idx": 60_000, "movie_keyword": 120_000,
    "movie_companies": 80_000, "aka_name": 30_000, "aka_title": 12_000, "person_info": 80_000, "movie_link": 3_000,
    "complete_cast": 6_000, "info_type": 113, "kind_type": 7, "company_type": 4, "role_type": 12, "link_type": 18,
    "comp_cast_type": 4,
}  # fmt: skip
SKEW = 1.3
OF = {
    "movie_id": "title", "linked_movie_id": "title", "person_id": "name", "person_role_id": "char_name",
    "role_id": "role_type", "company_id": "company_name", "company_type_id": "company_type", "keyword_id": "keyword",
    "info_type_id": "info_type", "kind_id": "kind_type", "link_type_id": "link_type", "subject_id": "comp_cast_type",
    "status_id": "comp_cast_type",
}  # fmt: skip
KINDS = ("info_type", "kind_type", "company_type", "role_type", "link_type", "comp_cast_type")
TABLE = re.compile(r"CREATE TABLE (\w+) \((.*?)\);", re.S | re.I)
ALIAS = re.compile(r"(\w+) AS (\w+)(?=,|\s+WHERE)", re.I)
ASKED = re.compile(
    r"(\w+)\.(\w+)\s*(?:=|!=|<>|>=?|<=?|NOT\s+LIKE|LIKE|(?:NOT\s+)?IN\s*\(|BETWEEN)\s*"
    r"((?:'(?:[^']|'')*'\s*(?:,|AND)?\s*)+)", re.I
)  # fmt: skip
TEXT = re.compile(r"'((?:[^']|'')*)'")


def queries(folder: Path) -> dict[str, str]:
    """The queries by name."""
    files = sorted(folder.glob("*[a-z].sql"), key=lambda file: (len(file.stem), file.stem))
    return {file.stem: file.read_text().strip().rstrip(";") for file in files if file.stem[0].isdigit()}


def looked_for(texts: dict[str, str]) -> dict[tuple[str, str], list[str]]:
    """What is looked for in each column; a pattern as a text that fits it."""
    found: dict[tuple[str, str], list[str]] = {}
    for text in texts.values():
        tables = {alias.lower(): table.lower() for table, alias in ALIAS.findall(text)}
        for alias, column, values in ASKED.findall(text):
            known = found.setdefault((tables[alias.lower()], column.lower()), [])
            known += [one.replace("''", "'").replace("%", " ").strip() for one in TEXT.findall(values)]
    return {key: list(dict.fromkeys(values)) for key, values in found.items()}


def _value(table: str, column: str, kind: str, rows: int, salt: int, wanted: list[str]) -> str:
    """A column's value in row number n."""
    if column == "id":
        return "n"
    if (of := OF.get(column)) is not None:
        key = f"(1 + {ROWS[of]} * power(made.u(n, {salt}), {SKEW if ROWS[of] > 200 else 2.5}))::int"
        return f"least({key}, {ROWS[of]})" if column != "person_role_id" else f"case when n % 3 > 0 then {key} end"
    if table in KINDS:
        names = wanted + [f"{table} {n}" for n in range(rows)]
        return f"({literal(names[:rows])})[n]"
    if column == "production_year":
        return f"case when n % 20 > 0 then 2019 - (110 * power(made.u(n, {salt}), 2.5))::int end"
    if column in ("episode_nr", "season_nr", "nr_order"):
        return f"case when n % 3 = 0 then made.int(n, {salt}, 1, 100) end"
    if kind.startswith("integer"):
        return f"case when n % 10 = 0 then made.int(n, {salt}, 1, {rows}) end"
    if table == "movie_info_idx":
        return (
            f"case when n % 2 = 0 then (made.int(n, {salt}, 10, 99) / 10.0)::numeric(3,1)::text"
            f" else (10 * power(10, 5 * made.u(n, {salt})))::int::text end"
        )
    plain = f"initcap(translate(left(md5((n + {salt})::text), 12), '0123456789', 'olehaninsu'))"
    if not wanted:
        return f"left({plain}, 5)" if "varying(5)" in kind else plain
    at = f"1 + floor({len(wanted)} * power(made.u(n, {salt}), 2))::int"
    if column in ("gender", "country_code", "name_pcode_cf", "imdb_index"):
        return f"case when n % 5 > 0 then ({literal(wanted)})[{at}] end"
    if column == "keyword":
        return f"case when n <= {len(wanted)} then ({literal(wanted)})[n] else {plain} || n end"
    mixed = f"({literal(wanted)})[{at}] || case when n % 2 = 0 then '' else ' ' || {plain} end"
    second = plain.replace("n +", "n * 7 +")
    return f"case when made.u(n, {salt + 500}) < 0.6 then {mixed} else {plain} || ' ' || {second} end"


def filling(schema: str, wanted: dict[tuple[str, str], list[str]]) -> Iterator[str]:
    """The rows, table by table."""
    for number, (table, body) in enumerate(TABLE.findall(schema)):
        columns = [line.split() for line in body.strip().split(",\n")]
        values = [
            _value(table, words[0], " ".join(words[1:]).lower(), ROWS[table], number * 20 + place,
                   wanted.get((table, words[0]), []))
            for place, words in enumerate(columns)
        ]  # fmt: skip
        yield f"insert into {table} select {', '.join(values)} from generate_series(1, {ROWS[table]}) n"


def case(server: Server, folder: Path, limit: float) -> Case:
    """The films."""
    schema, texts = (folder / "schema.sql").read_text(), queries(folder)
    empty, data, size = made(server, schema, filling(schema, looked_for(texts)))
    asked = tuple(drawn(statement(name, text), [()]) for name, text in texts.items())
    told = f"Join Order Benchmark: {len(asked)} queries with the values that they have, on {sum(ROWS.values()):,} rows"
    return Case("job", empty, data, size, asked, asked, limit, told)
