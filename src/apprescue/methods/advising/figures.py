"""What the server's statistics say of columns: how many different values, how wide, how many rows."""

from __future__ import annotations

from dataclasses import dataclass, field

from apprescue.model.database import Database

COLUMNS = """
select schemaname || '.' || tablename, attname::text, n_distinct::float8, avg_width::int, null_frac::float8
  from pg_stats where schemaname not in ('pg_catalog', 'information_schema')"""
ROWS = """
select n.nspname || '.' || c.relname, greatest(c.reltuples, 0)::float8, greatest(c.relpages, 0)::int8
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
 where c.relkind in ('r', 'm', 'p') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')"""
WIDTH = 16
FEW_VALUES = 20


@dataclass(frozen=True)
class Figures:
    """The statistics of all relations (`schema.name`), by relation and column where they are of a column."""

    rows: dict[str, float] = field(default_factory=dict)
    pages: dict[str, int] = field(default_factory=dict)
    columns: dict[tuple[str, str], tuple[float, int, float]] = field(default_factory=dict)

    @staticmethod
    def of(database: Database) -> Figures:
        """The statistics that a database holds."""
        sizes = database.query(ROWS)
        return Figures(
            {name: float(rows) for name, rows, _ in sizes},
            {name: int(pages) for name, _, pages in sizes},
            {(name, column): (float(n), int(w), float(f)) for name, column, n, w, f in database.query(COLUMNS)},
        )

    def distinct(self, relation: str, key: str) -> float:
        """How many different values a key has; for an expression, or where nothing is known, a tenth of the rows."""
        rows = self.rows.get(relation, 0.0)
        told = self.columns.get((relation, plain(key)), (-0.1, WIDTH, 0.0))[0]
        return told if told > 0 else max(1.0, -told * rows)

    def width(self, relation: str, key: str) -> int:
        """How many bytes a value of a key has on average."""
        return self.columns.get((relation, plain(key)), (0.0, WIDTH, 0.0))[1]

    def is_state(self, relation: str, key: str) -> bool:
        """Whether a column holds one of few values, as a state does."""
        known = self.columns.get((relation, plain(key)))
        return known is None or 0 <= known[0] <= FEW_VALUES


def plain(key: str) -> str:
    """The name of a column without its quotes; an expression as it is."""
    return key[1:-1].replace('""', '"') if key.startswith('"') else key
