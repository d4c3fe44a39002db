-- tool_results: one row a tool call that has a result, over the whole history

create table tool_results (
    file_id bigint not null,
    line_no bigint not null,
    tool_use_id varchar not null,
    source varchar not null,
    returned_at timestamptz not null,
    is_error boolean not null,
    result_bytes bigint not null,
    lines_added bigint not null,
    lines_removed bigint not null
);

comment on column tool_results.result_bytes is 'Size of the result''s content as JSON in the file';
comment on column tool_results.lines_added is 'Lines that an edit''s patch adds, or lines of a new file';
comment on column tool_results.lines_removed is 'Lines that an edit''s patch removes';
