-- prices_of_models_used: what do the models in use cost per million tokens, and since when? One row a listed price.
-- parameters: none
select
    price.model,
    price.valid_from,
    price.valid_until,
    price.speed,
    price.service_tier,
    price.min_prompt_tokens,
    price.input_price_per_million,
    price.cache_read_price_per_million,
    price.output_price_per_million,
    price.source_version
from price_catalogue as price
semi join responses using (model)
order by price.model, price.valid_from nulls first, price.speed, price.service_tier, price.min_prompt_tokens
