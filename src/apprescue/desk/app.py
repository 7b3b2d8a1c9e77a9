"""The desk's addresses. Each page is made on the server and reads without JavaScript."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from importlib.resources import files
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from apprescue.desk import findings as found
from apprescue.desk import intake as asked
from apprescue.desk import pages
from apprescue.desk.board import Board
from apprescue.desk.guard import Guard
from apprescue.model.intake import Answer
from apprescue.model.sprint import Standing
from apprescue.sprint.ledger import LedgerError
from apprescue.sprint.suppressions import Suppression

LOOKS = 0.5
"""Seconds between two looks into the ledger for what is new."""
KEEPS = 30
"""After so many looks without anything new, a sign of life is sent."""
STATIC = {
    "desk.css": ("text/css", ("reports/page/style.css", "reports/page/pack.css", "desk/static/desk.css")),
    "desk.js": ("text/javascript", ("desk/static/htmx.min.js", "desk/static/sse.js")),
}


def desk(root: Path, token: str) -> Starlette:
    """The desk of the app in a folder; `token` opens it."""
    board = Board(root)
    board.now()  # a long ledger is read before the first page is asked for
    shown = _Pages(board)
    return Starlette(
        routes=[
            Route("/", shown.overview),
            Route("/findings", shown.findings),
            Route("/findings/{key}", shown.finding),
            Route("/findings/{key}", shown.accepted, methods=["POST"]),
            Route("/chapters/{name}", shown.chapter),
            Route("/decisions", shown.decisions),
            Route("/decisions", shown.decided, methods=["POST"]),
            Route("/pack", shown.pack),
            Route("/pack/{name:path}", shown.file),
            Route("/intake", shown.intake),
            Route("/intake", shown.answered, methods=["POST"]),
            Route("/changed", _changed),
            Route("/events", shown.events),
            Route("/static/{name}", _static),
        ],
        middleware=[Middleware(Guard, token=token)],
        exception_handlers={HTTPException: shown.failed},
    )


class _Pages:
    """What each address answers."""

    def __init__(self, board: Board) -> None:
        self._board = board

    def _page(self, title: str, inside: str, request: Request, *, live: bool = False) -> HTMLResponse:
        name = self._board.root.resolve().name
        return HTMLResponse(pages.page(name, title, inside, request.url.path, live=live))

    def _stood(self) -> Standing:
        known = self._board.now()
        if known is None:
            raise HTTPException(404, "No sprint was begun yet.")
        return known

    def overview(self, request: Request) -> Response:
        known = self._board.now()
        if known is None:
            return RedirectResponse("/intake", 303)
        return self._page("The sprint", pages.overview(known), request, live=True)

    def findings(self, request: Request) -> Response:
        return self._page("Findings", found.findings(self._stood(), dict(request.query_params)), request)

    def finding(self, request: Request) -> Response:
        inside = found.finding(self._stood(), request.path_params["key"])
        return self._page("A finding", _there(inside, "No finding has that key."), request)

    async def accepted(self, request: Request) -> Response:
        form, key = await request.form(), request.path_params["key"]
        reason, owner, until = (" ".join(str(form.get(name, "")).split()) for name in ("reason", "owner", "expires"))
        try:
            expires = date.fromisoformat(until)
        except ValueError:
            raise HTTPException(400, "A day is needed, such as 2026-12-31.") from None
        if not reason or not owner or expires < date.today():
            raise HTTPException(400, "A reason, a name and a day to come are needed.")
        if not await asyncio.to_thread(self._board.accept, Suppression(key, reason, owner, expires)):
            raise HTTPException(404, "No open finding has that key.")
        return RedirectResponse(f"/findings/{key}", 303)

    def chapter(self, request: Request) -> Response:
        inside = pages.chapter(self._board.chapters(), request.path_params["name"])
        return self._page("The handover pack", _there(inside, "There is no such chapter."), request)

    def decisions(self, request: Request) -> Response:
        return self._page("Decisions", found.decisions(self._stood()), request)

    async def decided(self, request: Request) -> Response:
        form = await request.form()
        kind, key, answer = (str(form.get(name, "")) for name in ("kind", "key", "answer"))
        known = await asyncio.to_thread(self._stood)
        keys = [one.key for one in known.asking if one.kind == kind] if key == "*" else [key]
        said = answer in ("yes", "no")
        if not said or not all([await asyncio.to_thread(self._board.decide, kind, k, answer == "yes") for k in keys]):
            raise HTTPException(400, "Nobody asked for that.")
        return RedirectResponse("/decisions", 303)

    def pack(self, request: Request) -> Response:
        return self._page("The handover pack", pages.pack(self._board.pack(), self._board.chapters()), request)

    def file(self, request: Request) -> Response:
        known, name = self._board.pack(), request.path_params["name"]
        if name not in known.names:
            raise HTTPException(404, "The pack has no such file.")
        return FileResponse(known.folder / name, filename=Path(name).name)

    def intake(self, request: Request) -> Response:
        inside = asked.intake(self._board.answers(), self._board.now() is not None)
        return self._page("Does a rescue fit?", inside, request)

    async def answered(self, request: Request) -> Response:
        form = await request.form()
        told = {one.key: str(form.get(one.key, Answer.UNKNOWN)) for one in asked.ASKED}
        if not set(told.values()) <= set(Answer):
            raise HTTPException(400, "Each answer is yes, no or unknown.")
        try:
            await asyncio.to_thread(self._board.keep, {key: Answer(one) for key, one in told.items()})
        except LedgerError as error:
            raise HTTPException(409, str(error)) from None
        return RedirectResponse("/intake", 303)

    def failed(self, request: Request, error: Exception) -> Response:
        told, status = (error.detail, error.status_code) if isinstance(error, HTTPException) else ("", 500)
        answer = self._page("Not here", pages.note(told), request)
        answer.status_code = status
        return answer

    async def events(self, request: Request) -> Response:
        return StreamingResponse(_changes(self._board, request), media_type="text/event-stream")


def _there(inside: str | None, otherwise: str) -> str:
    if inside is None:
        raise HTTPException(404, otherwise)
    return inside


def _changed(request: Request) -> Response:
    return HTMLResponse(pages.CHANGED)


def _static(request: Request) -> Response:
    if request.path_params["name"] not in STATIC:
        raise HTTPException(404)
    kind, parts = STATIC[request.path_params["name"]]
    text = "\n".join((files("apprescue") / part).read_text("utf-8") for part in parts)
    return Response(text, media_type=kind)


async def _changes(board: Board, request: Request) -> AsyncIterator[str]:
    """One event for each time that the ledger grew."""
    seen, quiet = await asyncio.to_thread(board.last), 0
    yield ": here\n\n"
    while not await request.is_disconnected():
        await asyncio.sleep(LOOKS)
        last = await asyncio.to_thread(board.last)
        quiet = 0 if last != seen else quiet + 1
        if last != seen:
            seen = last
            await asyncio.to_thread(board.now)
            yield f"event: changed\ndata: {last}\n\n"
        elif quiet % KEEPS == 0:
            yield ": still here\n\n"
