-- cache_locks: one row a lock that is held, until it expires

create table cache_locks (
    key varchar not null,
    owner varchar not null,
    expiration integer not null,
    primary key (key)
);

comment on column cache_locks.key is 'Lock key (primary)';
comment on column cache_locks.owner is 'Lock owner';
comment on column cache_locks.expiration is 'Expiration timestamp';
