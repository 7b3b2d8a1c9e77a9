"""Repairs of edge functions that anybody can call."""

from __future__ import annotations

import pytest

from tests.fixes.support import Repaired, repaired

NOTIFY = """
import { serve } from "https://deno.land/std@0.190.0/http/server.ts";
import { createClient } from "npm:@supabase/supabase-js@2";
import { Resend } from "npm:resend@2.0.0";

const corsHeaders = { "Access-Control-Allow-Origin": "*" };
const resend = new Resend(Deno.env.get("RESEND_API_KEY"));

serve(async (req) => {
  if (req.method === "OPTIONS") {
    return new Response(null, { headers: corsHeaders });
  }

  try {
    const db = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
    const { receiver, text } = await req.json();
    const { data } = await db.auth.admin.getUserById(receiver);
    await resend.emails.send({ from: "us@acme.test", to: data.user.email, subject: "News", html: text });
    return new Response("sent", { headers: corsHeaders });
  } catch (error) {
    return new Response("no", { status: 500, headers: corsHeaders });
  }
});
"""
GUARD = """\
    return new Response(null, { headers: corsHeaders });
  }

  const callerToken = (req.headers.get("Authorization") ?? "").replace("Bearer ", "");
  const callerDb = createClient(Deno.env.get("SUPABASE_URL") ?? "", Deno.env.get("SUPABASE_SERVICE_ROLE_KEY") ?? "");
  const { data: { user } } = await callerDb.auth.getUser(callerToken);
  if (!user) {
    return new Response(JSON.stringify({ error: "Unauthorized" }), {
      status: 401,
      headers: { ...corsHeaders, "Content-Type": "application/json" },
    });
  }

  try {
"""
WITH_KEY = '  if (!caller && callerToken !== Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")) {\n'
INVOKES = "supabase.functions.invoke('tell', { body: { receiver, text } })"
PAGE = f"""
import {{ supabase }} from './client';
import {{ useAuth }} from './auth';
export function useTell(receiver, text) {{
  const {{ user }} = useAuth();
  return async () => {{
    if (!user) throw new Error('Sign in first');
    await {INVOKES};
  }};
}}
"""
SERVER = """
import { createClient } from "npm:@supabase/supabase-js@2";
const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
Deno.serve(async (req) => {
  await admin.functions.invoke("tell", { body: { receiver: "x", text: "remember" } });
  return new Response("done");
});
"""
USER = "const { data: { user } } = await supabase.auth.getUser();\n  "
SESSION = "const { data: { session } } = await supabase.auth.getSession();\n  "
NAME = "supabase/functions/tell/index.ts"
RULES = """
create table public.posts (id uuid primary key, author_id uuid references auth.users (id), text text);
alter table public.posts enable row level security;
create policy own on public.posts for insert with check (auth.uid() = author_id);
"""


def after(page: str, path: str = "src/tell.ts", **more: str) -> Repaired:
    return repaired("access/require_caller", {NAME: NOTIFY, path: page, **more})


def test_what_signed_in_people_call_asks_who_they_are() -> None:
    done = after(PAGE)
    assert GUARD in done.files[NAME]
    assert done.left == []


def test_the_app_s_own_functions_are_let_in_by_their_key() -> None:
    done = after(PAGE, **{"supabase/functions/remind/index.ts": SERVER})
    assert WITH_KEY in done.files[NAME]
    assert [one for one in done.left if "tell" in str(one.place)] == []


def test_a_job_of_the_database_is_let_in_by_the_key_that_it_is_made_to_send() -> None:
    job = "select net.http_post(url := 'https://x.co/functions/v1/tell')"
    done = after(PAGE, **{"supabase/migrations/1_tell.sql": f"select cron.schedule('tell', '0 8 * * *', $${job}$$);"})
    assert WITH_KEY in done.files[NAME]
    assert [path for path in done.files if path.endswith("_send_key_to_tell.sql")]
    assert [one for one in done.left if "tell" in str(one.place)] == []


def _page(body: str, head: str = "") -> str:
    return (
        f"import {{ supabase }} from './client';\n{head}export async function tell(receiver, text) {{\n  {body}\n}}\n"
    )


FETCHES = "await fetch(`${url}/functions/v1/tell`, { headers: { Authorization: `Bearer ${session.access_token}` } });"
HELPER = f"export const send = (receiver, text) => {INVOKES};\n"


@pytest.mark.parametrize(
    "page",
    [
        _page(f"{USER}if (user) {{ await {INVOKES}; }}"),
        _page(f"{SESSION}log(session.user.id);\n  {INVOKES};"),
        _page(f"{SESSION}{FETCHES}"),
        _page(f"await supabase.from('posts').insert({{ text }});\n  await {INVOKES};"),
        HELPER + _page(f"{USER}if (!user) return;\n  send(1, 2);"),
    ],
)
def test_the_ways_in_which_a_page_shows_that_somebody_is_signed_in(page: str) -> None:
    assert after(page, **{"supabase/migrations/1_posts.sql": RULES}).left == []


@pytest.mark.parametrize(
    "page",
    [
        _page(f"await {INVOKES};"),
        _page(f"{USER}if (!user && !text) return;\n  {INVOKES};"),
        _page(f"{USER}log(user?.id);\n  {INVOKES};"),
        _page(f"{USER}if (user) log(user.id);\n  {INVOKES};"),
        _page(f"for (const user of await all()) {{ log(user.id); await {INVOKES}; }}"),
        _page("await fetch(`${url}/functions/v1/tell`, { headers: { Authorization: `Bearer ${ANON_KEY}` } });"),
        HELPER + _page(f"{USER}if (!user) return send(1, 2);"),
    ],
)
def test_what_guests_may_call_stays_open(page: str) -> None:
    used = "import { tell } from './tell';\ntell(1, 2);\n"
    done = after(
        page,
        **{"supabase/migrations/1_posts.sql": RULES.replace("auth.uid() = author_id", "true")},
        **{"src/b.ts": used},
    )
    assert done.patches == []


BUTTON = f"""
import {{ supabase }} from './client';
export function TellButton({{ receiver, text }}) {{
  return <button onClick={{() => {INVOKES}}}>Tell</button>;
}}
"""


@pytest.mark.parametrize(
    ("path", "more"),
    [
        ("src/pages/TellButton.tsx", {}),
        ("src/components/TellButton.tsx", {"src/all.ts": "export * from './components/TellButton';\n"}),
        ("src/components/TellButton.tsx", {"src/all.ts": "export const all = import.meta.glob('./components/*');\n"}),
    ],
)
def test_a_component_that_no_page_takes_along_fails_for_nobody(path: str, more: dict[str, str]) -> None:
    other = {"src/other.ts": PAGE.replace("useTell", "useOther"), "src/show.tsx": "useOther(1, 2);\n"}
    assert after(BUTTON, "src/components/TellButton.tsx", **other).left == []
    assert after(BUTTON, path, **other, **more).patches == []


def _screen(head: str, before: str = "") -> str:
    return f"""
import {{ supabase }} from './client';
export function Tell({{ receiver, text }}) {{
  const navigate = useNavigate();
  {head}
  const tell = async () => {{
    {before}
    await {INVOKES};
  }};
  return <button onClick={{tell}}>Tell</button>;
}}
"""


ROUTES = "import { Tell } from './pages/Tell';\nexport const App = () => <Routes>ROUTE</Routes>;\n"
ROUTE = "<Route element={<Tell />} />"


def _shown(route: str = ROUTE) -> dict[str, str]:
    return {
        "src/App.tsx": ROUTES.replace("ROUTE", route),
        "src/main.tsx": "import { App } from './App';\nrender(<App />);\n",
    }


ASKING = "supabase.auth.getSession()"
AWAY = "if (!loading && !session) window.location.href = '/sign-in';"
LEAVES = "if (!user) navigate('/login');"
PLAN = (
    "const [plan, setPlan] = useState<Plan | null>(null);\n  const load = async () => {\n    ASKED setPlan(data);\n  };"
)
OWN = PLAN.replace("ASKED", f"{USER}if (!user) return;")


HELD = (
    "const [user, setUser] = useState<User | null>(null);\n"
    "  useEffect(() => { supabase.auth.onAuthStateChange((_, session) => { setUser(session?.user ?? null); }); }, []);"
)


@pytest.mark.parametrize(
    ("head", "before"),
    [
        (f"const {{ user, loading }} = useAuth();\n  useEffect(() => {{ {LEAVES} }}, [user]);", ""),
        (f"const check = async () => {{ {USER}{LEAVES} }};\n  useEffect(() => {{ check(); }}, []);", ""),
        (f"useEffect(() => {{ {ASKING}.then(({{ data: {{ session }} }}) => {{ {AWAY} }}); }}, []);", ""),
        (OWN, "if (!plan) return;"),
        (HELD, "if (!user) {\n    setAsking(true);\n    return;\n  }"),
    ],
)
def test_a_page_that_sends_guests_away_or_holds_nothing_for_them_is_not_for_them(head: str, before: str) -> None:
    assert after(_screen(head, before), "src/pages/Tell.tsx", **_shown()).left == []


@pytest.mark.parametrize(
    ("head", "before"),
    [
        ("const { user } = useAuth();\n  const buy = () => { if (!user) navigate('/login'); };", ""),
        ("const { user } = useAuth();\n  useEffect(() => { if (!user) navigate('/authors'); }, [user]);", ""),
        ("const { user } = useAuth();\n  useEffect(() => { if (!user && !text) navigate('/auth'); }, [user]);", ""),
        (PLAN.replace("ASKED", "const data = await all();"), "if (!plan) return;"),
        (f"{OWN}\n  const show = (one) => setPlan(one);", "if (!plan) return;"),
        (OWN, ""),
        (HELD, ""),
        (HELD.replace("session?.user ?? null", "rows[0]"), "if (!user) return;"),
        (f"{HELD}\n  const visit = () => setUser(guest);", "if (!user) return;"),
    ],
)
def test_a_page_that_guests_see_stays_open_to_them(head: str, before: str) -> None:
    assert after(_screen(head, before), "src/pages/Tell.tsx", **_shown()).patches == []


def test_what_is_shown_inside_of_a_gate_is_for_signed_in_people() -> None:
    gate = "<Route element={<ProtectedRoute />}>"
    for route, patched in ((f"{gate}{ROUTE}</Route>", True), (f"{gate}</Route>{ROUTE}", False)):
        assert bool(after(_screen(""), "src/pages/Tell.tsx", **_shown(route)).patches) is patched


def test_a_name_that_is_handed_on_is_called_where_it_is_given() -> None:
    tell = f"{SESSION}await run('tell', {{}});"
    wrapper = "const run = (what: string, body) => supabase.functions.invoke(what, { body });\n"
    shown = "log(session.user.id);\n  "
    compared = "const busy = (what) => what === 'tell';\n"
    assert after(_page(tell.replace("await run", f"{shown}await run"), wrapper + compared)).left == []
    used = {"src/b.ts": "import { tell } from './tell';\ntell(1, 2);\n"}
    assert after(_page(tell, wrapper), **used).patches == []
    unknown = wrapper.replace("(what, {", "(pick(what), {")
    assert after(_page(tell.replace("await run", f"{shown}await run"), unknown), **used).patches == []


DEFAULT = _screen("").replace("export function", "export default function")
LAZY = "const Tell = lazy(() => import('./pages/Tell'));\nexport const App = () => <Routes>ROUTE</Routes>;\n"


def test_a_page_is_found_under_each_name_by_which_it_is_taken_along() -> None:
    gated = {"src/App.tsx": LAZY.replace("ROUTE", "<ProtectedRoute><Tell /></ProtectedRoute>")}
    assert after(DEFAULT, "src/pages/Tell.tsx", **gated).left == []
    other = "import Write from './pages/Tell';\nexport const Open = () => <Write />;\nrender(<Open />);\n"
    assert after(DEFAULT, "src/pages/Tell.tsx", **gated, **{"src/open.tsx": other}).patches == []
    exported = _screen("").replace("export function", "function") + "export default memo(Tell);\n"
    assert after(exported, "src/pages/Tell.tsx", **gated).left == []


def test_what_is_named_in_remarks_and_logs_alone_is_called_by_nobody() -> None:
    service = f"""
export class Notes {{
  static async passOn(receiver, text) {{
    try {{ await {INVOKES}; }} catch (error) {{ console.error('Error in passOn:', error); }}
  }}
}}
// Notes.passOn(1, 2);
"""
    assert after(service, "src/lib/notes.ts").left == []
    assert (
        after(service, "src/lib/notes.ts", **{"src/b.ts": "const { passOn } = Notes;\npassOn(1, 2);\n"}).patches == []
    )


def test_what_looks_who_calls_for_guests_too_is_left() -> None:
    open_too = NOTIFY.replace("const { receiver", "const who = await db.auth.getUser(key);\n    const { receiver")
    assert repaired("access/require_caller", {NAME: open_too, "src/tell.ts": PAGE}).patches == []


PAY = """
import { createClient } from "npm:@supabase/supabase-js@2";
import Stripe from "npm:stripe";
const stripe = new Stripe(Deno.env.get("STRIPE_SECRET_KEY")!);
Deno.serve(async (req) => {
  const db = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
  const { payoutId } = await req.json();
  const { data: payout } = await db.from("payouts").select("*").eq("id", payoutId).single();
  await stripe.transfers.create({ amount: payout.amount, currency: "usd", destination: payout.account });
  await db.from("payouts").update({ status: "paid" }).eq("id", payoutId);
  return new Response("paid");
});
"""
LIST = """
import { createClient } from "npm:@supabase/supabase-js@2";
Deno.serve(async (req) => {
  const db = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
  const { data: { user } } = await db.auth.getUser(req.headers.get("Authorization")!.replace("Bearer ", ""));
  if (!user) return new Response("no", { status: 401 });
  const { data: boss } = await db.ASKED
  if (TEST) return new Response("no", { status: 403 });
  const { data } = await db.from("payouts").select("*");
  return new Response(JSON.stringify(data));
});
"""
STAFF = {
    "supabase/functions/pay/index.ts": PAY,
    "src/admin/payouts.ts": """
        import { supabase } from '../client';
        export const pay = (payoutId) => supabase.functions.invoke('pay', { body: { payoutId } });
    """,
}


@pytest.mark.parametrize(
    ("query", "test"),
    [
        ('from("people").select("is_admin").eq("id", user.id).maybeSingle()', "!staff?.is_admin"),
        ('from("people").select("role").eq("id", user.id).maybeSingle()', 'staff?.role !== "admin"'),
        ('from("roles").select("role").eq("user_id", user.id).eq("role", "admin").limit(1).maybeSingle()', "!staff"),
        ('rpc("has_role", { _user_id: user.id, _role: "admin" })', "!staff"),
    ],
)
def test_what_the_staff_s_pages_call_asks_for_the_role_as_other_functions_do(query: str, test: str) -> None:
    asking = LIST.replace("ASKED", query).replace("TEST", test.replace("staff", "boss"))
    done = repaired("access/require_caller", {**STAFF, "supabase/functions/list/index.ts": asking})
    text = done.files["supabase/functions/pay/index.ts"]
    assert f"const {{ data: staff }} = await callerDb.{query};\n  if ({test}) {{\n" in text
    assert [one for one in done.left if "pay" in str(one.place)] == []


def test_the_staff_s_role_is_known_from_the_row_rules() -> None:
    rules = """
        create function public.has_role(_user_id uuid, _role text) returns boolean language sql security definer
        as $$ select exists (select 1 from public.roles where user_id = _user_id and role = _role) $$;
        create table public.notes (id uuid primary key, text text);
        alter table public.notes enable row level security;
        create policy staff on public.notes for all using (public.has_role(auth.uid(), 'admin'));
    """
    done = repaired("access/require_caller", {**STAFF, "supabase/migrations/1_notes.sql": rules})
    text = done.files["supabase/functions/pay/index.ts"]
    assert 'callerDb.rpc("has_role", { _user_id: user.id, _role: "admin" });\n  if (!staff) {' in text
