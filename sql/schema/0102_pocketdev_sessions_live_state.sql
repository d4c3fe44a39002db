-- pocketdev_sessions: the live state of a session, as PocketDev's database has it since October 2025

alter table pocketdev_sessions add column process_pid bigint;
alter table pocketdev_sessions add column process_status varchar;
alter table pocketdev_sessions add column last_message_index bigint;

-- synced_tables: when a sync found that PocketDev itself no longer has the table

alter table synced_tables add column gone_at timestamptz;

comment on column synced_tables.gone_at is 'The table was dropped by PocketDev: its rows are history';
