-- original_prompts: one row per row of prompts that is not a copy, of the session that it comes from
--
-- What was typed while Claude worked is an attachment, and now and then a user line of the same
-- text as well: each such line stands for one attachment before it.
create or replace view original_prompts as
with originals as (
    select
        * replace (
            coalesce(request_session_id, forked_from_session_id, session_id) as session_id
        )
    from prompts
    where not is_copy
),

queued as (
    select
        file_id,
        line_no,
        session_id,
        prompted_at,
        text_checksum,
        row_number() over (
            partition by session_id, text_checksum order by line_no desc, file_id
        ) as place_from_end
    from originals
    where is_queued
),

repeated as (
    select queued.file_id, queued.line_no
    from queued
    inner join originals as entered
        on
            entered.session_id = queued.session_id
            and entered.text_checksum = queued.text_checksum
            and not entered.is_queued
            and entered.file_id = queued.file_id
            and entered.line_no > queued.line_no
            and entered.prompted_at <= queued.prompted_at + interval 10 minutes
    group by queued.file_id, queued.line_no, queued.place_from_end
    having count(*) >= queued.place_from_end
)

select originals.*
from originals
anti join repeated using (file_id, line_no)
