-- store_properties: one row a property of this store, such as is_sample

create table store_properties (
    name varchar not null,
    value varchar not null,
    primary key (name)
);
