"""What watches the app: error trackers, loggers, error handlers, boundaries, health addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.model.app import App, Watch
from apprescue.model.place import Code
from apprescue.source.project import Project
from apprescue.source.texts import has_any

_TRACKER = re.compile(
    r"^(?:@sentry/|sentry[-_]sdk|@bugsnag/|bugsnag|rollbar|@rollbar/|@honeybadger|@datadog|dd-trace|newrelic|@highlight-run|"
    r"raygun|@appsignal|@axiomhq|@logtail|@opentelemetry|posthog)"
)
_TRACKER_ADDRESS = re.compile(r"sentry-cdn|(?:npm|jsr):@sentry/\w+|deno\.land/x/sentry|esm\.sh/@sentry/\w+")
_LOGGER = re.compile(r"^(?:pino|winston|bunyan|morgan|express-winston|loguru|structlog|consola|@axiomhq/|@logtail/)")
_BOUNDARY = re.compile(
    r"componentDidCatch|getDerivedStateFromError|react-error-boundary|Sentry\.ErrorBoundary|withErrorBoundary"
)
_BOUNDARY_SIGNS = ("componentDidCatch", "getDerivedStateFromError", "react-error-boundary", "ErrorBoundary")
_HANDLER = re.compile(
    r"\(\s*(?:err|error|e)\b[^,)]*,\s*_?req\w*[^,)]*,\s*_?res\w*[^,)]*,\s*_?next|\.onError\(|setErrorHandler\(|exception_handler\(|"
    r"@\w+\.errorhandler|ExceptionFilter|EXCEPTION_HANDLER"
)
_HANDLER_SIGNS = ("next", "onError(", "rrorHandler(", "_handler(", ".errorhandler", "ExceptionFilter", "EXCEPTION_")
_HEALTH = re.compile(r"(?i)(?:^|/)(?:health\w*|ready|readyz|livez?|ping|status)/?$")


def read(app: App, project: Project) -> dict[str, tuple[Watch, ...]]:
    """Everything that was seen."""
    return {"watches": tuple(_seen(app))}


def _seen(app: App) -> Iterator[Watch]:
    for package in app.packages:
        if _TRACKER.match(package.name):
            yield Watch("tracker", package.name, package.place)
        if _LOGGER.match(package.name):
            yield Watch("logger", package.name, package.place)
    for path, text in app.files.items():
        if not path.endswith((".ts", ".tsx", ".js", ".jsx", ".py", ".html")):
            continue
        if path.rpartition("/")[2] in ("error.tsx", "global-error.tsx", "error.jsx", "error.js"):
            yield Watch("boundary", "error page", Code(path))
        for kind, signs, pattern in (
            ("boundary", _BOUNDARY_SIGNS, _BOUNDARY),
            ("error_handler", _HANDLER_SIGNS, _HANDLER),
            ("tracker", ("sentry",), _TRACKER_ADDRESS),
        ):
            if has_any(text, signs) and (found := pattern.search(text)):
                yield Watch(kind, found[0][:40], Code(path, text.count("\n", 0, found.start()) + 1))
    for route in app.routes:
        if _HEALTH.search(route.path):
            yield Watch("health", str(route), route.place)
