-- model_pricing: what does a model cost? One row, or none where the model has no price.
-- parameters: model_name varchar = 'claude-sonnet-4-5-20250929'
select *
from model_pricing
where model_name = $model_name
