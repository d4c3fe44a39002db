-- prices_of_models_used: what do the models in use cost per million tokens, and since when? One row a listed price.
-- parameters: none
with models_used as (
    -- a model is listed without the date that its id may end in
    select distinct regexp_replace(model, '(-[0-9]{8})?([[]1m[]])?$', '') as model
    from responses
),

final as (
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
    semi join models_used using (model)
)

select * from final
order by model, valid_from nulls first, valid_until, speed, service_tier, min_prompt_tokens
