-- prices_of_models_used: what do the models in use cost per million tokens, and since when? One row a price.
-- parameters: none
with own as (
    -- a price that a person set takes precedence over list prices, at all times
    select distinct
        price.model_name as model,
        null::date as valid_from,
        null::date as valid_until,
        null::varchar as speed,
        null::varchar as service_tier,
        null::integer as min_prompt_tokens,
        price.input_price_per_million,
        price.input_price_per_million * price.cache_read_multiplier as cache_read_price_per_million,
        price.output_price_per_million,
        'your own' as source_version
    from models_used
    inner join model_prices as price on price.model_name = models_used.own_model
),

listed as (
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
    semi join models_used on models_used.listed_model = price.model and models_used.own_model is null
),

final as (
    select * from own
    union all by name
    select * from listed
)

select * from final
order by model, valid_from nulls first, valid_until, speed, service_tier, min_prompt_tokens
