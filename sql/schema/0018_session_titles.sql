-- session_titles: one row a session file and kind of title, the last such line of the file

create table session_titles (
    file_id bigint not null,
    line_no bigint not null,
    session_id varchar not null,
    kind varchar not null,
    title varchar not null,
    leaf_uuid varchar
);

comment on column session_titles.kind is 'custom-title, agent-name, ai-title or summary';
comment on column session_titles.leaf_uuid is 'A summary names the session that holds this line, not its own file''s';
