-- unseen_thread_calls: one row per call that the lines of a thread show without its usage
--
-- A compaction by the server, and what the model wrote in a turn with no usage after it: the
-- answer was cut, or the client was killed. Turns that began before the thread are copies of
-- its parent's. Before 0.100 there are no ids of turns; of versions without any count there is
-- one row a file.
create or replace view unseen_thread_calls as
with lines as (
    select
        *,
        last_value(case when kind = 'start' then turn_id end ignore nulls) over so_far as current_turn,
        last_value(case when kind = 'start' then line_no end ignore nulls) over so_far as start_no,
        first_value(case when kind = 'meta' then thread_id end ignore nulls) over so_far as file_thread_id,
        -- Before 0.42 no count tells of a compaction.
        coalesce(
            regexp_matches(
                first_value(case when kind = 'meta' then version end ignore nulls) over so_far,
                '^0\.(\d|[123]\d|4[01])\.'
            ),
            false
        ) as is_uncounted_version
    from thread_lines
    window so_far as (
        partition by file_id order by line_no
        rows between unbounded preceding and current row
    )
),

moved as (
    select
        *,
        kind = 'record'
        or kind = 'count' and (
            total_input_tokens, total_output_tokens
        ) is distinct from last_value(
            case when kind = 'count' then (total_input_tokens, total_output_tokens) end ignore nulls
        ) over (
            partition by file_id order by line_no
            rows between unbounded preceding and 1 preceding
        ) as is_usage
    from lines
),

cut_turns as (
    select
        file_id,
        max(line_no) filter (kind = 'made') as line_no,
        max(happened_at) filter (kind = 'made') as called_at
    from moved
    where start_no is not null and current_turn >= file_thread_id
    group by file_id, start_no
    having
        max(line_no) filter (kind = 'made') > coalesce(max(line_no) filter (is_usage), 0)
        -- What closes a review is the reviewer's own words again.
        and not bool_or(starts_with(kind, 'review_'))
),

uncounted as (
    select file_id, max(line_no) as line_no, max(happened_at) as called_at
    from thread_lines
    group by file_id
    having
        bool_or(kind = 'made')
        and not bool_or(kind in ('count', 'record'))
        and not bool_or(kind = 'start')
),

calls as (
    select 'cut' as kind, * from cut_turns
    union all
    select 'uncounted', * from uncounted
    union all
    select 'compaction', file_id, line_no, happened_at
    from lines
    where kind = 'lost_compaction' or kind = 'compaction' and is_uncounted_version
)

select
    calls.kind,
    concat(calls.kind, '/', file.session_id, '/', coalesce(epoch_us(calls.called_at), calls.line_no)) as call_id,
    file.session_id,
    coalesce(calls.called_at, file.first_at, timestamptz '1970-01-01 00:00:00+00') as called_at,
    calls.file_id,
    calls.line_no
from calls
inner join session_files as file using (file_id)
-- What was read at a path before its file was rewritten is there again.
where file.superseded_at is null
-- A file that was compressed or moved is known twice.
qualify row_number() over (
    partition by calls.kind, file.session_id, coalesce(epoch_us(calls.called_at), calls.line_no)
    order by file.gone_at is not null, file.file_id
) = 1
