-- store_provenance: one row, what the store holds and what it is priced with
create or replace view store_provenance as
select
    (select count(*) from claude_sessions)
    + (select count(distinct session_id) from conversation_usage) as sessions,
    (select count(*) from session_files) as files,
    (select count(*) from session_files where gone_at is not null) as files_gone,
    (select count(*) from quarantine) as quarantined_lines,
    (select count(*) from session_files where unread_bytes > 0) as unfinished_files,
    -- Those of the view `sessions`, without making its rows.
    (
        select least(
            min(first_at),
            (select min(responded_at) from responses),
            (select min(responded_at) from conversation_usage)
        )
        from session_files
    ) as first_at,
    (
        select greatest(
            max(last_at),
            (select max(responded_at) from responses),
            (select max(responded_at) from conversation_usage)
        )
        from session_files
    ) as last_at,
    (
        select 'list prices by ' || string_agg(edition, ' and ' order by edition desc)
        from (
            select distinct source || ' ' || source_version as edition
            from price_catalogue
            where source = 'genai-prices'
        )
    )
    || (
        select if(count(*) = 0, '', ', ' || count(*) || ' changed in model_pricing,')
        from (
            select
                model_name, input_price_per_million, cache_write_multiplier, cache_read_multiplier,
                output_price_per_million
            from model_pricing
            except
            select
                model_name, input_price_per_million, cache_write_multiplier, cache_read_multiplier,
                output_price_per_million
            from model_pricing_seeds
        )
    ) as price_source,
    (select max(updated_at)::date from model_pricing) as price_date,
    exists (select 1 from store_properties where name = 'is_sample' and value = 'true') as is_sample,
    exists (select 1 from session_conversations) as has_conversations
