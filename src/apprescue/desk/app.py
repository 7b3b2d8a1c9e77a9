"""The desk's addresses. Each page is made on the server and reads without JavaScript."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
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

    def page(title: str, inside: str, request: Request, *, live: bool = False) -> HTMLResponse:
        return HTMLResponse(pages.page(board.root.resolve().name, title, inside, request.url.path, live=live))

    def stood() -> Standing:
        known = board.now()
        if known is None:
            raise HTTPException(404, "No sprint was begun yet.")
        return known

    def overview(request: Request) -> Response:
        known = board.now()
        if known is None:
            return RedirectResponse("/intake", 303)
        return page("The sprint", pages.overview(known), request, live=True)

    def findings(request: Request) -> Response:
        return page("Findings", found.findings(stood(), dict(request.query_params)), request)

    def finding(request: Request) -> Response:
        inside = found.finding(stood(), request.path_params["key"])
        if inside is None:
            raise HTTPException(404, "No finding has that key.")
        return page("A finding", inside, request)

    def chapter(request: Request) -> Response:
        inside = pages.chapter(board.chapters(), request.path_params["name"])
        if inside is None:
            raise HTTPException(404, "There is no such chapter.")
        return page("The handover pack", inside, request)

    def decisions(request: Request) -> Response:
        return page("Decisions", found.decisions(stood()), request)

    async def decided(request: Request) -> Response:
        form = await request.form()
        kind, key, answer = (str(form.get(name, "")) for name in ("kind", "key", "answer"))
        known = await asyncio.to_thread(stood)
        keys = [one.key for one in known.asking if one.kind == kind] if key == "*" else [key]
        taken = [await asyncio.to_thread(board.decide, kind, one, answer == "yes") for one in keys]
        if answer not in ("yes", "no") or not all(taken):
            raise HTTPException(400, "Nobody asked for that.")
        return RedirectResponse("/decisions", 303)

    def pack(request: Request) -> Response:
        return page("The handover pack", pages.pack(board.pack(), board.chapters()), request)

    def file(request: Request) -> Response:
        known, name = board.pack(), request.path_params["name"]
        if name not in known.names:
            raise HTTPException(404, "The pack has no such file.")
        return FileResponse(known.folder / name, filename=name)

    def intake(request: Request) -> Response:
        told = {key: Answer(one) for key, one in request.query_params.items() if one in set(Answer)}
        return page("Does a rescue fit?", asked.intake(told), request)

    def static(request: Request) -> Response:
        if request.path_params["name"] not in STATIC:
            raise HTTPException(404)
        kind, parts = STATIC[request.path_params["name"]]
        text = "\n".join((files("apprescue") / part).read_text("utf-8") for part in parts)
        return Response(text, media_type=kind)

    def failed(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        answer = page("Not here", pages.note(error.detail), request)
        answer.status_code = error.status_code
        return answer

    def changed(request: Request) -> Response:
        return HTMLResponse(pages.CHANGED)

    async def events(request: Request) -> Response:
        return StreamingResponse(_changes(board, request), media_type="text/event-stream")

    return Starlette(
        routes=[
            Route("/", overview),
            Route("/findings", findings),
            Route("/findings/{key}", finding),
            Route("/chapters/{name}", chapter),
            Route("/decisions", decisions),
            Route("/decisions", decided, methods=["POST"]),
            Route("/pack", pack),
            Route("/pack/{name}", file),
            Route("/intake", intake),
            Route("/changed", changed),
            Route("/events", events),
            Route("/static/{name}", static),
        ],
        middleware=[Middleware(Guard, token=token)],
        exception_handlers={HTTPException: failed},
    )


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
