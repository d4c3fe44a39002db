-- tables_and_views: which tables and views are there? One row a table or view.
-- parameters: none
with relations as (
    select table_name as name, 'table' as kind, column_count as columns, estimated_size as estimated_rows
    from duckdb_tables()
    where not internal and not temporary
    union all
    select view_name, 'view', column_count, null
    from duckdb_views()
    where not internal and not temporary
),

final as (
    select * from relations
)

select * from final
order by kind, name
