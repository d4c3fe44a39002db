-- model_pricing_seeds: one row a model whose prices were seeded, with what was seeded last
--
-- A row of model_pricing that says otherwise is a person's own, however it was written.

create table model_pricing_seeds (
    model_name varchar not null,
    input_price_per_million decimal(10, 6),
    cache_write_multiplier decimal(5, 3) not null,
    cache_read_multiplier decimal(5, 3) not null,
    output_price_per_million decimal(10, 6),
    primary key (model_name)
);
