"""What following an app's code finds out: the calls, their data, the guards before them."""

from __future__ import annotations

from textwrap import dedent

from apprescue.model.trace import Trace, Value
from apprescue.readers.routes import nextjs
from apprescue.source import known
from apprescue.source.closures import Closure
from apprescue.source.endpoint import NEXT, REQUEST, RESPONSE, request
from apprescue.source.flow import Flow
from apprescue.source.project import Project


def traced(
    text: str, name: str = "handler", given: tuple[Value, ...] = (REQUEST, RESPONSE, NEXT), **others: str
) -> Trace:
    """The trace of an exported function of `app.ts`; `others` are further modules by name."""
    files = {"app.ts": dedent(text), **{f"{k}.ts": dedent(v) for k, v in others.items()}}
    flow = Flow(Project(files))
    value = flow.exported("app.ts", name)
    assert value is not None
    assert isinstance(value.function, Closure)
    return flow.trace(value.function, given)


def names(trace: Trace) -> list[str]:
    return [step.name for step in trace.steps]


def kinds(trace: Trace) -> list[str]:
    return [guard.kind for guard in trace.guards]


DISPATCH = """
    const OPEN = ["/login", "/health"];
    export function handler(req, res) {
      if (OPEN.some((p) => req.path.startsWith(p))) return free();
      switch (req.method) {
        case "GET": return read();
        case "POST": return write();
      }
      return other();
    }
"""


def test_a_known_request_takes_one_way() -> None:
    assert names(traced(DISPATCH, given=(request("GET", "/x"), RESPONSE)))[-1] == "read"
    assert "write" not in names(traced(DISPATCH, given=(request("GET", "/x"), RESPONSE)))
    assert names(traced(DISPATCH, given=(request("PUT", "/x"), RESPONSE)))[-1] == "other"
    assert "read" not in names(traced(DISPATCH, given=(request("GET", "/login"), RESPONSE)))


def test_an_unknown_request_takes_every_way() -> None:
    assert {"free", "read", "write", "other"} <= set(names(traced(DISPATCH)))


def test_a_callback_of_a_verification_is_asked_for_its_error() -> None:
    text = """
        import jwt from "jsonwebtoken";
        export function handler(req, res, next) {
          jwt.verify(req.headers.token, SECRET, (err, user) => {
            %s
            next();
          });
        }
    """
    checked, unchecked = traced(text % "if (err) return res.sendStatus(401);"), traced(text % "")
    assert [g.kind for s in checked.steps if s.name == "next" for g in s.guards] == ["login"]
    assert not [g for s in unchecked.steps if s.name == "next" for g in s.guards]


def test_methods_bound_to_their_object_are_entered() -> None:
    text = """
        class Books { constructor() { this.db = open("books"); } list() { return this.db.find(); } }
        const books = new Books();
        const list = books.list.bind(books);
        export const handler = (req, res) => list(req, res);
    """
    assert names(traced(text))[-1] == "open().find"


def test_constructor_functions_make_objects() -> None:
    text = """
        function Books(db) { this.list = () => db.find(); }
        const books = new Books(connect());
        export const handler = () => books.list();
    """
    assert names(traced(text))[-1].endswith("find")


def test_modules_required_where_they_are_used() -> None:
    assert names(
        traced("export const handler = () => require('./store').load();", store="export function load() { read(); }")
    ) == ["read"]


def test_fields_of_base_classes() -> None:
    text = """
        class Base { table = open("rows"); }
        class Books extends Base { list() { return this.table.all(); } }
        const books = new Books();
        export const handler = () => books.list();
    """
    assert names(traced(text))[-1] == "open().all"


def test_an_object_keeps_what_is_spread_into_it_on_a_condition() -> None:
    text = """
        const where = (query) => ({ open: true, ...(query.street ? { street: query.street } : {}) });
        export const handler = (req) => db.list(where(req.query));
    """
    (given,) = traced(text).steps[-1].args
    assert given.fields is not None
    assert given.fields["street"].origins == {"query.street"}


def test_a_text_that_grows_is_made_of_what_it_was_and_what_came_on() -> None:
    trace = traced(
        """
        import { pool } from 'pg'
        export async function handler(req, res) {
            let text = 'select * from songs where mood = $1'
            if (req.query.tempo) text += ' and tempo = $2'
            text += ` limit ${req.query.limit}`
            await pool.query(text, [req.query.mood])
        }
        """
    )
    asked = next(s for s in trace.steps if s.method == "query").args[0]
    assert asked.is_input
    assert known.plain(asked).startswith("select * from songs")


def test_a_part_of_what_a_module_exports_whole_is_imported_by_name() -> None:
    store = """
        function Shelf(db) { this.all = (done) => db.collection("books").find({}).toArray(done); }
        module.exports = { Shelf };
    """
    text = """
        const { Shelf } = require("./store");
        export function handler(req, res) { new Shelf(db).all((err, books) => res.json(books)); }
    """
    assert "db.collection().find().toArray" in names(traced(text, store=store))


def test_a_callback_gets_the_error_first_and_then_the_rows() -> None:
    text = """
        export function handler(req, res, next) {
          const books = client.db().collection("books");
          books.findOne({ id: req.query.id }, (err, book) => {
            if (err) return next(err);
            res.json(book);
          });
          books.find({}).toArray((err, all) => res.send(all));
        }
    """
    sent = {s.method: s.args[0].all_origins for s in traced(text).steps if s.name.startswith(("response", "next"))}
    assert sent["json"] == sent["send"] == frozenset({"row.books"})
    assert sent["next"] == frozenset({"error"})


def test_a_list_holds_what_is_put_into_it() -> None:
    text = """
        const kept = [];
        export function handler(req, res) {
          const found = [];
          for (const book of await db.collection("books").find({}).toArray()) found.push({ title: book.title });
          kept.push(req.body);
          res.json(found);
          res.send(kept);
        }
    """
    sent = [s.args[0] for s in traced(text).steps if s.name.startswith("response")]
    assert sent[0].all_origins == frozenset({"row.books.title"})
    assert sent[1].all_origins == frozenset()


def test_what_is_called_later_stands_behind_the_guards_of_where_it_was_made() -> None:
    text = """
        export function handler(req, res) {
          if (!req.session.user) return res.sendStatus(401);
          socket.onmessage = () => db.collection("books").deleteMany({});
        }
    """
    step = next(s for s in traced(text).steps if s.method == "deleteMany")
    assert [g.kind for g in step.guards] == ["login"]


def test_a_header_that_every_client_sends_is_no_secret() -> None:
    text = """
        export function handler(req, res) {
          if (req.headers.get("upgrade") !== "websocket") return res.sendStatus(400);
          if (req.headers.get("x-app-key") !== "pine-42") return res.sendStatus(403);
        }
    """
    assert kinds(traced(text)) == ["secret"]


def guards_of_addresses(middleware: str, **others: str) -> dict[str, list[str]]:
    """The kinds of guards of `/api/staff` and `/api/songs` behind a Next.js middleware."""
    route = "export async function GET() { return Response.json([]) }"
    files = {
        "middleware.ts": dedent(middleware),
        "app/api/staff/route.ts": route,
        "app/api/songs/route.ts": route,
        **{f"{k}.ts": dedent(v) for k, v in others.items()},
    }
    found = nextjs.read(Flow(Project(files)))
    return {r.path: [g.kind for g in r.guards] for r in found}


def test_a_middleware_that_goes_through_long_lists_guards_the_addresses_in_them_alone() -> None:
    pages = ", ".join(f'"/page{n}"' for n in range(20))
    kinds = guards_of_addresses(
        """
        import { NextResponse } from 'next/server'
        import { getToken } from 'next-auth/jwt'
        import { closed } from './lists'
        function within(path, list) {
            return list.some((one) => path === one || path.startsWith(`${one}/`))
        }
        export async function middleware(request) {
            const path = request.nextUrl.pathname
            const token = await getToken({ req: request })
            if (within(path, closed) && !token) return NextResponse.json({ error: 'no' }, { status: 401 })
            return NextResponse.next()
        }
        """,
        lists=f"""
        export const groups = {{ fans: [{pages}], staff: ["/staff", "/api/staff"] }}
        export const closed = [...groups.fans, ...groups.staff]
        """,
    )
    assert kinds == {"/api/staff": ["login"], "/api/songs": []}


def test_the_row_of_the_callers_id_is_the_caller_also_where_its_query_is_a_text() -> None:
    trace = traced(
        """
        import { pool } from 'pg'
        import jwt from 'jsonwebtoken'
        async function who(id) {
            const found = await pool.query('SELECT id, name, is_staff FROM people WHERE id = $1', [id])
            return found.rows[0] || null
        }
        export async function handler(req, res) {
            const { id } = jwt.verify(req.cookies.token, process.env.SECRET)
            const person = await who(id)
            if (!person) return res.status(401).end()
            const song = await pool.query('SELECT singer_id FROM songs WHERE id = $1', [req.params.id])
            if (song.rows[0].singer_id !== person.id) return res.status(403).end()
            await pool.query('DELETE FROM songs WHERE id = $1', [req.params.id])
        }
        """
    )
    assert [g.kind for g in trace.steps[-1].guards][-1] == "ownership"


def test_a_thing_found_together_with_the_caller_makes_him_its_owner() -> None:
    trace = traced(
        """
        import { prisma } from '@prisma/client'
        import { auth } from 'next-auth'
        export async function handler(req, res) {
            const session = await auth()
            if (!session?.user?.id) return res.status(401).end()
            const link = await prisma.link.findUnique({ where: { id: req.params.id } })
            const shop = await prisma.shop.findFirst({ where: { slug: link.shopSlug, ownerId: session.user.id } })
            if (!shop) return res.status(403).end()
            await prisma.link.delete({ where: { id: req.params.id } })
        }
        """
    )
    assert "ownership" in [g.kind for g in trace.steps[-1].guards]
