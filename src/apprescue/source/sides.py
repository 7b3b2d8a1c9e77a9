"""Whether a file runs in the visitor's browser or on a server."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

_SERVER = re.compile(
    r"(?:^|/)(?:supabase/functions|netlify/(?:edge-)?functions|functions|server|backend|workers?|cron|jobs|prisma|drizzle|"
    r"scripts|pages/api|api|migrations|seeds?)/|(?:^|/)(?:middleware|route|instrumentation|next\.config|vite\.config|"
    r"drizzle\.config|server)\.\w+$|\.server\.\w+$|(?:^|/)_?controllers?/"
)
_BROWSER = re.compile(r"(?:^|/)(?:client|frontend|web|public)/(?!.*(?:^|/)(?:api|server)/)")
_CLIENT_LINE = re.compile(r"""^\s*(?:(?://[^\n]*|/\*.*?\*/)\s*)*["']use client["']""", re.S)
_SERVER_LINE = re.compile(r"""^\s*(?:(?://[^\n]*|/\*.*?\*/)\s*)*["']use server["']""", re.S)


def side_of(path: str, files: Mapping[str, str]) -> str:
    """`browser` or `server` for a script at `path`: by its first line, its folder, and the manifest above it."""
    if path.endswith(".py"):
        return "server"
    text = files.get(path, "")
    if _CLIENT_LINE.match(text[:2000]):
        return "browser"
    if _SERVER_LINE.match(text[:2000]):
        return "server"
    if not path.endswith((".tsx", ".jsx")) and "createServerFn" in text:
        return "server"
    packages = _manifest_above(path, files)
    if '"next"' in packages:
        return "browser" if re.search(r"(?:^|/)(?:hooks|contexts?|store|stores)/", path) else "server"
    if _SERVER.search(path) and not re.search(r"(?:^|/)(?:src|client|frontend)/(?:lib/)?(?:api|server)/", path):
        return "server"
    if path.endswith((".tsx", ".jsx")) or _BROWSER.search(path):
        return "browser"
    shipped = any(name in packages for name in ('"vite"', '"react-scripts"', '"react-native"', '"expo"', '"react-dom"'))
    return "browser" if shipped and re.search(r"(?:^|/)src/", path) else "server"


def _manifest_above(path: str, files: Mapping[str, str]) -> str:
    folder = posixpath.dirname(path)
    while True:
        manifest = posixpath.join(folder, "package.json") if folder else "package.json"
        if manifest in files:
            return files[manifest]
        if not folder:
            return ""
        folder = posixpath.dirname(folder)
