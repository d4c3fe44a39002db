-- compactions: when was a context compacted, and how long was it? One row a compaction.
-- parameters: none
select
    occurred_at,
    session_id,
    session_title as title,
    project,
    trigger,
    pre_tokens as context_tokens
from session_event_facts
where kind = 'compact_boundary'
order by occurred_at desc, event_id
