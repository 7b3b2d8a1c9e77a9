-- The words of JSON Schema that apps use; words beyond them (references, formats, conditions) hold nothing back.
create function _of_type(value jsonb, type text) returns boolean language sql immutable as $$
  select case type
    when 'integer' then jsonb_typeof(value) = 'number' and mod(value::numeric, 1) = 0
    else jsonb_typeof(value) = type
  end
$$;
create function jsonb_matches_schema(schema json, instance jsonb) returns boolean language plpgsql immutable strict as $$
declare
  rule jsonb := schema::jsonb;
  part text;
begin
  if jsonb_typeof(rule) = 'boolean' then
    return rule::boolean;
  end if;
  if rule ? 'type' and not exists (
    select from jsonb_path_query(rule, '$.type[*]') as type where @extschema@._of_type(instance, type #>> '{}')
  ) or rule ? 'enum' and not exists (select from jsonb_array_elements(rule -> 'enum') as one where one = instance)
    or rule ? 'const' and rule -> 'const' <> instance then
    return false;
  end if;
  case jsonb_typeof(instance)
    when 'string' then
      part := instance #>> '{}';
      if length(part) < (rule ->> 'minLength')::int or length(part) > (rule ->> 'maxLength')::int
          or part !~ (rule ->> 'pattern') then
        return false;
      end if;
    when 'number' then
      if instance::numeric < (rule ->> 'minimum')::numeric or instance::numeric > (rule ->> 'maximum')::numeric
          or instance::numeric <= (rule ->> 'exclusiveMinimum')::numeric
          or instance::numeric >= (rule ->> 'exclusiveMaximum')::numeric
          or mod(instance::numeric, (rule ->> 'multipleOf')::numeric) <> 0 then
        return false;
      end if;
    when 'array' then
      if jsonb_array_length(instance) < (rule ->> 'minItems')::int or jsonb_array_length(instance) > (rule ->> 'maxItems')::int
          or (rule ->> 'uniqueItems')::boolean
            and (select count(*) > count(distinct one) from jsonb_array_elements(instance) as one)
          or exists (select from jsonb_array_elements(instance) as one
                     where not @extschema@.jsonb_matches_schema((rule -> 'items')::json, one)) then
        return false;
      end if;
    when 'object' then
      if exists (select from jsonb_array_elements_text(rule -> 'required') as name where not instance ? name)
          or exists (select from jsonb_each(rule -> 'properties') as property
                     where instance ? key and not @extschema@.jsonb_matches_schema(value::json, instance -> key))
          or exists (select from jsonb_each(instance) as field
                     where not coalesce(rule -> 'properties', '{}') ? key
                       and not @extschema@.jsonb_matches_schema((rule -> 'additionalProperties')::json, value)) then
        return false;
      end if;
    else
      null;
  end case;
  return not exists (select from jsonb_array_elements(rule -> 'allOf') as one
                     where not @extschema@.jsonb_matches_schema(one::json, instance))
    and (not rule ? 'anyOf' or exists (select from jsonb_array_elements(rule -> 'anyOf') as one
                                       where @extschema@.jsonb_matches_schema(one::json, instance)))
    and (not rule ? 'oneOf' or (select count(*) = 1 from jsonb_array_elements(rule -> 'oneOf') as one
                                where @extschema@.jsonb_matches_schema(one::json, instance)))
    and (not rule ? 'not' or not @extschema@.jsonb_matches_schema((rule -> 'not')::json, instance));
end $$;
create function json_matches_schema(schema json, instance json) returns boolean language sql immutable strict as $$
  select @extschema@.jsonb_matches_schema(schema, instance::jsonb)
$$;
create function jsonschema_is_valid(schema json) returns boolean language sql immutable strict as $$
  select json_typeof(schema) in ('object', 'boolean')
$$;
create function jsonschema_validation_errors(schema json, instance json) returns text[]
language sql immutable strict as $$
  select case when @extschema@.json_matches_schema(schema, instance) then '{}' else array['does not match the schema'] end
$$;
