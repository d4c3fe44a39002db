-- pocketdev_messages: one row a message of PocketDev that has a number, as last synced; never its content
--
-- The counts are PocketDev's own. `input_tokens` of claude_code includes both cache classes and is
-- that of a turn's last request. Without an index: PostgreSQL guarantees that ids are unique, and
-- an index of millions of rows costs more than it is used for.

create table pocketdev_messages (
    id bigint not null,
    conversation_id bigint not null,
    model varchar,
    input_tokens bigint,
    output_tokens bigint,
    cache_creation_tokens bigint,
    cache_read_tokens bigint,
    cost_usd decimal(38, 18),
    stop_reason varchar,
    turn_number bigint,
    sequence bigint,
    created_at timestamp
);

comment on column pocketdev_messages.cost_usd is 'What PocketDev computed; NULL for aliases of models';

-- pocketdev_message_states: one row a conversation whose messages have numbers
--
-- PostgreSQL computes `state` from the numbers, so that a sync reads only what changed.

create table pocketdev_message_states (
    conversation_id bigint not null,
    count_messages bigint not null,
    state varchar not null,
    primary key (conversation_id)
);
