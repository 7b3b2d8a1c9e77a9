"""TPC-H: its tables with the distributions of its specification, made in SQL, and its 22 queries.

Made anew for this project; the texts are shorter and random, but for the words that queries look for. Tables have
their primary keys and no other index. Query 15 uses a WITH in place of a view.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date

from apprescue.lab.postgres import Server
from index_advice.case import Case, drawn, made, statement

SCHEMA = """
create table region (r_regionkey int primary key, r_name char(25) not null, r_comment varchar(152));
create table nation (n_nationkey int primary key, n_name char(25) not null, n_regionkey int not null,
    n_comment varchar(152));
create table part (p_partkey int primary key, p_name varchar(55) not null, p_mfgr char(25) not null,
    p_brand char(10) not null, p_type varchar(25) not null, p_size int not null, p_container char(10) not null,
    p_retailprice numeric(15,2) not null, p_comment varchar(23) not null);
create table supplier (s_suppkey int primary key, s_name char(25) not null, s_address varchar(40) not null,
    s_nationkey int not null, s_phone char(15) not null, s_acctbal numeric(15,2) not null,
    s_comment varchar(101) not null);
create table partsupp (ps_partkey int not null, ps_suppkey int not null, ps_availqty int not null,
    ps_supplycost numeric(15,2) not null, ps_comment varchar(199) not null, primary key (ps_partkey, ps_suppkey));
create table customer (c_custkey int primary key, c_name varchar(25) not null, c_address varchar(40) not null,
    c_nationkey int not null, c_phone char(15) not null, c_acctbal numeric(15,2) not null,
    c_mktsegment char(10) not null, c_comment varchar(117) not null);
create table orders (o_orderkey int primary key, o_custkey int not null, o_orderstatus char(1) not null,
    o_totalprice numeric(15,2) not null, o_orderdate date not null, o_orderpriority char(15) not null,
    o_clerk char(15) not null, o_shippriority int not null, o_comment varchar(79) not null);
create table lineitem (l_orderkey int not null, l_partkey int not null, l_suppkey int not null,
    l_linenumber int not null, l_quantity numeric(15,2) not null, l_extendedprice numeric(15,2) not null,
    l_discount numeric(15,2) not null, l_tax numeric(15,2) not null, l_returnflag char(1) not null,
    l_linestatus char(1) not null, l_shipdate date not null, l_commitdate date not null, l_receiptdate date not null,
    l_shipinstruct char(25) not null, l_shipmode char(10) not null, l_comment varchar(44) not null,
    primary key (l_orderkey, l_linenumber));
"""
REGIONS = ("AFRICA", "AMERICA", "ASIA", "EUROPE", "MIDDLE EAST")
NATIONS = (
    ("ALGERIA", 0), ("ARGENTINA", 1), ("BRAZIL", 1), ("CANADA", 1), ("EGYPT", 4), ("ETHIOPIA", 0), ("FRANCE", 3),
    ("GERMANY", 3), ("INDIA", 2), ("INDONESIA", 2), ("IRAN", 4), ("IRAQ", 4), ("JAPAN", 2), ("JORDAN", 4),
    ("KENYA", 0), ("MOROCCO", 0), ("MOZAMBIQUE", 0), ("PERU", 1), ("CHINA", 2), ("ROMANIA", 3), ("SAUDI ARABIA", 4),
    ("VIETNAM", 2), ("RUSSIA", 3), ("UNITED KINGDOM", 3), ("UNITED STATES", 1),
)  # fmt: skip
COLORS = (
    "almond antique aquamarine azure beige bisque black blanched blue blush brown burlywood burnished chartreuse "
    "chiffon chocolate coral cornflower cornsilk cream cyan dark deep dim dodger drab firebrick floral forest frosted "
    "gainsboro ghost goldenrod green grey honeydew hot indian ivory khaki lace lavender lawn lemon light lime linen "
    "magenta maroon medium metallic midnight mint misty moccasin navajo navy olive orange orchid pale papaya peach "
    "peru pink plum powder puff purple red rose rosy royal saddle salmon sandy seashell sienna sky slate smoke snow "
    "spring steel tan thistle tomato turquoise violet wheat white yellow"
).split()
KIND = ("STANDARD", "SMALL", "MEDIUM", "LARGE", "ECONOMY", "PROMO")
FINISH = ("ANODIZED", "BURNISHED", "PLATED", "POLISHED", "BRUSHED")
METAL = ("TIN", "NICKEL", "BRASS", "STEEL", "COPPER")
PACK, BOX = ("SM", "LG", "MED", "JUMBO", "WRAP"), ("CASE", "BOX", "BAG", "JAR", "PKG", "PACK", "CAN", "DRUM")
SEGMENTS = ("AUTOMOBILE", "BUILDING", "FURNITURE", "MACHINERY", "HOUSEHOLD")
PRIORITIES = ("1-URGENT", "2-HIGH", "3-MEDIUM", "4-NOT SPECIFIED", "5-LOW")
INSTRUCTIONS = ("DELIVER IN PERSON", "COLLECT COD", "NONE", "TAKE BACK RETURN")
MODES = ("REG AIR", "AIR", "RAIL", "SHIP", "TRUCK", "MAIL", "FOB")
WORD1, WORD2 = ("special", "pending", "unusual", "express"), ("packages", "requests", "accounts", "deposits")


def _array(some: tuple[str, ...] | list[str]) -> str:
    return "array[" + ", ".join(f"'{one}'" for one in some) + "]"


def _one(salt: int, some: tuple[str, ...] | list[str], number: str = "n") -> str:
    return f"made.one({number}, {salt}, {_array(some)})"


def filling(scale: float) -> Iterator[str]:
    """The rows, table by table."""
    parts, suppliers, customers, orders = (max(int(n * scale), 10) for n in (200_000, 10_000, 150_000, 1_500_000))
    rows = ", ".join(f"({n}, '{name}', md5('{name}'))" for n, name in enumerate(REGIONS))
    yield f"insert into region values {rows}"
    rows = ", ".join(f"({n}, '{name}', {region}, md5('{name}'))" for n, (name, region) in enumerate(NATIONS))
    yield f"insert into nation values {rows}"
    price = "((90000 + (({0} / 10) % 20001) + 100 * ({0} % 1000)) / 100.0)"
    name = " || ' ' || ".join(_one(salt, COLORS) for salt in range(1, 6))
    yield f"""insert into part select n, {name}, 'Manufacturer#' || made.int(n, 6, 1, 5),
        'Brand#' || made.int(n, 6, 1, 5) || made.int(n, 7, 1, 5),
        {_one(8, KIND)} || ' ' || {_one(9, FINISH)} || ' ' || {_one(10, METAL)}, made.int(n, 11, 1, 50),
        {_one(12, PACK)} || ' ' || {_one(13, BOX)}, {price.format("n")}, left(md5(n::text), 5 + n % 18)
        from generate_series(1, {parts}) n"""
    phone = "{0} + 10 || '-' || made.int(n, 20, 100, 999) || '-' || made.int(n, 21, 100, 999) || '-' ||"
    phone += " made.int(n, 22, 1000, 9999)"
    nation = "made.int(n, 23, 0, 24)"
    balance = "made.int(n, 24, -99999, 999999) / 100.0"
    yield f"""insert into supplier select n, 'Supplier#' || lpad(n::text, 9, '0'), left(md5(n::text), 10 + n % 22),
        {nation}, {phone.format(nation)}, {balance}, case when made.u(n, 25) < 0.0005 or n = 7
        then 'late Customer slow Complaints' when made.u(n, 25) < 0.001 then 'Customer fine Recommends' else '' end
        || md5((n + 1)::text) || left(md5((n + 2)::text), n % 32) from generate_series(1, {suppliers}) n"""
    supplier = f"(({{0}} + {{1}} * ({suppliers} / 4 + ({{0}} - 1) / {suppliers})) % {suppliers} + 1)"
    yield f"""insert into partsupp select n, {supplier.format("n", "i")}, made.int(n * 4 + i, 30, 1, 9999),
        made.int(n * 4 + i, 31, 100, 100000) / 100.0, repeat(md5((n * 4 + i)::text) || ' ', 2 + (n % 4))
        from generate_series(1, {parts}) n, generate_series(0, 3) i"""
    yield f"""insert into customer select n, 'Customer#' || lpad(n::text, 9, '0'), left(md5(n::text), 10 + n % 22),
        {nation}, {phone.format(nation)}, {balance}, {_one(26, SEGMENTS)},
        md5((n + 1)::text) || left(md5((n + 2)::text), n % 32) || md5((n + 3)::text)
        from generate_series(1, {customers}) n"""
    yield f"""create table made.orders as select n, ((n / 8) * 32 + n % 8 + 1)::int as k,
        date '1992-01-01' + made.int(n, 40, 0, 2405) as d, made.int(n, 41, 1, 7) as lines,
        (made.int(n, 42, 0, {customers // 3 - 1}) * 3 + made.int(n, 43, 1, 2))::int as c
        from generate_series(0, {orders - 1}) n"""
    yield f"""insert into lineitem select k, p, {supplier.format("p", "made.int(m, 51, 0, 3)")}, i, q,
        q * {price.format("p")}, made.int(m, 53, 0, 10) / 100.0, made.int(m, 54, 0, 8) / 100.0,
        case when r > date '1995-06-17' then 'N' when made.u(m, 55) < 0.5 then 'R' else 'A' end,
        case when s > date '1995-06-17' then 'O' else 'F' end, s, d + made.int(m, 56, 30, 90), r,
        {_one(57, INSTRUCTIONS, "m")}, {_one(58, MODES, "m")}, left(md5(m::text), 10 + (m % 22)::int)
        from (select *, s + made.int(m, 60, 1, 30) as r from (select k, d, i, n * 8 + i as m,
            made.int(n * 8 + i, 50, 1, {parts}) as p, made.int(n * 8 + i, 52, 1, 50) as q,
            d + made.int(n * 8 + i, 59, 1, 121) as s from made.orders, generate_series(1, lines) i) x) y"""
    yield f"""insert into orders select k, c, coalesce(status, 'F'), coalesce(total, 0), d, {_one(44, PRIORITIES)},
        'Clerk#' || lpad(made.int(n, 45, 1, {max(int(1000 * scale), 1)})::text, 9, '0'), 0,
        left(md5(n::text), n % 20) || case when made.u(n, 46) < 0.1 then {_one(47, WORD1)} || ' '
        || {_one(48, WORD2)} else '' end || md5((n + 1)::text) from made.orders left join
        (select l_orderkey, case when count(*) filter (where l_linestatus = 'F') = count(*) then 'F'
            when count(*) filter (where l_linestatus = 'O') = count(*) then 'O' else 'P' end as status,
            sum(l_extendedprice * (1 + l_tax) * (1 - l_discount)) as total from lineitem group by 1) l
        on l_orderkey = k"""


def _day(day: date) -> str:
    return f"date '{day.isoformat()}'"


def _text(some: tuple[str, ...] | list[str], chance: random.Random) -> str:
    return f"'{chance.choice(some)}'"


def _brand(chance: random.Random) -> str:
    return f"'Brand#{chance.randint(1, 5)}{chance.randint(1, 5)}'"


def _type(chance: random.Random) -> str:
    return f"'{chance.choice(KIND)} {chance.choice(FINISH)} {chance.choice(METAL)}'"


def _month(chance: random.Random, first: int, last: int, months: int = 12) -> str:
    return _day(date(chance.randint(first, last), chance.randint(1, months), 1))


def _nations(chance: random.Random, many: int) -> list[str]:
    return [f"'{name}'" for name, _ in chance.sample(NATIONS, many)]


def _sizes(chance: random.Random) -> list[str]:
    return [str(n) for n in chance.sample(range(1, 51), 8)]


def _national(chance: random.Random) -> list[str]:
    name, region = chance.choice(NATIONS)
    return [f"'{name}'", f"'{REGIONS[region]}'", _type(chance)]


def _codes(chance: random.Random) -> list[str]:
    return [f"'{n}'" for n in chance.sample(range(10, 35), 7)]


Values = Callable[[random.Random, float], list[str]]
QUERIES: tuple[tuple[str, str, Values], ...] = (
    ("""select l_returnflag, l_linestatus, sum(l_quantity) as sum_qty, sum(l_extendedprice) as sum_base_price,
        sum(l_extendedprice * (1 - l_discount)) as sum_disc_price,
        sum(l_extendedprice * (1 - l_discount) * (1 + l_tax)) as sum_charge, avg(l_quantity) as avg_qty,
        avg(l_extendedprice) as avg_price, avg(l_discount) as avg_disc, count(*) as count_order
        from lineitem where l_shipdate <= $1 group by l_returnflag, l_linestatus
        order by l_returnflag, l_linestatus""",
     "date", lambda r, _: [_day(date.fromordinal(date(1998, 12, 1).toordinal() - r.randint(60, 120)))]),
    ("""select s_acctbal, s_name, n_name, p_partkey, p_mfgr, s_address, s_phone, s_comment
        from part, supplier, partsupp, nation, region
        where p_partkey = ps_partkey and s_suppkey = ps_suppkey and p_size = $1 and p_type like $2
        and s_nationkey = n_nationkey and n_regionkey = r_regionkey and r_name = $3 and ps_supplycost = (
            select min(ps_supplycost) from partsupp, supplier, nation, region
            where p_partkey = ps_partkey and s_suppkey = ps_suppkey and s_nationkey = n_nationkey
            and n_regionkey = r_regionkey and r_name = $3)
        order by s_acctbal desc, n_name, s_name, p_partkey limit 100""",
     "int text text", lambda r, _: [str(r.randint(1, 50)), f"'%{r.choice(METAL)}'", _text(REGIONS, r)]),
    ("""select l_orderkey, sum(l_extendedprice * (1 - l_discount)) as revenue, o_orderdate, o_shippriority
        from customer, orders, lineitem where c_mktsegment = $1 and c_custkey = o_custkey and l_orderkey = o_orderkey
        and o_orderdate < $2 and l_shipdate > $2 group by l_orderkey, o_orderdate, o_shippriority
        order by revenue desc, o_orderdate limit 10""",
     "text date", lambda r, _: [_text(SEGMENTS, r), _day(date(1995, 3, r.randint(1, 31)))]),
    ("""select o_orderpriority, count(*) as order_count from orders
        where o_orderdate >= $1 and o_orderdate < $1 + interval '3 months' and exists (
            select from lineitem where l_orderkey = o_orderkey and l_commitdate < l_receiptdate)
        group by o_orderpriority order by o_orderpriority""",
     "date", lambda r, _: [_month(r, 1993, 1997, 10)]),
    ("""select n_name, sum(l_extendedprice * (1 - l_discount)) as revenue
        from customer, orders, lineitem, supplier, nation, region
        where c_custkey = o_custkey and l_orderkey = o_orderkey and l_suppkey = s_suppkey
        and c_nationkey = s_nationkey and s_nationkey = n_nationkey and n_regionkey = r_regionkey and r_name = $1
        and o_orderdate >= $2 and o_orderdate < $2 + interval '1 year' group by n_name order by revenue desc""",
     "text date", lambda r, _: [_text(REGIONS, r), _day(date(r.randint(1993, 1997), 1, 1))]),
    ("""select sum(l_extendedprice * l_discount) as revenue from lineitem
        where l_shipdate >= $1 and l_shipdate < $1 + interval '1 year'
        and l_discount between $2 - 0.01 and $2 + 0.01 and l_quantity < $3""",
     "date numeric int", lambda r, _: [_day(date(r.randint(1993, 1997), 1, 1)), f"0.0{r.randint(2, 9)}",
                                       str(r.randint(24, 25))]),
    ("""select supp_nation, cust_nation, l_year, sum(volume) as revenue from (
            select n1.n_name as supp_nation, n2.n_name as cust_nation, extract(year from l_shipdate) as l_year,
            l_extendedprice * (1 - l_discount) as volume
            from supplier, lineitem, orders, customer, nation n1, nation n2
            where s_suppkey = l_suppkey and o_orderkey = l_orderkey and c_custkey = o_custkey
            and s_nationkey = n1.n_nationkey and c_nationkey = n2.n_nationkey
            and ((n1.n_name = $1 and n2.n_name = $2) or (n1.n_name = $2 and n2.n_name = $1))
            and l_shipdate between date '1995-01-01' and date '1996-12-31') as shipping
        group by supp_nation, cust_nation, l_year order by supp_nation, cust_nation, l_year""",
     "text text", lambda r, _: _nations(r, 2)),
    ("""select o_year, sum(case when nation = $1 then volume else 0 end) / sum(volume) as mkt_share from (
            select extract(year from o_orderdate) as o_year, l_extendedprice * (1 - l_discount) as volume,
            n2.n_name as nation from part, supplier, lineitem, orders, customer, nation n1, nation n2, region
            where p_partkey = l_partkey and s_suppkey = l_suppkey and l_orderkey = o_orderkey
            and o_custkey = c_custkey and c_nationkey = n1.n_nationkey and n1.n_regionkey = r_regionkey
            and r_name = $2 and s_nationkey = n2.n_nationkey
            and o_orderdate between date '1995-01-01' and date '1996-12-31' and p_type = $3) as all_nations
        group by o_year order by o_year""",
     "text text text", lambda r, _: _national(r)),
    ("""select nation, o_year, sum(amount) as sum_profit from (
            select n_name as nation, extract(year from o_orderdate) as o_year,
            l_extendedprice * (1 - l_discount) - ps_supplycost * l_quantity as amount
            from part, supplier, lineitem, partsupp, orders, nation
            where s_suppkey = l_suppkey and ps_suppkey = l_suppkey and ps_partkey = l_partkey
            and p_partkey = l_partkey and o_orderkey = l_orderkey and s_nationkey = n_nationkey
            and p_name like $1) as profit
        group by nation, o_year order by nation, o_year desc""",
     "text", lambda r, _: [f"'%{r.choice(COLORS)}%'"]),
    ("""select c_custkey, c_name, sum(l_extendedprice * (1 - l_discount)) as revenue, c_acctbal, n_name, c_address,
        c_phone, c_comment from customer, orders, lineitem, nation
        where c_custkey = o_custkey and l_orderkey = o_orderkey and o_orderdate >= $1
        and o_orderdate < $1 + interval '3 months' and l_returnflag = 'R' and c_nationkey = n_nationkey
        group by c_custkey, c_name, c_acctbal, c_phone, n_name, c_address, c_comment
        order by revenue desc limit 20""",
     "date", lambda r, _: [_month(r, 1993, 1994)]),
    ("""select ps_partkey, sum(ps_supplycost * ps_availqty) as value from partsupp, supplier, nation
        where ps_suppkey = s_suppkey and s_nationkey = n_nationkey and n_name = $1 group by ps_partkey
        having sum(ps_supplycost * ps_availqty) > (
            select sum(ps_supplycost * ps_availqty) * $2 from partsupp, supplier, nation
            where ps_suppkey = s_suppkey and s_nationkey = n_nationkey and n_name = $1)
        order by value desc""",
     "text numeric", lambda r, scale: [*_nations(r, 1), f"{0.0001 / scale:.7f}"]),
    ("""select l_shipmode,
        sum(case when o_orderpriority in ('1-URGENT', '2-HIGH') then 1 else 0 end) as high_line_count,
        sum(case when o_orderpriority not in ('1-URGENT', '2-HIGH') then 1 else 0 end) as low_line_count
        from orders, lineitem where o_orderkey = l_orderkey and l_shipmode in ($1, $2)
        and l_commitdate < l_receiptdate and l_shipdate < l_commitdate and l_receiptdate >= $3
        and l_receiptdate < $3 + interval '1 year' group by l_shipmode order by l_shipmode""",
     "text text date", lambda r, _: [*(f"'{one}'" for one in r.sample(MODES, 2)),
                                     _day(date(r.randint(1993, 1997), 1, 1))]),
    ("""select c_count, count(*) as custdist from (select c_custkey, count(o_orderkey) as c_count
            from customer left join orders on c_custkey = o_custkey and o_comment not like $1 group by c_custkey) c
        group by c_count order by custdist desc, c_count desc""",
     "text", lambda r, _: [f"'%{r.choice(WORD1)}%{r.choice(WORD2)}%'"]),
    ("""select 100.00 * sum(case when p_type like 'PROMO%' then l_extendedprice * (1 - l_discount) else 0 end)
        / sum(l_extendedprice * (1 - l_discount)) as promo_revenue from lineitem, part
        where l_partkey = p_partkey and l_shipdate >= $1 and l_shipdate < $1 + interval '1 month'""",
     "date", lambda r, _: [_month(r, 1993, 1997)]),
    ("""with revenue as (select l_suppkey as supplier_no, sum(l_extendedprice * (1 - l_discount)) as total_revenue
            from lineitem where l_shipdate >= $1 and l_shipdate < $1 + interval '3 months' group by l_suppkey)
        select s_suppkey, s_name, s_address, s_phone, total_revenue from supplier, revenue
        where s_suppkey = supplier_no and total_revenue = (select max(total_revenue) from revenue)
        order by s_suppkey""",
     "date", lambda r, _: [_month(r, 1993, 1997, 10)]),
    ("""select p_brand, p_type, p_size, count(distinct ps_suppkey) as supplier_cnt from partsupp, part
        where p_partkey = ps_partkey and p_brand <> $1 and p_type not like $2
        and p_size in ($3, $4, $5, $6, $7, $8, $9, $10)
        and ps_suppkey not in (select s_suppkey from supplier where s_comment like '%Customer%Complaints%')
        group by p_brand, p_type, p_size order by supplier_cnt desc, p_brand, p_type, p_size""",
     "text text int int int int int int int int",
     lambda r, _: [_brand(r), f"'{r.choice(KIND)} {r.choice(FINISH)}%'", *_sizes(r)]),
    ("""select sum(l_extendedprice) / 7.0 as avg_yearly from lineitem, part
        where p_partkey = l_partkey and p_brand = $1 and p_container = $2 and l_quantity < (
            select 0.2 * avg(l_quantity) from lineitem where l_partkey = p_partkey)""",
     "text text", lambda r, _: [_brand(r), f"'{r.choice(PACK)} {r.choice(BOX)}'"]),
    ("""select c_name, c_custkey, o_orderkey, o_orderdate, o_totalprice, sum(l_quantity)
        from customer, orders, lineitem
        where o_orderkey in (select l_orderkey from lineitem group by l_orderkey having sum(l_quantity) > $1)
        and c_custkey = o_custkey and o_orderkey = l_orderkey
        group by c_name, c_custkey, o_orderkey, o_orderdate, o_totalprice
        order by o_totalprice desc, o_orderdate limit 100""",
     "int", lambda r, _: [str(r.randint(312, 315))]),
    ("""select sum(l_extendedprice * (1 - l_discount)) as revenue from lineitem, part
        where (p_partkey = l_partkey and p_brand = $1 and p_container in ('SM CASE', 'SM BOX', 'SM PACK', 'SM PKG')
            and l_quantity >= $4 and l_quantity <= $4 + 10 and p_size between 1 and 5
            and l_shipmode in ('AIR', 'AIR REG') and l_shipinstruct = 'DELIVER IN PERSON')
        or (p_partkey = l_partkey and p_brand = $2 and p_container in ('MED BAG', 'MED BOX', 'MED PKG', 'MED PACK')
            and l_quantity >= $5 and l_quantity <= $5 + 10 and p_size between 1 and 10
            and l_shipmode in ('AIR', 'AIR REG') and l_shipinstruct = 'DELIVER IN PERSON')
        or (p_partkey = l_partkey and p_brand = $3 and p_container in ('LG CASE', 'LG BOX', 'LG PACK', 'LG PKG')
            and l_quantity >= $6 and l_quantity <= $6 + 10 and p_size between 1 and 15
            and l_shipmode in ('AIR', 'AIR REG') and l_shipinstruct = 'DELIVER IN PERSON')""",
     "text text text int int int",
     lambda r, _: [_brand(r), _brand(r), _brand(r), str(r.randint(1, 10)), str(r.randint(10, 20)),
                   str(r.randint(20, 30))]),
    ("""select s_name, s_address from supplier, nation where s_suppkey in (
            select ps_suppkey from partsupp where ps_partkey in (select p_partkey from part where p_name like $1)
            and ps_availqty > (select 0.5 * sum(l_quantity) from lineitem
                where l_partkey = ps_partkey and l_suppkey = ps_suppkey and l_shipdate >= $2
                and l_shipdate < $2 + interval '1 year'))
        and s_nationkey = n_nationkey and n_name = $3 order by s_name""",
     "text date text",
     lambda r, _: [f"'{r.choice(COLORS)}%'", _day(date(r.randint(1993, 1997), 1, 1)), *_nations(r, 1)]),
    ("""select s_name, count(*) as numwait from supplier, lineitem l1, orders, nation
        where s_suppkey = l1.l_suppkey and o_orderkey = l1.l_orderkey and o_orderstatus = 'F'
        and l1.l_receiptdate > l1.l_commitdate
        and exists (select from lineitem l2 where l2.l_orderkey = l1.l_orderkey and l2.l_suppkey <> l1.l_suppkey)
        and not exists (select from lineitem l3 where l3.l_orderkey = l1.l_orderkey
            and l3.l_suppkey <> l1.l_suppkey and l3.l_receiptdate > l3.l_commitdate)
        and s_nationkey = n_nationkey and n_name = $1 group by s_name order by numwait desc, s_name limit 100""",
     "text", lambda r, _: _nations(r, 1)),
    ("""select cntrycode, count(*) as numcust, sum(c_acctbal) as totacctbal from (
            select substring(c_phone from 1 for 2) as cntrycode, c_acctbal from customer
            where substring(c_phone from 1 for 2) in ($1, $2, $3, $4, $5, $6, $7) and c_acctbal > (
                select avg(c_acctbal) from customer where c_acctbal > 0.00
                and substring(c_phone from 1 for 2) in ($1, $2, $3, $4, $5, $6, $7))
            and not exists (select from orders where o_custkey = c_custkey)) as custsale
        group by cntrycode order by cntrycode""",
     "text text text text text text text", lambda r, _: _codes(r)),
)  # fmt: skip


def case(server: Server, scale: float, limit: float, draws: int) -> Case:
    """The database at a scale, with other values for measuring than for advising."""
    empty, data, size = made(server, SCHEMA, filling(scale))
    chance, other = random.Random(1), random.Random(2)
    known = [(statement(f"q{n:02}", sql, types.split()), make) for n, (sql, types, make) in enumerate(QUERIES, 1)]
    advised = tuple(drawn(one, [make(chance, scale) for _ in range(2)]) for one, make in known)
    asked = tuple(drawn(one, [make(other, scale) for _ in range(draws)]) for one, make in known)
    told = f"TPC-H at scale {scale:g}: 22 queries, {draws} sets of values each"
    return Case(f"tpch-{scale:g}", empty, data, size, advised, asked, limit, told)
