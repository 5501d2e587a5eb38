-- One group of appends in one round trip: lock, look, judge, write, announce, commit (decision record 0002).
--
-- Every append is judged by itself. Appends of one group touch disjoint streams, keys and claims (the writer sees to it), so one
-- look before the writes is enough. Verdicts: 0 ok, 1 repeat, 2 key misused, 3 stale, 4 claimed.
-- Traps: the lock is a statement of its own (one statement would read heads older than the lock); the function is VOLATILE (each
-- statement sees what was committed before it); the holder of a claim is a scalar subquery (a join planned on an empty table reads all).
create or replace function append_group(
  p_key uuid[], p_body uuid[], p_floor timestamptz[],                          -- one entry per append
  r_app int[], r_stream text[], r_version int[],                               -- one per stream that was read
  e_app int[], e_id uuid[], e_stream text[], e_version int[], e_type text[], e_schema int[], e_key text[],
  e_occurred timestamptz[], e_effective date[], e_data jsonb[], e_meta jsonb[], -- one per event
  c_app int[], c_stream text[], c_op text[], c_kind text[], c_key text[], c_due timestamptz[], -- one per change of an index row
  x_app int[], x_table text[], x_row jsonb[],                                  -- one per row of the service's own tables
  p_now timestamptz,                                                           -- the time in a simulation, else null
  out verdict int[], out pos bigint[], out n int[], out detail text[], out at timestamptz, out base bigint, out last bigint)
language plpgsql volatile as $$
declare
  base_at timestamptz; next_pos bigint; i int; item record;
begin
  perform pg_advisory_xact_lock(7207);

  select e.position, e.recorded_at into base, base_at from events e order by e.position desc limit 1;
  base := coalesce(base, 0);

  select array_agg(y.v order by y.i), array_agg(y.position order by y.i), array_agg(y.count order by y.i), array_agg(y.held order by y.i)
    into verdict, pos, n, detail
    from (
      select a.i,
             case when k.key is not null then case when k.body is null or a.body is null or k.body = a.body then 1 else 2 end
                  when stale.app is not null then 3
                  when taken.held is not null then 4
                  else 0 end as v,
             coalesce(k.position, 0) as position, coalesce(k.count, 0) as count, coalesce(taken.held, '') as held
        from unnest(p_key, p_body) with ordinality a(key, body, i)
        left join command_key k on k.key = a.key
        left join lateral (
          select r.app from unnest(r_app, r_stream, r_version) r(app, stream, version)
           where r.app = a.i and r.version <> coalesce((select e.version from events e where e.stream = r.stream order by e.version desc limit 1), 0)
           limit 1) stale on true
        left join lateral (
          select c.kind || ':' || c.key as held from (
            select c.kind, c.key, c.op, c.stream, (select t.stream from claim t where t.kind = c.kind and t.key = c.key) as holder
              from unnest(c_app, c_stream, c_op, c_kind, c_key) c(app, stream, op, kind, key) where c.app = a.i and c.op in ('take', 'release')) c
           where (c.op = 'take' and c.holder is not null and c.holder <> c.stream) or (c.op = 'release' and c.holder is distinct from c.stream)
           limit 1) taken on true) y;

  next_pos := base + 1;
  foreach i in array e_app loop
    if verdict[i] = 0 then n[i] := n[i] + 1; end if;
  end loop;
  for i in 1 .. coalesce(cardinality(verdict), 0) loop
    if verdict[i] = 0 then
      pos[i] := case when n[i] = 0 then 0 else next_pos end;
      next_pos := next_pos + n[i];
    end if;
  end loop;
  last := next_pos - 1;
  at := greatest(coalesce(p_now, clock_timestamp()), base_at, (select max(f) from unnest(p_floor) with ordinality x(f, o) where verdict[o] = 0));

  if cardinality(c_app) > 0 then -- also of an append without events: a timer that turned out to be moot is dropped
    perform index_change(c.stream, c.op, c.kind, c.key, c.due, pos[c.app])
      from unnest(c_app, c_stream, c_op, c_kind, c_key, c_due) with ordinality c(app, stream, op, kind, key, due, o)
     where verdict[c.app] = 0 order by c.o;
  end if;
  if last > base then
    insert into events (position, id, stream, version, type, schema_version, key, recorded_at, occurred_at, effective_from, data, meta)
      select base + row_number() over (order by e.app, e.o), e.id, e.stream, e.version, e.type, e.schema, e.key, at, e.occurred, e.effective, e.data, e.meta
        from unnest(e_app, e_id, e_stream, e_version, e_type, e_schema, e_key, e_occurred, e_effective, e_data, e_meta)
          with ordinality e(app, id, stream, version, type, schema, key, occurred, effective, data, meta, o)
       where verdict[e.app] = 0;
    insert into command_key (key, body, position, count)
      select a.key, a.body, pos[a.i], n[a.i] from unnest(p_key, p_body) with ordinality a(key, body, i)
       where a.key is not null and verdict[a.i] = 0 and n[a.i] > 0;
    for item in select x.table_name, x.row from unnest(x_app, x_table, x_row) x(app, table_name, row) where verdict[x.app] = 0 loop
      execute format('insert into %1$I select * from jsonb_populate_record(null::%1$I, $1)', item.table_name) using item.row;
    end loop;
    perform pg_notify('events', last::text);
  end if;
end $$;
