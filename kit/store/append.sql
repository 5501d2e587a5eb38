-- One group of appends in one round trip: lock, look, judge, write, announce, commit (decision record 0002).
--
-- Every append is judged by itself, in the order of the group. Verdicts: 0 ok, 1 repeat, 2 key misused, 3 stale, 4 claimed.
-- Streams may form chains (0023): an append may rest on earlier ones of the group, its predecessors, and falls as stale with any of them.
-- Keys and claims stand in a group once (the writer sees to both), so one look before the writes is enough.
-- A column of a table comes as one text, its cells parted by the unit separator; an empty cell is null (0022).
-- Traps: the lock is a statement of its own (one statement would read heads older than the lock); the function is VOLATILE (each
-- statement sees what was committed before it); the holder of a claim is a scalar subquery (a join planned on an empty table reads all).
create or replace function append_group(
  p_count int,                                                   -- appends in the group, numbered from 1
  p_key text, p_body text, p_floor text, p_meta text,            -- one cell per append; meta: of all its events that have none of their own
  r_app text, r_stream text, r_version text,                     -- one per stream that was read and that no predecessor writes
  f_app text, f_on text,                                         -- one per append and predecessor
  e_app text, e_nth text, e_id text, e_stream text, e_version text, e_type text, e_schema text, e_key text,
  e_occurred text, e_effective text, e_data text, e_meta text,   -- one per event; nth: from 0 in its append
  c_app text, c_stream text, c_op text, c_kind text, c_key text, c_due text, -- one per change of an index row
  x_app text, x_table text, x_row text,                          -- one per row of the service's own tables
  p_now timestamptz,                                             -- the time in a simulation, else null
  out verdict int[], out pos bigint[], out n int[], out detail text[], out at timestamptz, out base bigint, out last bigint)
language plpgsql volatile as $$
declare
  base_at timestamptz; next_pos bigint; i int; item record; e_apps int[]; x_apps int[]; op text[]; metas jsonb[];
begin
  perform pg_advisory_xact_lock(7207);

  select e.position, e.recorded_at into base, base_at from events e order by e.position desc limit 1;
  base := coalesce(base, 0);

  select array_agg(case when k.key is null then 0 when k.body is null or a.body is null or k.body = a.body::uuid then 1 else 2 end order by a.i),
         array_agg(coalesce(k.position, 0) order by a.i), array_agg(coalesce(k.count, 0) order by a.i), array_agg(''::text)
    into verdict, pos, n, detail
    from unnest(cells(p_key), cells(p_body), array_fill(0, array[p_count])) with ordinality a(key, body, filler, i)
    left join command_key k on k.key = a.key::uuid;

  for i in select r.app::int from unnest(cells(r_app), cells(r_stream), cells(r_version)) r(app, stream, version)
            where r.version::int <> coalesce((select e.version from events e where e.stream = r.stream order by e.version desc limit 1), 0) loop
    if verdict[i] = 0 then verdict[i] := 3; end if;
  end loop;
  op := cells(c_op);
  if op && array['take', 'release'] then
    for item in
      select c.app::int, c.kind || ':' || c.key as held from (
        select c.*, (select t.stream from claim t where t.kind = c.kind and t.key = c.key) as holder
          from unnest(cells(c_app), cells(c_stream), op, cells(c_kind), cells(c_key)) c(app, stream, op, kind, key)
         where c.op in ('take', 'release')) c
       where (c.op = 'take' and c.holder is not null and c.holder <> c.stream) or (c.op = 'release' and c.holder is distinct from c.stream) loop
      if verdict[item.app] = 0 then verdict[item.app] := 4; detail[item.app] := item.held; end if;
    end loop;
  end if;
  for item in select f.app::int, f.pred::int from unnest(cells(f_app), cells(f_on)) f(app, pred) loop
    if verdict[item.app] in (0, 4) and verdict[item.pred] is distinct from 0 then verdict[item.app] := 3; end if;
  end loop;

  next_pos := base + 1;
  e_apps := cells(e_app)::int[];
  foreach i in array e_apps loop
    if verdict[i] = 0 then
      if n[i] = 0 then pos[i] := next_pos; end if;
      n[i] := n[i] + 1;
      next_pos := next_pos + 1;
    end if;
  end loop;
  last := next_pos - 1;
  at := greatest(coalesce(p_now, clock_timestamp()), base_at);
  if ltrim(p_floor, E'\x1f') <> '' then
    at := greatest(at, (select max(f::timestamptz) from unnest(cells(p_floor)) with ordinality x(f, o) where verdict[o] = 0));
  end if;

  if op <> '{}' then -- also of an append without events: a timer that turned out to be moot is dropped
    perform index_change(c.stream, c.op, c.kind, c.key, c.due::timestamptz, pos[c.app::int])
      from unnest(cells(c_app), cells(c_stream), op, cells(c_kind), cells(c_key), cells(c_due)) with ordinality c(app, stream, op, kind, key, due, o)
     where verdict[c.app::int] = 0 order by c.o;
  end if;
  if last > base then
    select array_agg(m.meta::jsonb order by m.i) into metas from unnest(cells(p_meta)) with ordinality m(meta, i);
    insert into events (position, id, stream, version, type, schema_version, key, recorded_at, occurred_at, effective_from, data, meta)
      select pos[e.app] + e.nth::int, e.id::uuid, e.stream, e.version::int, e.type, e.schema::int, e.key, at,
             e.occurred::timestamptz, e.effective::date, e.data::jsonb, coalesce(e.meta::jsonb, metas[e.app])
        from unnest(e_apps, cells(e_nth), cells(e_id), cells(e_stream), cells(e_version), cells(e_type), cells(e_schema), cells(e_key),
                    cells(e_occurred), cells(e_effective), cells(e_data), cells(e_meta))
          e(app, nth, id, stream, version, type, schema, key, occurred, effective, data, meta)
       where verdict[e.app] = 0;
    insert into command_key (key, body, position, count)
      select a.key::uuid, a.body::uuid, pos[a.i], n[a.i] from unnest(cells(p_key), cells(p_body)) with ordinality a(key, body, i)
       where a.key is not null and verdict[a.i] = 0 and n[a.i] > 0;
    if x_app <> '' then
      x_apps := cells(x_app)::int[];
      for item in select x.table_name, array_agg(x.row::jsonb order by x.o) as rows
                    from unnest(x_apps, cells(x_table), cells(x_row)) with ordinality x(app, table_name, row, o)
                   where verdict[x.app] = 0 group by x.table_name loop
        execute format('insert into %1$I select r.* from unnest($1) x(row), jsonb_populate_record(null::%1$I, x.row) r', item.table_name)
          using item.rows;
      end loop;
    end if;
    perform pg_notify('events', last::text);
  end if;
end $$;
