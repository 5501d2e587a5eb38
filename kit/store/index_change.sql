-- One change of an index row (claim, subject, timer): the same for a new append, an imported event and a replay.
create or replace function index_change(p_stream text, p_op text, p_kind text, p_key text, p_due timestamptz, p_position bigint)
returns void language plpgsql volatile as $$
begin
  case p_op
    when 'take' then insert into claim values (p_kind, p_key, p_stream) on conflict (kind, key) do nothing;
    when 'release' then delete from claim where kind = p_kind and key = p_key and stream = p_stream;
    when 'link' then insert into subject values (p_key, p_stream, p_position) on conflict do nothing;
    when 'unlink' then delete from subject where subject = p_key and stream = p_stream;
    when 'timer' then insert into timer values (p_stream, p_key, p_due) on conflict (stream, name) do update set due = excluded.due;
    when 'cancel' then delete from timer where stream = p_stream and name = p_key;
    when 'end' then
      delete from claim where stream = p_stream;
      delete from subject where stream = p_stream;
      delete from timer where stream = p_stream;
  end case;
end $$
