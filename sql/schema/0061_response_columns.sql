-- responses: one row a billed pass over the whole history; here, what its line states about how it was asked for
alter table responses add column requested_model varchar;
alter table responses add column provider varchar;
alter table responses add column effort varchar;
alter table responses add column entrypoint varchar;
alter table responses add column session_kind varchar;
alter table responses add column team_name varchar;
alter table responses add column attribution_agent varchar;
alter table responses add column attribution_skill varchar;
alter table responses add column attribution_plugin varchar;
alter table responses add column attribution_mcp_server varchar;
alter table responses add column is_byok boolean;
alter table responses add column thinking_tokens bigint;
alter table responses add column thinking_ms bigint;
alter table responses add column upstream_cost_usd decimal(38, 15);
alter table responses add column text_characters bigint;
alter table responses add column thinking_characters bigint;
alter table responses add column signature_characters bigint;
alter table responses add column tool_input_characters bigint;
alter table responses add column tool_use_blocks bigint;
alter table responses add column extra_bytes bigint;

comment on column responses.requested_model is 'The model that was asked for, where the line names it';
comment on column responses.text_characters is 'Characters of the response''s text over all its lines; never the text itself';
