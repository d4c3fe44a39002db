-- users: one row a user of the application; PocketDev itself has none

create sequence users_id_seq;

create table users (
    id bigint not null default nextval('users_id_seq'),
    name varchar not null,
    email varchar not null,
    email_verified_at timestamp,
    password varchar not null,
    remember_token varchar,
    created_at timestamp,
    updated_at timestamp,
    primary key (id)
);

create unique index users_email_unique on users (email);

comment on column users.id is 'Primary key';
comment on column users.name is 'User name';
comment on column users.email is 'Email (unique)';
comment on column users.email_verified_at is 'Verification timestamp';
comment on column users.password is 'Hashed password';
comment on column users.remember_token is 'Remember me token';
comment on column users.created_at is 'Created timestamp';
comment on column users.updated_at is 'Updated timestamp';
