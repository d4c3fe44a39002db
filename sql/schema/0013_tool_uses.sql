-- tool_uses: one row a tool call over the whole history, as the assistant asked for it

create table tool_uses (
    file_id bigint not null,
    line_no bigint not null,
    session_id varchar not null,
    project_path varchar,
    git_branch varchar,
    version varchar,
    is_sidechain boolean not null,
    agent_id varchar,
    tool_use_id varchar not null,
    source varchar not null,
    called_at timestamptz not null,
    tool varchar not null
);

comment on column tool_uses.tool is 'The tool''s name; mcp__<server>__<tool> for a tool of an MCP server';
