-- session_bills: one row a session and model of its last cost-state: what no line of the session tells of
--
-- Signed: below 0 where the session's lines hold more than Claude Code counted.
create table session_bills (
    session_id varchar not null,
    state_model varchar not null,
    model varchar not null,
    file_id bigint not null,
    line_no bigint not null,
    stated_at timestamptz not null,
    is_split_known boolean not null,
    input_tokens bigint not null,
    cache_write_5m_tokens bigint not null,
    cache_write_1h_tokens bigint not null,
    cache_read_tokens bigint not null,
    output_tokens bigint not null,
    web_search_requests bigint not null
);

comment on column session_bills.state_model is 'The model as the cost-state names it: the one that was asked for';
comment on column session_bills.model is 'The model that answered, as the session''s lines name it';
comment on column session_bills.stated_at is 'Latest time of a line before the cost-state in its file';
comment on column session_bills.is_split_known is 'Whether the cost-state splits cache writes by lifetime; else the split is that of the session''s lines';

-- unseen_calls: one row a call whose usage is in no line and in no cost-state, but which the session's file shows
create table unseen_calls (
    call_id varchar not null,
    session_id varchar not null,
    kind varchar not null,
    called_at timestamptz not null,
    web_search_requests bigint not null,
    file_id bigint not null,
    line_no bigint not null
);

comment on column unseen_calls.kind is 'compaction, web_search, web_fetch, recap or title';
comment on column unseen_calls.web_search_requests is 'Searches that the tool''s result states; they are billed';

-- Which rows of copied lines (forks, resumes, replays) are not the original.
alter table prompts add column is_copy boolean default false;
alter table tool_uses add column is_copy boolean default false;
alter table tool_results add column is_copy boolean default false;
alter table api_errors add column is_copy boolean default false;
alter table session_events add column is_copy boolean default false;
alter table tool_uses add column call_key varchar;
alter table tool_results add column call_key varchar;

comment on column tool_uses.call_key is 'Identity of the call where tool_use_id is not unique (call_1, functions.Bash:0)';
comment on column tool_results.call_key is 'call_key of the call that it answers';
