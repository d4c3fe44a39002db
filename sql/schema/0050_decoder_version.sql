-- session_files: which version of the decoder read a file, and what is known of its subagent

alter table session_files add column decoder_version integer;
alter table session_files add column agent_name varchar;
alter table session_files add column spawn_depth bigint;

comment on column session_files.decoder_version is 'Version of the decoder that read the file; an import reads it again when it is not the current one';
comment on column session_files.agent_name is 'Name of the subagent, where its companion .meta.json states one';
comment on column session_files.spawn_depth is 'How many agents stand between the subagent and the main thread, plus one';
comment on column session_files.agent_type is 'What kind of subagent: as its companion .meta.json names it, else its lines, else its file name';
