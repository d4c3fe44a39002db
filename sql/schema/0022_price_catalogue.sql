-- price_catalogue: one row a model, validity, speed, processing tier and prompt-length tier

create table price_catalogue (
    model varchar not null,
    valid_from date,
    valid_until date,
    speed varchar not null,
    service_tier varchar not null,
    min_prompt_tokens bigint not null,
    input_price_per_million decimal(18, 9) not null,
    cache_write_5m_price_per_million decimal(18, 9) not null,
    cache_write_1h_price_per_million decimal(18, 9) not null,
    cache_read_price_per_million decimal(18, 9) not null,
    output_price_per_million decimal(18, 9) not null,
    web_search_per_thousand_usd decimal(18, 9),
    source varchar not null,
    source_version varchar not null
);

comment on column price_catalogue.valid_from is 'First day (UTC) of the price; NULL: since the model is known';
comment on column price_catalogue.valid_until is 'First day (UTC) on which it holds no more; NULL: still in force';
comment on column price_catalogue.min_prompt_tokens is 'The row holds for whole requests with a prompt over this many tokens; 0: for all';
