-- conversation_messages: one row per message of PocketDev with its own figures, for each session of its conversation
--
-- `response_id` is that of a response which is known from here only (direct API providers).
create or replace view conversation_messages as
select
    message.id as message_id,
    message.conversation_id,
    conversation.session_id,
    conversation.is_current,
    conversation.is_cli,
    conversation.title,
    conversation.provider,
    coalesce(message.model, conversation.model) as model,
    message.input_tokens,
    message.output_tokens,
    message.cost_usd,
    message.created_at at time zone 'UTC' as created_at,
    if(not conversation.is_cli, concat('pocketdev-', message.id), null) as response_id
from pocketdev_messages as message
inner join conversation_sessions as conversation using (conversation_id)
