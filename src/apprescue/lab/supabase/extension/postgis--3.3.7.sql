-- Types that hold their text (WKT or EWKT) and the functions that apps name. Points are reckoned with; of all other
-- shapes only the box around them is.
create type geometry;
create type geography;
create function _geometry_in(cstring) returns geometry language internal immutable strict parallel safe as 'textin';
create function _geometry_out(geometry) returns cstring language internal immutable strict parallel safe as 'textout';
create function _geography_in(cstring) returns geography language internal immutable strict parallel safe as 'textin';
create function _geography_out(geography) returns cstring language internal immutable strict parallel safe as 'textout';
-- (Point, 4326) and the like: how many there are is all that is kept of them.
create function _shape_modifiers(cstring[]) returns integer language internal immutable strict parallel safe as 'array_cardinality';
create type geometry (
  input = _geometry_in, output = _geometry_out, typmod_in = _shape_modifiers, like = text, collatable = true
);
create type geography (
  input = _geography_in, output = _geography_out, typmod_in = _shape_modifiers, like = text, collatable = true
);
create cast (text as geometry) without function as implicit;
create cast (geometry as text) without function as implicit;
create cast (text as geography) without function as assignment;
create cast (geography as text) without function as assignment;
create cast (geometry as geography) without function as implicit;
create cast (geography as geometry) without function;

-- An index of these can be made; no search uses it.
create function _gist_consistent(internal, text, smallint, oid, internal) returns boolean
language c immutable strict parallel safe as '$libdir/btree_gist', 'gbt_text_consistent';
create function _gist_compress(internal) returns internal
language c immutable strict parallel safe as '$libdir/btree_gist', 'gbt_text_compress';
create function _gist_decompress(internal) returns internal
language c immutable strict parallel safe as '$libdir/btree_gist', 'gbt_var_decompress';
create function _gist_penalty(internal, internal, internal) returns internal
language c immutable strict parallel safe as '$libdir/btree_gist', 'gbt_text_penalty';
create function _gist_picksplit(internal, internal) returns internal
language c immutable strict parallel safe as '$libdir/btree_gist', 'gbt_text_picksplit';
create function _gist_union(internal, internal) returns bytea
language c immutable strict parallel safe as '$libdir/btree_gist', 'gbt_text_union';
create function _gist_same(bytea, bytea, internal) returns internal
language c immutable strict parallel safe as '$libdir/btree_gist', 'gbt_text_same';
create operator class gist_geometry_ops_2d default for type geometry using gist as
  function 1 _gist_consistent(internal, text, smallint, oid, internal), function 2 _gist_union(internal, internal),
  function 3 _gist_compress(internal), function 4 _gist_decompress(internal),
  function 5 _gist_penalty(internal, internal, internal), function 6 _gist_picksplit(internal, internal),
  function 7 _gist_same(bytea, bytea, internal), storage bytea;
create operator class gist_geography_ops default for type geography using gist as
  function 1 _gist_consistent(internal, text, smallint, oid, internal), function 2 _gist_union(internal, internal),
  function 3 _gist_compress(internal), function 4 _gist_decompress(internal),
  function 5 _gist_penalty(internal, internal, internal), function 6 _gist_picksplit(internal, internal),
  function 7 _gist_same(bytea, bytea, internal), storage bytea;

create function postgis_version() returns text language sql immutable as $$ select '3.3 USE_GEOS=0 USE_PROJ=0 USE_STATS=0' $$;
create function postgis_full_version() returns text language sql immutable as $$ select 'POSTGIS="3.3.7"' $$;

create function _plain(shape text) returns text language sql immutable strict parallel safe as $$
  select regexp_replace(shape, '^SRID=\d+;', '', 'i')
$$;
create function _first(shape text) returns point language sql immutable strict parallel safe as $$
  select point(found[1]::float8, found[2]::float8)
  from regexp_match(shape, '\(\s*(-?[\d.]+(?:e-?\d+)?)\s+(-?[\d.]+(?:e-?\d+)?)', 'i') as found
$$;
create function _around(shape text) returns box language sql immutable strict parallel safe as $$
  select box(point(min(found[1]::float8), min(found[2]::float8)), point(max(found[1]::float8), max(found[2]::float8)))
  from regexp_matches(shape, '(-?[\d.]+(?:e-?\d+)?)\s+(-?[\d.]+(?:e-?\d+)?)', 'ig') as found
$$;

create function st_srid(geom geometry) returns integer language sql immutable strict parallel safe as $$
  select coalesce(substring(geom::text from '(?i)^SRID=(\d+)')::int, 0)
$$;
create function st_setsrid(geom geometry, srid integer) returns geometry language sql immutable strict parallel safe as $$
  select ('SRID=' || srid || ';' || @extschema@._plain(geom::text))::@extschema@.geometry
$$;
create function st_transform(geom geometry, to_srid integer) returns geometry language sql immutable strict parallel safe as $$
  select @extschema@.st_setsrid(geom, to_srid)
$$;
create function st_makepoint(x float8, y float8) returns geometry language sql immutable strict parallel safe as $$
  select ('POINT(' || x || ' ' || y || ')')::@extschema@.geometry
$$;
create function st_point(x float8, y float8) returns geometry language sql immutable strict parallel safe as $$
  select @extschema@.st_makepoint(x, y)
$$;
create function st_point(x float8, y float8, srid integer) returns geometry language sql immutable strict parallel safe as $$
  select @extschema@.st_setsrid(@extschema@.st_makepoint(x, y), srid)
$$;
create function st_makeenvelope(xmin float8, ymin float8, xmax float8, ymax float8, srid integer default 0) returns geometry
language sql immutable strict parallel safe as $$
  select (case when srid > 0 then 'SRID=' || srid || ';' else '' end
    || format('POLYGON((%s %s,%s %s,%s %s,%s %s,%s %s))', xmin, ymin, xmin, ymax, xmax, ymax, xmax, ymin, xmin, ymin)
  )::@extschema@.geometry
$$;
create function st_geomfromtext(wkt text, srid integer default 0) returns geometry
language sql immutable strict parallel safe as $$
  select case when srid > 0 then @extschema@.st_setsrid(wkt::@extschema@.geometry, srid) else wkt::@extschema@.geometry end
$$;
create function st_geomfromewkt(text) returns geometry language sql immutable strict parallel safe as $$
  select $1::@extschema@.geometry
$$;
create function st_geogfromtext(text) returns geography language sql immutable strict parallel safe as $$
  select $1::@extschema@.geography
$$;
create function st_geographyfromtext(text) returns geography language sql immutable strict parallel safe as $$
  select $1::@extschema@.geography
$$;
create function st_geomfromgeojson(data jsonb) returns geometry language sql immutable strict parallel safe as $$
  select @extschema@.st_setsrid(@extschema@.st_makepoint(
    (data -> 'coordinates' ->> 0)::float8, (data -> 'coordinates' ->> 1)::float8), 4326)
$$;
create function st_asewkt(geom geometry) returns text language sql immutable strict parallel safe as $$ select geom::text $$;
create function st_astext(geom geometry) returns text language sql immutable strict parallel safe as $$
  select @extschema@._plain(geom::text)
$$;
create function st_astext(geog geography) returns text language sql immutable strict parallel safe as $$
  select @extschema@._plain(geog::text)
$$;
create function st_x(geom geometry) returns float8 language sql immutable strict parallel safe as $$
  select (@extschema@._first(geom::text))[0]
$$;
create function st_y(geom geometry) returns float8 language sql immutable strict parallel safe as $$
  select (@extschema@._first(geom::text))[1]
$$;
create function st_asgeojson(geom geometry) returns text language sql immutable strict parallel safe as $$
  select jsonb_build_object('type', 'Point', 'coordinates', jsonb_build_array(@extschema@.st_x(geom), @extschema@.st_y(geom)))::text
$$;
create function st_asgeojson(geog geography) returns text language sql immutable strict parallel safe as $$
  select @extschema@.st_asgeojson(geog::@extschema@.geometry)
$$;

create function st_distance(a geometry, b geometry) returns float8 language sql immutable strict parallel safe as $$
  select @extschema@._first(a::text) <-> @extschema@._first(b::text)
$$;
-- Metres over a ball.
create function st_distance(a geography, b geography, use_spheroid boolean default true) returns float8
language sql immutable strict parallel safe as $$
  with ends as (select @extschema@._first(a::text) as one, @extschema@._first(b::text) as other)
  select 2 * 6371008.8 * asin(least(1, sqrt(
    power(sind((other[1] - one[1]) / 2), 2) + cosd(one[1]) * cosd(other[1]) * power(sind((other[0] - one[0]) / 2), 2)
  ))) from ends
$$;
create function st_distancesphere(a geometry, b geometry) returns float8 language sql immutable strict parallel safe as $$
  select @extschema@.st_distance(a::@extschema@.geography, b::@extschema@.geography)
$$;
create function st_dwithin(a geometry, b geometry, distance float8) returns boolean
language sql immutable strict parallel safe as $$
  select @extschema@.st_distance(a, b) <= distance
$$;
create function st_dwithin(a geography, b geography, distance float8, use_spheroid boolean default true) returns boolean
language sql immutable strict parallel safe as $$
  select @extschema@.st_distance(a, b) <= distance
$$;
create function st_intersects(a geometry, b geometry) returns boolean language sql immutable strict parallel safe as $$
  select @extschema@._around(a::text) && @extschema@._around(b::text)
$$;
create function st_contains(a geometry, b geometry) returns boolean language sql immutable strict parallel safe as $$
  select @extschema@._around(a::text) @> @extschema@._around(b::text)
$$;
create function st_covers(a geometry, b geometry) returns boolean language sql immutable strict parallel safe as $$
  select @extschema@.st_contains(a, b)
$$;
create function st_within(a geometry, b geometry) returns boolean language sql immutable strict parallel safe as $$
  select @extschema@.st_contains(b, a)
$$;
create operator && (leftarg = geometry, rightarg = geometry, function = st_intersects, commutator = &&);
create operator <-> (leftarg = geometry, rightarg = geometry, function = st_distance, commutator = <->);
create function _geography_apart(a geography, b geography) returns float8 language sql immutable strict parallel safe as $$
  select @extschema@.st_distance(a, b)
$$;
create operator <-> (leftarg = geography, rightarg = geography, function = _geography_apart, commutator = <->);
