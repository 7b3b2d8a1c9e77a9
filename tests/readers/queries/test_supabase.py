from tests.readers.queries.reading import queries_in, told

CLIENT = """
    import { createClient } from '@supabase/supabase-js';
    export const supabase = createClient(import.meta.env.VITE_URL, import.meta.env.VITE_SUPABASE_ANON_KEY);
    export const admin = createClient(process.env.URL, process.env.SUPABASE_SERVICE_ROLE_KEY);
"""
IMPORT = "import { supabase, admin } from './client';\n"


def read(text: str):
    return queries_in(IMPORT + text, client=CLIENT)


def test_a_chain_tells_its_filters_order_and_limit():
    (query,) = read("""
export async function recent(club) {
  const { data } = await supabase.from('games').select('id, title, coach:people!games_coach_fkey(name), scores(count)')
    .eq('club_id', club).in('state', ['open', 'won']).gte('played_at', 3).order('played_at').limit(20);
  return data.map((g) => g.id);
}""")
    assert told(query) == "select games club_id.eq state.in played_at.gte"
    assert query.columns == ("id", "title")
    assert query.embeds == ("people", "scores")
    assert (query.order, query.limit, query.paged, query.single) == (("played_at",), 20, False, False)
    assert query.as_whom == "browser"


def test_counts_single_rows_pages_and_writes():
    count, one, page, insert, update, delete, rpc = read("""
export const a = async () => supabase.from('games').select('*', { count: 'exact', head: true }).eq('x', 1);
export const b = async (id) => supabase.from('games').select().eq('id', id).maybeSingle();
export const c = async (from) => supabase.from('games').select('*').range(from, from + 9);
export const d = async (row) => supabase.from('games').insert({ title: row.title }).select().single();
export const e = async (id) => admin.from('games').update({ state: 'won' }).match({ id, club: 1 });
export const f = async (id) => supabase.from('games').delete().or(`id.eq.${id},and(a.eq.1,b.is.null)`);
export const g = async (id) => supabase.rpc('close_game', { game: id });
""")
    assert told(count) == "count games x.eq"
    assert one.single
    assert page.paged
    assert page.limit is None
    assert insert.operation == "insert"
    assert insert.written is not None
    assert "title" in (insert.written.fields or {})
    assert told(update) == "update games id.eq club.eq"
    assert update.as_whom == "service"
    assert told(delete) == "delete games id,a,b.or"
    assert told(rpc) == "rpc close_game"


def test_a_query_built_step_by_step_is_one_query():
    (query,) = read("""
export async function list(state, only) {
  let q = supabase.from('games').select('*');
  if (state) q = q.eq('state', state);
  if (only) { q = q.eq('mine', only); }
  const { data, error } = await q.order('id');
  if (error) throw error;
  return data.filter((g) => g.ok);
}""")
    assert told(query) == "select games state.eq mine.eq"
    assert query.order == ("id",)


def test_who_asks():
    first, second, third = queries_in(
        """
        import { createClient } from 'npm:@supabase/supabase-js@2';
        import { createServerClient } from '@supabase/ssr';
        Deno.serve(async (req) => {
          const mine = createClient(Deno.env.get('URL'), Deno.env.get('SUPABASE_ANON_KEY') ?? '',
            { global: { headers: { Authorization: req.headers.get('Authorization')! } } });
          await mine.from('a').select('*');
          const all = createClient(Deno.env.get('URL')!, Deno.env.get('SUPABASE_SERVICE_ROLE_KEY')!);
          await all.from('b').select('*');
          const page = createServerClient(url, key, { cookies });
          await page.from('c').select('*');
        });
        """
    )
    assert (first.as_whom, second.as_whom, third.as_whom) == ("user", "service", "user")


def test_in_python():
    list_, count = queries_in(
        """
        from supabase import create_client
        db = create_client(URL, os.environ["SUPABASE_SERVICE_KEY"])
        def games(club):
            found = db.table("games").select("*").eq("club", club).not_.is_("score", "null").limit(5).execute()
            for game in found.data:
                print(game["id"])
            db.table("games").select("*", count="exact", head=True).execute()
        """,
        "app/games.py",
    )
    assert told(list_) == "select games club.eq score.not.is"
    assert (list_.limit, list_.as_whom) == (5, "service")
    assert told(count) == "count games"


def test_look_alikes_are_no_queries():
    assert not read("""
export async function f(file) {
  await supabase.storage.from('covers').upload('a', file);
  await supabase.storage.from('covers').update('a', file);
  Array.from('abc').map((x) => x);
  Buffer.from('abc').toString('hex');
  supabase.channel('x').on('postgres_changes', {}, () => {}).subscribe();
}""")


def test_a_query_per_row_is_in_a_loop_and_one_per_element_of_a_short_list_is_not():
    rows, per_row, few = read("""
export async function f() {
  const { data } = await supabase.from('games').select('*').limit(50);
  await Promise.all(data.map(async (g) => { await supabase.from('scores').select('*').eq('game', g.id); }));
  for (const kind of ['a', 'b']) { await supabase.from('kinds').select('*').eq('kind', kind); }
}""")
    assert not rows.in_loop
    assert per_row.in_loop
    assert not few.in_loop
