-- cost_states: one row a session file and model, Claude Code's own running cost as last written

create table cost_states (
    file_id bigint not null,
    line_no bigint not null,
    session_id varchar not null,
    model varchar not null,
    cost_usd decimal(38, 15),
    total_cost_usd decimal(38, 15)
);

comment on column cost_states.total_cost_usd is 'Of the session, over all models; includes helper calls that have no line';
