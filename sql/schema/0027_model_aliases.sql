-- model_aliases: one row a name that a person decided is a certain model

create table model_aliases (
    name varchar not null,
    model varchar not null,
    created_at timestamp not null default (current_timestamp at time zone 'UTC'),
    primary key (name)
);

comment on column model_aliases.name is 'As session files spell it';
comment on column model_aliases.model is 'The model that it is priced as';
