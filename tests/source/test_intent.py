"""What an app is meant to allow: what is inferred of look-alikes, and what must stay open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apprescue.model.access import Actor
from apprescue.model.app import App
from apprescue.model.catalog import Attribute, Bin, Catalog, Reference, Relation, Routine, Rule
from apprescue.model.intent import Intent, Meant, Through
from apprescue.model.place import Code
from apprescue.model.schema import Bucket, Column, DbFunction, ForeignKey, Policy, Schema, Table
from apprescue.source.intent import infer
from apprescue.source.intent_questions import MOST
from apprescue.source.intent_words import for_whom
from apprescue.sprint.read import read

ANON, STRANGER, OWNER, SUBSCRIBER = Actor.ANON, Actor.STRANGER, Actor.OWNER, Actor.SUBSCRIBER

PROFILES = """
create table public.profiles (id uuid primary key references auth.users(id), name text, bio text, {columns});
alter table public.profiles enable row level security;
create policy "Profiles are viewable by everyone" on public.profiles for select using (true);
create policy "Users can update own profile" on public.profiles for update using (auth.uid() = id);
"""


def app_of(sql: str, **files: str) -> App:
    return read({"supabase/migrations/001_start.sql": sql, **files})[0]


def meant_of(sql: str, table: str, **files: str) -> Meant:
    return infer(app_of(sql, **files)).of(f"public.{table}")


def table(name: str, columns: str, *policies: str) -> str:
    """SQL of a table with row rules, each written `name | command | using | check`."""
    made = f"create table public.{name} (id uuid primary key default gen_random_uuid(), {columns});\n"
    made += f"alter table public.{name} enable row level security;\n"
    for policy in policies:
        title, command, using, *check = (part.strip() for part in policy.split("|"))
        made += f'create policy "{title}" on public.{name} for {command}'
        made += f" using ({using})" if using else ""
        made += f" with check ({check[0]})" if check else ""
        made += ";\n"
    return made


USER = "user_id uuid references auth.users(id)"
OWN = "auth.uid() = user_id"


# Who may read


@pytest.mark.parametrize(
    ("sql", "name"),
    [
        (PROFILES.format(columns="avatar_url text"), "profiles"),
        (table("posts", f"{USER}, content text", "Users can view all posts | select | true"), "posts"),
        (table("categories", "name text", "Enable read access for all users | select | true"), "categories"),
        (table("plans", "name text, price int", "plans_select | select | true"), "plans"),
        (table("likes", f"{USER}, post_id uuid", "Users can view all likes | select | true"), "likes"),
        (table("reviews", f"{USER}, rating int", "Reviews are public | select | true"), "reviews"),
        (table("polls", f"{USER}, title text", "polls_read | select | true"), "polls"),
        (
            table("service_areas", "city text", "Anyone can view service areas | select | true"),
            "service_areas",
        ),
        (
            table(
                "chat_messages", f"{USER}, stream_id uuid, body text", "Chat is viewable by everyone | select | true"
            ),
            "chat_messages",
        ),
    ],
)
def test_what_such_apps_show_to_visitors_is_public(sql: str, name: str) -> None:
    meant = meant_of(sql, name)
    assert meant.may_read(ANON) is True
    assert meant.may_read(STRANGER) is True


@pytest.mark.parametrize(
    ("sql", "name"),
    [
        (table("wallets", f"{USER}, balance int", "Users can view their own wallet | select | true"), "wallets"),
        (table("keys", "private_key text", "Users can view their own keys | select | true"), "keys"),
        (table("subscriptions", f"{USER}, tier text", "Service role can manage | all | true"), "subscriptions"),
        (table("recommendations", f"{USER}, item text", "System can manage rows | all | true"), "recommendations"),
        (
            table(
                "messages",
                "sender_id uuid references auth.users(id), recipient_id uuid references auth.users(id), content text",
                "Anyone can read | select | true",
            ),
            "messages",
        ),
        (table("contact_messages", "email text, body text", "read | select | true"), "contact_messages"),
        (table("notes", f"{USER}, body text", f"Users see own notes | select | {OWN}"), "notes"),
    ],
)
def test_what_is_only_its_owners_business_is_not_for_strangers(sql: str, name: str) -> None:
    meant = meant_of(sql, name)
    assert meant.may_read(ANON) is False
    assert meant.may_read(OWNER, own=True) is True


def test_what_nothing_tells_stays_open_and_is_asked() -> None:
    intent = infer(app_of(table("gadgets", f"{USER}, size int", "g1 | select | true")))
    assert intent.of("public.gadgets").may_read(ANON) is None
    assert [q.key for q in intent.questions] == ["tables.gadgets.public"]


def test_money_that_a_rule_calls_public_is_asked_not_accused() -> None:
    sql = table("donations", f"{USER}, amount int", "Anyone can view donations | select | true")
    assert meant_of(sql, "donations").may_read(ANON) is None


def test_a_rules_condition_says_which_rows_are_public() -> None:
    meant = meant_of(
        table("articles", f"{USER}, status text, body text", "Published is public | select | status = 'published'"),
        "articles",
    )
    assert "status = 'published'" in meant.public_when
    assert meant.may_read(ANON, shown=True) is True
    assert meant.may_read(ANON, shown=False) is False


def test_rules_that_also_ask_who_calls_show_their_rows_to_all() -> None:
    sql = table(
        "tracks",
        f"{USER}, status text, album_id uuid",
        "Anyone can view released | select | status = 'released'",
        "Anyone can view of open albums | select | exists (select 1 from albums a where a.id = tracks.album_id and "
        "(a.open or a.maker = auth.uid()))",
    )
    assert "a.maker" in meant_of(sql, "tracks").public_when


def test_locked_content_is_for_those_who_paid_though_the_rule_shows_all() -> None:
    sql = table("posts", f"{USER}, title text, content text, is_locked boolean", "posts_public | select | true")
    meant = meant_of(sql, "posts")
    assert meant.may_read(ANON, shown=False, column="content") is False
    assert meant.may_read(ANON, shown=False, column="title") is True
    assert meant.may_read(SUBSCRIBER, shown=False) is True
    assert meant.may_read(ANON, shown=True, column="content") is True


def test_members_may_read_what_visitors_may_not() -> None:
    sql = "create table public.creators (id uuid primary key, name text);"
    sql += "alter table public.creators enable row level security;"
    sql += 'create policy "Creators are readable" on public.creators for select to authenticated using (true);'
    meant = meant_of(sql, "creators")
    assert (meant.may_read(ANON), meant.may_read(STRANGER)) == (False, True)


def test_who_is_signed_in_may_read_what_visitors_may_read() -> None:
    sql = table("creators", f"{USER}, name text, hidden boolean", "Creators are public | select | true")
    sql += 'create policy "Members" on public.creators for select to authenticated using (hidden = false);'
    meant = meant_of(sql, "creators")
    assert meant.shared_when == meant.public_when
    assert meant.may_read(STRANGER, shown=False) is meant.may_read(ANON, shown=False)


def test_visitors_see_some_and_members_all() -> None:
    sql = table("profiles", f"{USER}, kind text")
    sql += "create policy \"Creators\" on public.profiles for select to anon using (kind = 'creator');"
    sql += 'create policy "Anyone can view all profiles" on public.profiles for select to authenticated using (true);'
    meant = meant_of(sql, "profiles")
    assert meant.may_read(ANON, shown=False) is False
    assert meant.may_read(STRANGER, shown=False) is True


def test_a_page_for_visitors_tells_what_is_public() -> None:
    page = """
    import { createClient } from "@supabase/supabase-js"
    const supabase = createClient("https://x.supabase.co", "anon")
    export async function Explore() {
      const { data } = await supabase.from("gadgets").select("id, size").limit(20)
      return data
    }
    """
    sql = table("gadgets", f"{USER}, size int", "g1 | select | true")
    meant = meant_of(sql, "gadgets", **{"src/pages/Explore.tsx": page})
    assert meant.may_read(ANON) is True
    assert "src/pages/Explore.tsx" in meant.reasons["public"]


@pytest.mark.parametrize(
    ("rule", "whom"),
    [
        ("Service role can insert clicks", "server"),
        ("System can manage logs", "server"),
        ("service_role_all", "server"),
        ("Enable insert for service role", "server"),
        ("Edge functions can manage subscriptions", "server"),
        ("Anyone can view service price ranges", "all"),
        ("System settings are readable by everyone", "all"),
        ("Users can view their own orders", "own"),
        ("posts_select_own", "own"),
        ("Admins can view all users", "staff"),
        ("profiles_select_public", "all"),
        ("Users can view all likes", "all"),
        ("p1", ""),
    ],
)
def test_a_rules_name_says_for_whom_it_is(rule: str, whom: str) -> None:
    assert for_whom(rule) == whom


# Columns that are not for strangers


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        ("email", "contact"),
        ("phone_number", "contact"),
        ("date_of_birth", "personal"),
        ("iban", "personal"),
        ("stripe_customer_id", "personal"),
        ("ip_address", "personal"),
        ("admin_notes", "personal"),
        ("api_key", "secret"),
        ("stream_key", "secret"),
        ("refresh_token", "secret"),
    ],
)
def test_private_columns_of_a_public_row_are_not_for_strangers(column: str, kind: str) -> None:
    meant = meant_of(PROFILES.format(columns=f"{column} text"), "profiles")
    assert meant.kinds[column] == kind
    assert meant.may_read(ANON, column=column) is False
    assert meant.may_read(ANON) is True


@pytest.mark.parametrize(
    "column", ["contact_email", "avatar_url", "email_verified_at", "website", "max_token", "token_count"]
)
def test_what_is_meant_to_be_shown_is_no_secret(column: str) -> None:
    assert meant_of(PROFILES.format(columns=f"{column} text"), "profiles").may_read(ANON, column=column) is True


def test_contact_data_that_somebody_published_is_asked_but_a_key_is_not() -> None:
    sql = table(
        "agents", f"{USER}, phone text, api_key text, status text", "Approved agents | select | status = 'approved'"
    )
    intent = infer(app_of(sql))
    meant = intent.of("public.agents")
    assert meant.may_read(ANON, shown=True, column="phone") is None
    assert meant.may_read(ANON, shown=True, column="api_key") is False
    assert "tables.agents.secret.phone" in [q.key for q in intent.questions]


# Columns that are never the owner's own to set


@pytest.mark.parametrize(
    ("columns", "column", "kind"),
    [
        ("is_admin boolean", "is_admin", "role"),
        ("balance numeric", "balance", "money"),
        ("subscription_tier text", "subscription_tier", "plan"),
        ("is_verified boolean", "is_verified", "trust"),
        ("stripe_account_id text", "stripe_account_id", "payout account"),
        ("is_banned boolean", "is_banned", "ban"),
        ("followers_count int", "followers_count", "counter"),
        ("status text default 'pending' check (status in ('pending', 'approved'))", "status", "trust"),
    ],
)
def test_power_over_ones_own_row_is_pinned(columns: str, column: str, kind: str) -> None:
    meant = meant_of(PROFILES.format(columns=columns), "profiles")
    assert meant.kinds[column] == kind
    assert meant.may_change(OWNER, own=True, column=column) is False
    assert meant.may_change(OWNER, own=True, column="bio") is True


@pytest.mark.parametrize(
    ("sql", "name", "column"),
    [
        (table("posts", f"{USER}, status text default 'draft'", f"Own | all | {OWN}"), "posts", "status"),
        (table("tasks", f"{USER}, status text default 'pending'", f"Own | all | {OWN}"), "tasks", "status"),
        (table("products", f"{USER}, price int, is_active boolean", f"Own | all | {OWN}"), "products", "price"),
        (table("products", f"{USER}, price int, is_active boolean", f"Own | all | {OWN}"), "products", "is_active"),
        (table("meals", f"{USER}, plan text", f"Own | all | {OWN}"), "meals", "plan"),
        (table("team_cards", f"{USER}, role text", f"Own | all | {OWN}"), "team_cards", "role"),
        (PROFILES.format(columns="status text default 'online'"), "profiles", "status"),
        (PROFILES.format(columns="accepts_credits boolean"), "profiles", "accepts_credits"),
    ],
)
def test_look_alikes_of_power_are_the_owners_own(sql: str, name: str, column: str) -> None:
    assert meant_of(sql, name).may_change(OWNER, own=True, column=column) is True


def test_a_title_that_nothing_asks_for_is_asked() -> None:
    intent = infer(app_of(PROFILES.format(columns="role text")))
    assert "role" not in intent.of("public.profiles").pinned
    assert "tables.profiles.own.role" in [q.key for q in intent.questions]


def test_an_employee_does_not_decide_about_his_own_place() -> None:
    sql = table("venues", "owner_id uuid references auth.users(id), name text", "Own | all | auth.uid() = owner_id")
    sql += table(
        "employees",
        f"{USER}, venue_id uuid references public.venues(id), is_active boolean, nickname text",
        f"Employees can update own record | update | {OWN}",
    )
    meant = meant_of(sql, "employees")
    assert "is_active" in meant.pinned
    assert "nickname" not in meant.pinned


def test_the_firm_that_adds_a_person_says_what_he_is() -> None:
    sql = table("venues", "owner_id uuid references auth.users(id), name text", "Own | all | auth.uid() = owner_id")
    sql += table(
        "employees",
        f"{USER}, venue_id uuid references public.venues(id), status text",
        "Hire | insert | | venue_id in (select id from venues where owner_id = auth.uid())",
        f"Employees can update own record | update | {OWN}",
    )
    meant = meant_of(sql, "employees")
    assert meant.may_insert(STRANGER, own=True, column="status") is not False
    assert meant.may_change(OWNER, own=True, column="status") is False


def test_the_balance_in_an_app_for_ones_own_budget_is_ones_own() -> None:
    sql = table("accounts", f"{USER}, balance numeric", f"Own | all | {OWN}")
    sql += table("transactions", f"{USER}, amount numeric", f"Own | all | {OWN}")
    books = table("budgets", f"{USER}, amount int", f"Own | all | {OWN}")
    books += table("expenses", f"{USER}, amount int", f"Own | all | {OWN}")
    assert meant_of(sql + books, "accounts").pinned == ()
    assert meant_of(sql + books, "transactions").user_may_insert is True
    assert meant_of(sql, "accounts").pinned == ("balance",)


def test_one_party_answers_and_the_other_may_not_answer_himself() -> None:
    sql = table(
        "connection_requests",
        "sender_id uuid references auth.users(id), recipient_id uuid references auth.users(id), "
        "status text default 'pending' check (status in ('pending', 'approved', 'rejected'))",
        "Send | insert | | auth.uid() = sender_id",
        "Answer | update | auth.uid() = recipient_id",
    )
    meant = meant_of(sql, "connection_requests")
    assert meant.may_insert(STRANGER, own=True, column="status") is False
    assert meant.may_change(OWNER, own=True, column="status") is None


# Who may add rows


@pytest.mark.parametrize(
    "name",
    [
        "payments",
        "purchases",
        "subscriptions",
        "payouts",
        "transactions",
        "affiliate_earnings",
        "user_roles",
        "audit_log",
    ],
)
def test_no_user_gives_himself_money_or_rights(name: str) -> None:
    sql = table(name, f"{USER}, amount int, status text", f"Users can insert own | insert | | {OWN}")
    assert meant_of(sql, name).may_insert(STRANGER) is False


@pytest.mark.parametrize(
    "name", ["posts", "comments", "likes", "bookings", "creator_roles", "payout_requests", "journal_entries"]
)
def test_users_add_rows_of_their_own(name: str) -> None:
    sql = table(name, f"{USER}, body text", f"Users can insert own | insert | | {OWN}")
    meant = meant_of(sql, name)
    assert meant.may_insert(STRANGER) is True
    assert meant.may_insert(STRANGER, own=False) is False


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("tips", "title text, body text"),
        ("tickets", "subject text, priority text, status text"),
        ("customers", "name text, company text"),
        ("invoices", "client_name text, client_email text, total int, status text"),
    ],
)
def test_names_of_money_whose_columns_are_none(name: str, columns: str) -> None:
    meant = meant_of(table(name, f"{USER}, {columns}", f"Users can insert own | insert | | {OWN}"), name)
    assert meant.may_insert(STRANGER) is True
    assert meant.pinned == ()


def test_customers_open_orders_and_do_not_say_that_they_are_paid() -> None:
    sql = table("orders", f"{USER}, status text default 'pending', total int", f"Order | insert | | {OWN}")
    meant = meant_of(sql, "orders")
    assert meant.may_insert(STRANGER) is True
    assert meant.may_insert(STRANGER, column="status") is False


def test_what_a_row_is_about_is_no_owner_where_the_rules_name_one() -> None:
    sql = table(
        "favorites",
        f"{USER}, creator_id uuid references auth.users(id)",
        f"Users manage own favorites | all | {OWN}",
    )
    assert meant_of(sql, "favorites").owners == ("user_id",)


def test_a_payment_that_is_opened_as_pending_is_meant() -> None:
    sql = table("payments", f"{USER}, status text", f"Open | insert | | {OWN} and status = 'pending'")
    meant = meant_of(sql, "payments")
    assert meant.may_insert(STRANGER) is True
    assert meant.may_insert(STRANGER, column="status") is False


@pytest.mark.parametrize(
    ("name", "rule", "said"),
    [
        ("contact_messages", "Anyone can send a message", True),
        ("newsletter_signups", "Anyone can sign up", True),
        ("page_views", "Allow anonymous inserts", True),
        ("stream_metrics", "System can insert metrics", False),
        ("payments", "Anyone can pay", False),
        ("referrals", "Anyone can create referrals", False),
        ("notifications", "Anyone can notify", False),
        ("gadgets", "Anyone can add gadgets", None),
    ],
)
def test_visitors_leave_rows_only_where_they_hold_nothing(name: str, rule: str, said: bool | None) -> None:
    assert meant_of(table(name, "email text, amount int", f"{rule} | insert | | true"), name).may_insert(ANON) is said


def test_nobody_lets_himself_into_a_room() -> None:
    room = table(
        "rooms", "name text", "Members | select | id in (select room_id from room_members where user_id = auth.uid())"
    )
    joined = f"{USER}, room_id uuid references public.rooms(id)"
    assert (
        meant_of(room + table("room_members", joined, f"Join | insert | | {OWN}"), "room_members").user_may_insert
        is False
    )
    asked = f"Join | insert | | {OWN} and exists (select 1 from rooms r where r.id = room_id and r.open)"
    assert meant_of(room + table("room_members", joined, asked), "room_members").user_may_insert is True


# Whose a row is


def test_the_sender_writes_and_both_read_a_message() -> None:
    sql = table(
        "messages",
        "sender_id uuid references auth.users(id), recipient_id uuid references auth.users(id), content text, "
        "read boolean",
        "Both read | select | auth.uid() in (sender_id, recipient_id)",
        "Send as oneself | insert | | auth.uid() = sender_id",
        "Mark as read | update | auth.uid() = recipient_id",
    )
    meant = meant_of(sql, "messages")
    assert set(meant.owners) == {"sender_id", "recipient_id"}
    assert meant.authors == ("sender_id",)
    assert "content" in meant.authored
    assert "read" not in meant.authored


def test_a_row_is_owned_through_its_parent() -> None:
    sql = table(
        "campaigns", "creator_id uuid references auth.users(id), title text", "Own | all | auth.uid() = creator_id"
    )
    sql += table(
        "campaign_items",
        "campaign_id uuid references public.campaigns(id), note text",
        "Own | all | exists (select 1 from campaigns c where c.id = campaign_id and c.creator_id = auth.uid())",
    )
    meant = meant_of(sql, "campaign_items")
    assert meant.through == (Through("campaign_id", "public.campaigns", "id", "creator_id"),)
    assert meant.may_change(STRANGER) is False


@pytest.mark.parametrize(("opened", "said"), [("s.level = 'free' or", None), ("", False)])
def test_posts_of_which_some_are_free_are_not_decided(opened: str, said: bool | None) -> None:
    shelf = table("shelves", f"level text, {USER}", f"Own | select | {OWN}")
    asked = f"exists (select 1 from public.shelves s where s.id = shelf_id and ({opened} s.user_id = auth.uid()))"
    sql = shelf + table(
        "shelf_reactions", f"shelf_id uuid references public.shelves(id), {USER}", f"See | select | {asked}"
    )
    meant = meant_of(sql, "shelf_reactions")
    assert meant.may_read(ANON) is said
    assert meant.may_read(STRANGER) is said


def test_a_team_reads_its_rows() -> None:
    sql = table("teams", "owner_id uuid references auth.users(id)", "Own | all | auth.uid() = owner_id")
    sql += table("team_members", f"{USER}, team_id uuid references public.teams(id)", f"Own | select | {OWN}")
    sql += table(
        "boards",
        "team_id uuid references public.teams(id)",
        "Team | select | team_id in (select team_id from team_members where user_id = auth.uid())",
    )
    meant = meant_of(sql, "boards")
    assert meant.member_of == (Through("team_id", "public.team_members", "team_id", "user_id"),)
    assert meant.may_read(Actor.MEMBER) is True
    assert meant.may_read(STRANGER) is False


def test_a_profile_is_owned_by_its_id() -> None:
    assert meant_of(PROFILES.format(columns="age int"), "profiles").owners == ("id",)


# Buckets and functions


def test_buckets_are_judged_by_what_they_hold() -> None:
    sql = "insert into storage.buckets (id, name, public) values ('avatars', 'avatars', true), ('kyc-documents', "
    sql += "'kyc-documents', true), ('stuff', 'stuff', true), ('drafts', 'drafts', false), ('pack', 'pack', true);"
    sql += "create policy \"Anyone can view packs\" on storage.objects for select using (bucket_id = 'pack');"
    intent = infer(app_of(sql))
    said = {b: intent.bucket_is_public(b) for b in ("avatars", "kyc-documents", "stuff", "drafts", "pack")}
    assert said == {"avatars": True, "kyc-documents": False, "stuff": None, "drafts": False, "pack": True}
    assert [q.key for q in intent.questions] == ["buckets.stuff.public"]


FUNCTION = (
    "create function public.{name}({arguments}) returns {returns} language plpgsql security definer as $$ {body} $$;"
)


@pytest.mark.parametrize(
    ("name", "arguments", "body", "said"),
    [
        (
            "credit_tokens",
            "p_user uuid, p_n int",
            "begin update wallets set balance = balance + p_n where user_id = p_user; end",
            False,
        ),
        (
            "admin_ban",
            "p_admin uuid, p_user uuid",
            "begin update profiles set is_banned = true where id = p_user; end",
            False,
        ),
        (
            "notify",
            "p_user uuid, p_text text",
            "begin insert into notifications (user_id, body) values (p_user, p_text); end",
            False,
        ),
        ("add_view", "p_id uuid", "begin update posts set views = views + 1 where id = p_id; end", True),
        ("mine", "p_n int", "begin update wallets set balance = 0 where user_id = auth.uid(); end", None),
        ("find", "p_id text", "begin execute 'select 1 from wallets where id = ' || p_id; end", None),
    ],
)
def test_functions_that_do_harm_for_anybody_are_closed(name: str, arguments: str, body: str, said: bool | None) -> None:
    sql = table("wallets", f"{USER}, balance int") + table("notifications", f"{USER}, body text")
    sql += FUNCTION.format(name=name, arguments=arguments, returns="void", body=body)
    assert infer(app_of(sql)).function_is_open(f"public.{name}") is said


@pytest.mark.parametrize(
    ("arguments", "returns", "body", "said"),
    [
        ("p_user uuid", "table (n int)", "select amount from earnings where user_id = p_user", False),
        ("", "table (n int)", "select amount from earnings where user_id = auth.uid()", True),
        ("p_user uuid", "boolean", "select exists (select 1 from earnings where user_id = p_user)", True),
        ("p_user uuid", "table (t text)", "select title from posts where user_id = p_user", True),
    ],
)
def test_functions_that_tell_of_others_are_closed(arguments: str, returns: str, body: str, said: bool | None) -> None:
    sql = table("earnings", f"{USER}, amount int", f"Own | select | {OWN}")
    sql += table("posts", f"{USER}, title text", "Posts are public | select | true")
    sql += f"create function public.told({arguments}) returns {returns} language sql security definer as $$ {body} $$;"
    assert infer(app_of(sql)).function_is_open("public.told") is said


def test_a_function_that_asks_who_calls_may_add_what_users_add() -> None:
    sql = table("rooms", "title text") + table("room_members", f"{USER}, room_id uuid")
    body = (
        "begin if auth.uid() is null then raise exception 'no'; end if; insert into room_members values (p_with); end"
    )
    sql += FUNCTION.format(name="start", arguments="p_with uuid", returns="void", body=body)
    assert infer(app_of(sql)).function_is_open("public.start") is True


def test_files_follow_the_post_that_they_belong_to() -> None:
    sql = table("posts", f"{USER}, visibility text", "Public | select | visibility = 'public'")
    sql += table("post_files", "post_id uuid references public.posts(id), file_url text", "All may see | select | true")
    sql += table("post_notes", "post_id uuid references public.posts(id), place int", "All may see | select | true")
    files = meant_of(sql, "post_files")
    assert "visibility = 'public'" in files.public_when
    assert files.may_read(ANON, shown=False, column="file_url") is False
    assert meant_of(sql, "post_notes").public_when == ""


def test_ones_own_search_history_is_ones_own() -> None:
    meant = meant_of(table("search_history", f"{USER}, term text", f"Own | all | {OWN}"), "search_history")
    assert meant.may_delete(OWNER, own=True) is True
    counted = meant_of(
        "create table public.search_counts (term text); create table public.searches (term text);", "searches"
    )
    assert counted.may_delete(STRANGER) is False


def test_cancelling_is_ones_own() -> None:
    sql = table("subscriptions", f"{USER}, status text, cancel_at_period_end boolean", f"Cancel | update | {OWN}")
    meant = meant_of(sql, "subscriptions")
    assert meant.may_change(OWNER, own=True, column="cancel_at_period_end") is True
    assert meant.may_change(OWNER, own=True, column="status") is False


def test_a_function_with_the_callers_own_rights_is_open() -> None:
    sql = "create function public.list() returns int language sql as $$ select 1 $$;"
    assert infer(app_of(sql)).function_is_open("public.list") is True


# The executed catalog


def test_the_servers_catalog_is_judged_like_the_files() -> None:
    catalog = Catalog(
        relations=(
            Relation(
                "public.profiles",
                "table",
                (
                    Attribute("id", "uuid", "uuid", True),
                    Attribute("phone", "character varying(20)", "varchar"),
                    Attribute("is_admin", "boolean", "bool"),
                ),
                primary_key=("id",),
                references=(Reference(("id",), "auth.users", ("id",)),),
                rls=True,
                policies=(
                    Rule("Public profiles are viewable by everyone", "select", ("public",), "true", ""),
                    Rule("own", "update", ("public",), "(auth.uid() = id)", ""),
                ),
                grants=tuple(
                    (r, a) for r in ("anon", "authenticated") for a in ("select", "insert", "update", "delete")
                ),
            ),
            Relation(
                "public.earnings",
                "table",
                (Attribute("user_id", "uuid", "uuid"), Attribute("amount", "integer", "int4")),
                rls=True,
                policies=(Rule("own", "select", ("public",), "(auth.uid() = user_id)", ""),),
            ),
        ),
        routines=(
            Routine("public.f", "f()", (), "integer", "sql", "select 1"),
            Routine(
                "public.told",
                "told(uuid)",
                (("p_user", "uuid"),),
                "TABLE(amount integer)",
                "sql",
                "select amount from earnings where user_id = p_user",
                definer=True,
                executors=("anon", "authenticated"),
            ),
        ),
        buckets=(Bin("avatars", True),),
    )
    intent = infer(App("", {}), catalog)
    meant = intent.of("public.profiles")
    assert meant.owners == ("id",)
    assert meant.may_read(ANON) is True
    assert meant.may_read(ANON, column="phone") is False
    assert meant.pinned == ("is_admin",)
    assert intent.bucket_is_public("avatars") is True
    assert intent.function_is_open("public.f") is True
    assert intent.function_is_open("public.told") is False


@pytest.mark.parametrize(
    ("comment", "said"), [("Public list of gadgets", True), ("Private: only for the owner", False), ("Gadgets", None)]
)
def test_a_comment_at_a_table_is_evidence(comment: str, said: bool | None) -> None:
    size, user = Attribute("size", "integer", "int4"), Attribute("user_id", "uuid", "uuid")
    rules = (Rule("g1", "select", ("public",), "true", ""),)
    relation = Relation("public.gadgets", "table", (size, user), rls=True, policies=rules, comment=comment)
    granted = replace(relation, grants=(("anon", "select"), ("authenticated", "select")))
    assert infer(App("", {}), Catalog((granted,))).of("public.gadgets").may_read(ANON) is said


def test_without_any_rule_a_row_that_is_somebodys_is_not_for_others() -> None:
    sql = f"create table public.gadgets (id uuid primary key, {USER}); create table public.widgets (id uuid, size int);"
    sql += "alter table public.gadgets disable row level security;"
    assert meant_of(sql, "gadgets").may_read(ANON) is False
    assert meant_of(sql, "widgets").may_read(ANON) is None


# Laws

names = st.sampled_from(
    ["posts", "messages", "wallets", "a b", "Ünter", "user_roles", "logs", "profiles", "room_members", ""]
)
columns = st.sampled_from(
    ["id", "user_id", "email", "status", "balance", "is_locked", "content", "role", "room_id", "x y", ""]
)
conditions = st.sampled_from(
    [
        "true",
        "",
        "auth.uid() = user_id",
        "status = 'open'",
        "exists (select 1 from posts)",
        "((",
        "is_locked or true",
        "has_role(auth.uid(), 'admin')",
    ]
)
AT = Code("a.sql")


@st.composite
def schemas(draw: st.DrawFn) -> Schema:
    tables, policies = [], []
    for name in draw(st.lists(names, unique=True, max_size=4)):
        full = f"public.{name}"
        made = [
            Column(c, draw(st.sampled_from(["uuid", "text", "boolean", "int", "text[]", ""])), AT)
            for c in draw(st.lists(columns, max_size=6))
        ]
        keys = [
            ForeignKey((c.name,), f"public.{draw(names)}", draw(st.sampled_from([("id",), ()])), AT) for c in made[:2]
        ]
        rls = draw(st.sampled_from([True, False, None]))
        tables.append(
            Table(full, tuple(made), AT, "test", ("id",) if draw(st.booleans()) else (), tuple(keys), rls=rls)
        )
        for number in range(draw(st.integers(0, 3))):
            command = draw(st.sampled_from(["all", "select", "insert", "update", "delete"]))
            title = draw(st.sampled_from(["Anyone can view", "System can insert", "own", f"p{number}"]))
            roles = draw(st.sampled_from([("public",), ("authenticated",), ("anon",), ("service_role",)]))
            policies.append(
                Policy(title, full, command, roles, draw(conditions), draw(conditions), AT, draw(st.booleans()))
            )
    function = DbFunction("public.f", (("a", "uuid"),), "void", "plpgsql", "begin delete from posts; end", AT, True)
    return Schema(tuple(tables), tuple(policies), (function,), buckets=(Bucket("x", True, AT),), exposed=True)


@settings(max_examples=150, deadline=None)
@given(schemas())
def test_inferring_never_fails_and_says_the_same_twice(schema: Schema) -> None:
    app = App("", {}, schema=schema)
    intent: Intent = infer(app)
    assert intent == infer(app)
    assert len(intent.questions) <= MOST
    assert len({q.key for q in intent.questions}) == len(intent.questions)
    assert set(intent.tables) == {t.name for t in schema.tables}
    for meant in intent.tables.values():
        for actor in Actor:
            for may in (meant.may_read, meant.may_insert, meant.may_change, meant.may_delete):
                assert may(actor) in (True, False, None)
        assert meant.may_change(Actor.SERVICE) is True
        known: Sequence[str] = [c.name for t in schema.tables if t.name == meant.table for c in t.columns]
        assert not known or {*meant.owners, *meant.pinned, *meant.secret} <= {*known, "id"}


def test_files_of_rows_that_are_sold_are_not_for_all() -> None:
    sql = "create table public.posts (id uuid primary key, visibility text); create table public.post_media (id uuid "
    sql += "primary key, post_id uuid references public.posts (id), path text); insert into storage.buckets "
    sql += "(id, name, public) values ('post-media', 'post-media', true), ('page-media', 'page-media', true);"
    intent = infer(app_of(sql))
    assert intent.bucket_is_public("post-media") is False
    assert intent.bucket_is_public("page-media") is True


def test_files_follow_their_post_also_where_their_own_rule_says_so() -> None:
    post = "create table public.posts (id uuid primary key, author_id uuid references auth.users, visibility text);"
    post += "alter table public.posts enable row level security; create policy a on public.posts for select using "
    post += "(visibility = 'public');" + table(
        "post_media", "post_id uuid references public.posts (id), file_path text"
    )
    said = "create policy m on public.post_media for select using ({});"
    post += "create function public.mine(_id uuid) returns boolean language sql as $$ select _id = auth.uid() $$;"
    where = "exists (select 1 from public.posts p where p.id = post_id and (visibility = 'public' or mine(author_id)))"
    open_, narrow = (meant_of(post + said.format(one), "post_media") for one in ("true", where))
    assert (narrow.public, narrow.paid) == (open_.public, open_.paid) == (True, True)
    assert narrow.public_when == open_.public_when != ""


def test_a_booking_that_a_provider_charges_is_not_paid_by_saying_so() -> None:
    rules = ("Own bookings | all | auth.uid() = user_id",)
    charged = f"{USER}, day date, total_cost int, payment_status text, payment_intent_id text"
    by_hand = f"{USER}, day date, total_cost int, payment_status text"
    assert set(meant_of(table("bookings", charged, *rules), "bookings").pinned) == {"total_cost", "payment_status"}
    assert meant_of(table("bookings", by_hand, *rules), "bookings").pinned == (), "a shop's own list of its customers"


def test_nobody_awards_himself() -> None:
    sql = table("user_badges", f"{USER}, badge_id uuid", f"Users can insert own | insert | | {OWN}")
    assert meant_of(sql, "user_badges").may_insert(STRANGER) is False
    assert meant_of(sql.replace("user_badges", "badge_ideas"), "badge_ideas").may_insert(STRANGER) is True


def test_a_bucket_that_only_the_dashboard_knows_is_what_its_rule_says() -> None:
    rule = "create policy \"Sounds are publicly readable\" on storage.objects for select using (bucket_id = 'jingles');"
    schema = replace(app_of(rule).schema, buckets=(Bucket("jingles", False, Code("", 0)),))
    assert infer(replace(app_of(rule), schema=schema)).bucket_is_public("jingles") is True
    assert (
        infer(replace(app_of(rule), schema=replace(schema, buckets=(Bucket("jingles", False, AT),)))).bucket_is_public(
            "jingles"
        )
        is False
    ), "where a migration sets it to private"


def test_content_that_no_rule_shows_to_anybody_is_not_decided() -> None:
    rules = f"Users can insert own | insert | | {OWN}"
    assert meant_of(table("songs", f"{USER}, title text", rules), "songs").public is None
    assert meant_of(table("diary", f"{USER}, body text", rules), "diary").public is False


def test_a_cover_beside_a_locked_product_is_for_all() -> None:
    product = table("products", f"access_level text, {USER}", f"See | select | access_level = 'free' or {OWN}")
    columns = "product_id uuid references public.products(id), cover_image_url text{more}"
    rule = "Anyone can view tracks | select | true"
    shown = meant_of(product + table("playlist_tracks", columns.format(more=""), rule), "playlist_tracks")
    sold = meant_of(product + table("playlist_tracks", columns.format(more=", file_url text"), rule), "playlist_tracks")
    assert shown.may_read(ANON, shown=False) is True
    assert sold.may_read(ANON, shown=False, column="file_url") is False
