-- synced_rows: one row a price or setting that the last sync brought; the others are the store's own

create table synced_rows (
    table_name varchar not null,
    key varchar not null,
    primary key (table_name, key)
);

comment on column synced_rows.table_name is 'model_pricing or app_settings';
comment on column synced_rows.key is 'The model''s or the setting''s name';
