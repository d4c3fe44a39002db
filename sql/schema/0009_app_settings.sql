-- app_settings: one row a setting, its value encrypted by the application

create sequence app_settings_id_seq;

create table app_settings (
    id bigint not null default nextval('app_settings_id_seq'),
    key varchar not null,
    value varchar,
    created_at timestamp,
    updated_at timestamp,
    primary key (id)
);

create unique index app_settings_key_unique on app_settings (key);

comment on column app_settings.id is 'Primary key';
comment on column app_settings.key is 'Setting name (unique)';
comment on column app_settings.value is 'Encrypted value';
comment on column app_settings.created_at is 'Created timestamp';
comment on column app_settings.updated_at is 'Updated timestamp';
