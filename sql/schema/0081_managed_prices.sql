-- managed_price_editions: one row an import of Claude Code's managed `modelPricing`, by its first day
create table managed_price_editions (
    valid_from date not null,
    multiplier decimal(18, 9) not null,
    source varchar not null,
    primary key (valid_from)
);

comment on column managed_price_editions.valid_from is 'First day (UTC) of these prices; they hold until the next edition';
comment on column managed_price_editions.multiplier is 'Scales every price of the edition''s time, overridden or not';

-- managed_prices: one row a model and edition, its contracted rates in US dollars per million tokens
create table managed_prices (
    valid_from date not null,
    model varchar not null,
    input_price_per_million decimal(18, 9) not null,
    output_price_per_million decimal(18, 9) not null,
    cache_read_price_per_million decimal(18, 9) not null,
    cache_write_price_per_million decimal(18, 9) not null,
    primary key (valid_from, model)
);

comment on column managed_prices.cache_write_price_per_million is 'Of cache writes of either lifetime';
