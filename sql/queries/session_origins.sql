-- session_origins: who knows which sessions: session files, PocketDev or both? One row a provider.
-- parameters: none
select
    provider,
    is_cli,
    count(*) filter (origin = 'both') as joined,
    count(*) filter (origin = 'files') as only_in_files,
    count(*) filter (origin = 'pocketdev') as only_in_pocketdev
from session_origins
group by provider, is_cli
order by provider, is_cli
