-- session_files: one row a session file that was ever imported (a rewritten file is another row)

create table session_files (
    file_id bigint not null,
    path varchar not null,
    session_id varchar not null,
    agent_id varchar,
    agent_type varchar,
    project_path varchar,
    first_at timestamptz,
    last_at timestamptz,
    count_lines bigint not null,
    size_bytes bigint not null,
    bytes_read bigint not null,
    unread_bytes bigint not null,
    modified_ns bigint not null,
    changed_ns bigint not null,
    inode ubigint not null,
    device ubigint not null,
    head_digest varchar not null,
    tail_digest varchar not null,
    gone_at timestamptz,
    primary key (file_id)
);

comment on column session_files.file_id is 'Digest of the path the file was first seen at and of its beginning';
comment on column session_files.path is 'Where the file is, or was when last seen';
comment on column session_files.session_id is 'The session its path names, else its first line that names one';
comment on column session_files.agent_id is 'The subagent its path names';
comment on column session_files.agent_type is 'What kind of subagent its companion .meta.json names';
comment on column session_files.project_path is 'Working directory of its first line that has one';
comment on column session_files.first_at is 'Earliest time of its lines';
comment on column session_files.last_at is 'Latest time of its lines';
comment on column session_files.count_lines is 'Lines read that end with a newline';
comment on column session_files.size_bytes is 'Size when last listed; beyond bytes_read lies a last line without its newline';
comment on column session_files.bytes_read is 'Bytes of the lines read that end with a newline';
comment on column session_files.unread_bytes is 'Bytes of a last line that is no whole object yet';
comment on column session_files.modified_ns is 'Modification time when last listed, ns since 1970';
comment on column session_files.changed_ns is 'Inode change time when last listed, ns since 1970';
comment on column session_files.inode is 'Inode when last listed';
comment on column session_files.device is 'Device when last listed';
comment on column session_files.head_digest is 'BLAKE2b of the first 4 KiB before bytes_read';
comment on column session_files.tail_digest is 'BLAKE2b of the last 4 KiB before bytes_read';
comment on column session_files.gone_at is 'When an import first missed the file; its rows stay';
