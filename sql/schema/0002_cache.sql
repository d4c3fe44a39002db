-- cache: one row a cached value, until it expires

create table cache (
    key varchar not null,
    value varchar not null,
    expiration integer not null,
    primary key (key)
);

comment on column cache.key is 'Cache key (primary)';
comment on column cache.value is 'Cached value';
comment on column cache.expiration is 'Expiration timestamp';
