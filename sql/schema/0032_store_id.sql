-- store_properties: one row a property of this store; here, what tells its exports from those of others

insert into store_properties select 'store_id', uuid()::varchar;
