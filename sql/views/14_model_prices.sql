-- model_prices: one row per row of model_pricing, with whether a person changed it since it was seeded
create or replace view model_prices as
select
    pricing.model_name,
    pricing.input_price_per_million,
    pricing.cache_write_multiplier,
    pricing.cache_read_multiplier,
    pricing.output_price_per_million,
    seed.model_name is null
    or pricing.input_price_per_million is distinct from seed.input_price_per_million
    or pricing.cache_write_multiplier <> seed.cache_write_multiplier
    or pricing.cache_read_multiplier <> seed.cache_read_multiplier
    or pricing.output_price_per_million is distinct from seed.output_price_per_million
        as is_customised
from model_pricing as pricing
left join model_pricing_seeds as seed using (model_name)
