-- prompts: one row a prompt over the whole history; never its text

create table prompts (
    file_id bigint not null,
    line_no bigint not null,
    session_id varchar not null,
    project_path varchar,
    git_branch varchar,
    version varchar,
    is_sidechain boolean not null,
    agent_id varchar,
    prompt_id varchar not null,
    prompted_at timestamptz not null,
    prompt_bytes bigint not null
);

comment on column prompts.prompt_id is 'uuid of the user line';
comment on column prompts.prompt_bytes is 'Size of the content as JSON in the file';
