-- queue_expirations: one row per cached value or lock, with the time it expires; never its key
create or replace view queue_expirations as
select 'cache' as kind, to_timestamp(expiration) as expires_at
from cache
union all
select 'lock', to_timestamp(expiration)
from cache_locks
