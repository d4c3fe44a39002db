-- withheld_values: no password, token or cached value is here
select 'users' as table_name, id::varchar as key
from users
where password <> '' or remember_token is not null
union all
select 'cache', key
from cache
where value <> ''
union all
select 'cache_locks', key
from cache_locks
where owner <> ''
order by all
