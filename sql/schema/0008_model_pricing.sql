-- model_pricing: one row a model: what a million of its tokens costs today, in US dollars

create sequence model_pricing_id_seq;

create table model_pricing (
    id bigint not null default nextval('model_pricing_id_seq'),
    model_name varchar not null,
    input_price_per_million decimal(10, 6),
    cache_write_multiplier decimal(5, 3) not null default 1.250,
    cache_read_multiplier decimal(5, 3) not null default 0.100,
    output_price_per_million decimal(10, 6),
    created_at timestamp,
    updated_at timestamp,
    primary key (id)
);

create unique index model_pricing_model_name_unique on model_pricing (model_name);

comment on column model_pricing.id is 'Primary key';
comment on column model_pricing.model_name is 'Model identifier (unique)';
comment on column model_pricing.input_price_per_million is 'Input token price';
comment on column model_pricing.cache_write_multiplier is 'Cache write price multiplier';
comment on column model_pricing.cache_read_multiplier is 'Cache read price multiplier';
comment on column model_pricing.output_price_per_million is 'Output token price';
comment on column model_pricing.created_at is 'Created timestamp';
comment on column model_pricing.updated_at is 'Updated timestamp';
