"""What functions, triggers and deletions ask becomes statements of its own."""

from __future__ import annotations

from apprescue.lab.session import Session
from apprescue.methods import catalog
from apprescue.methods.advising.costs import explained
from apprescue.methods.advising.unseen import unseen
from apprescue.model.plan import Plan
from apprescue.model.workload import Drawn
from tests.methods.advising.imagined import ALICE, asked, opened

ID = "(select null::uuid)"


def found(session: Session, drawn: Drawn) -> list[str]:
    """The statements that one causes; each of them can be planned."""
    plan = Plan.of(explained(session, drawn, drawn.draws[0], "verbose, "))
    told = [one for one, why in unseen(catalog.read(session), [(drawn, plan)]) if why == drawn.statement]
    for one in told:
        explained(session, one, one.draws[0])
    return [" ".join(one.statement.sql.split()) for one in told]


def test_a_deletion_looks_for_what_hangs_on_the_row() -> None:
    with opened() as session:
        sql = 'select 1 from only "public"."comments" where "post" = (select null::bigint)'
        assert found(session, asked("delete from posts where id = 7", writes=True)) == [sql]
        assert found(session, asked("update posts set likes = 1 where id = 7", writes=True)) == []


def test_the_functions_of_a_policy() -> None:
    more = """
        create function public.is_fan(them uuid) returns boolean language sql stable security definer
          as $$ select exists (select 1 from public.follows where whom = them and who = $1) $$;
        create function public.likes_us(them uuid) returns boolean language plpgsql stable as $$
          declare best bigint; begin
            select max(p.likes) into best from public.posts p where p.author = likes_us.them;
            return best > 3 and public.is_fan(them);
          end $$;
        alter table public.comments enable row level security;
        create policy fans on public.comments for select to authenticated using (public.likes_us(author))"""
    with opened(more) as session:
        assert found(session, asked("select * from comments", (), who=ALICE)) == [
            f"select exists (select 1 from public.follows where whom = {ID} and who = {ID})",
            "select max(p.likes) from public.posts p where p.author = (select null::uuid)",
        ]
        assert found(session, asked("select * from comments")) == []


def test_the_functions_of_a_trigger_and_of_a_call() -> None:
    more = """
        create function public.count_them() returns trigger language plpgsql as $$ begin
          update public.posts set likes = likes + 1 where id = new.post and author <> new.author; return new; end $$;
        create trigger counted after insert on public.comments for each row execute function public.count_them();
        create function public.of_author(author uuid) returns setof public.posts language sql stable
          as $$ select * from public.posts p where p.author = $1 $$"""
    with opened(more) as session:
        assert found(session, asked(f"insert into comments (post, author) values (7, '{ALICE}')", writes=True)) == [
            f"update public.posts set likes = likes + 1 where id = (select null::bigint) and author <> {ID}"
        ]
        assert found(session, asked(f"select count(*) from of_author('{ALICE}')")) == [
            "select * from public.posts p where p.author = (select null::uuid)"
        ]
