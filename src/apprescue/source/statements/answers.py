"""The answer of PostgREST around the rows of a statement: its text, how many there are, what was set for it."""

from __future__ import annotations

from apprescue.source.statements.request import Request

MAX_ROWS = 1000
"""More rows than that no answer has, as the platform sets it."""
SOURCE = "pgrst_source"
ANSWERED = (
    "nullif(current_setting('response.headers', true), '') AS response_headers, "
    "nullif(current_setting('response.status', true), '') AS response_status"
)


def body_of(request: Request, agg: str = "_postgrest_t") -> str:
    """How the rows become the answer's text."""
    if request.method == "HEAD":
        return "''::text"
    if "pgrst.object" in request.accept:
        return f"coalesce(json_agg({agg})->0, 'null')"
    if request.accept == "text/csv":
        keys = (
            f"SELECT json_object_keys(r)::text as k FROM ( SELECT row_to_json(hh) as r from {SOURCE} as hh limit 1) s"
        )
        rows = "string_agg(substring(_postgrest_t::text, 2, length(_postgrest_t::text) - 2), '\n')"
        return f"(SELECT coalesce(string_agg(a.k, ','), '') FROM ( {keys} ) a) || '\n' || coalesce({rows}, '')"
    return f"coalesce(json_agg({agg}), '[]')"


def counts(request: Request, counted: str) -> tuple[str, str]:
    """The part that counts all rows, and what stands for their number; with `planned` the plan is asked apart."""
    if "count=exact" in request.prefer:
        return f", {SOURCE}_count AS ({counted})", f"(SELECT pg_catalog.count(*) FROM {SOURCE}_count)"
    if "count=estimated" in request.prefer:
        limited = f", {SOURCE}_count AS ({counted} LIMIT {MAX_ROWS + 1})"
        return limited, f"(SELECT pg_catalog.count(*) FROM {SOURCE}_count)"
    return "", "null::bigint"
