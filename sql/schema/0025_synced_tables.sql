-- synced_tables: one row a table of PocketDev, as of the last sync that could read it

create table synced_tables (
    table_name varchar not null,
    source varchar not null,
    taken_at timestamptz not null,
    count_rows bigint not null,
    primary key (table_name)
);

comment on column synced_tables.source is 'Database, host and port; never a user or password';
comment on column synced_tables.taken_at is 'The moment of the source that the rows show';
