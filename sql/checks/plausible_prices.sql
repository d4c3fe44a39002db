-- plausible_prices: no price or multiplier is negative
select model_name
from model_pricing
where
    input_price_per_million < 0 or output_price_per_million < 0
    or cache_write_multiplier < 0 or cache_read_multiplier < 0
order by all
