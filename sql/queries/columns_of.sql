-- columns_of: which columns does a table or view have? One row a column; usage_cost is there too.
-- parameters: relation varchar = 'usage_cost'
select column_name, data_type, comment
from duckdb_columns()
where table_name = $relation and not internal
order by column_index
