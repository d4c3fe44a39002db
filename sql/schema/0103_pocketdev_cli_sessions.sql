-- pocketdev_cli_sessions: one row a CLI session that a conversation of PocketDev named at any sync
--
-- PocketDev keeps the id of the last CLI session only; the session files of those before stay
-- joined to their conversation.

create table pocketdev_cli_sessions (
    conversation_uuid varchar not null,
    session_id varchar not null
);

insert into pocketdev_cli_sessions
select conversation_uuid, provider_session_id
from pocketdev_conversations
where conversation_uuid is not null and provider_session_id is not null;
