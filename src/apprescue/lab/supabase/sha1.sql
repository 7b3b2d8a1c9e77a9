declare
  h bigint[] := array[x'67452301'::bigint, x'efcdab89'::bigint, x'98badcfe'::bigint, x'10325476'::bigint, x'c3d2e1f0'::bigint];
  v bigint[];
  w bigint[];
  f bigint;
  k bigint;
  mask constant bigint := 4294967295;
  padded bytea := data || '\x80'::bytea
    || decode(repeat('00', mod(119 - mod(length(data), 64), 64)), 'hex') || int8send(length(data)::bigint * 8);
begin
  for block in 0 .. length(padded) / 64 - 1 loop
    for t in 0 .. 79 loop
      if t < 16 then
        k := block * 64 + t * 4;
        f := (get_byte(padded, k::int)::bigint << 24) | (get_byte(padded, k::int + 1) << 16)
          | (get_byte(padded, k::int + 2) << 8) | get_byte(padded, k::int + 3);
      else
        f := w[t - 3] # w[t - 8] # w[t - 14] # w[t - 16];
        f := ((f << 1) | (f >> 31)) & mask;
      end if;
      w[t] := f;
    end loop;
    v := h;
    for t in 0 .. 79 loop
      if t < 20 then
        f := (v[2] & v[3]) | (~v[2] & mask & v[4]);
        k := x'5a827999'::bigint;
      elsif t < 40 then
        f := v[2] # v[3] # v[4];
        k := x'6ed9eba1'::bigint;
      elsif t < 60 then
        f := (v[2] & v[3]) | (v[2] & v[4]) | (v[3] & v[4]);
        k := x'8f1bbcdc'::bigint;
      else
        f := v[2] # v[3] # v[4];
        k := x'ca62c1d6'::bigint;
      end if;
      v := array[
        ((((v[1] << 5) | (v[1] >> 27)) & mask) + f + v[5] + k + w[t]) & mask,
        v[1], ((v[2] << 30) | (v[2] >> 2)) & mask, v[3], v[4]
      ];
    end loop;
    for i in 1 .. 5 loop
      h[i] := (h[i] + v[i]) & mask;
    end loop;
  end loop;
  return decode(
    lpad(to_hex(h[1]), 8, '0') || lpad(to_hex(h[2]), 8, '0') || lpad(to_hex(h[3]), 8, '0')
    || lpad(to_hex(h[4]), 8, '0') || lpad(to_hex(h[5]), 8, '0'), 'hex'
  );
end
