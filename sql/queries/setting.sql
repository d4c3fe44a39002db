-- setting: what is stored under a setting's name? One row, its value still encrypted.
-- parameters: key varchar = 'openai_api_key'
select value
from app_settings
where key = $key
