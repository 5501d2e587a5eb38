-- The cells of one column of a group (`kit/store/parameters.py`); an empty cell is null.
create or replace function cells(joined text) returns text[] language sql immutable parallel safe
as $$ select string_to_array(joined, E'\x1f', '') $$
