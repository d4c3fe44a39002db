-- unread_lines: which lines could not be read, and why? One row a reason.
-- parameters: none
select
    reason,
    count(*) as lines,
    count(distinct path) as files,
    sum(line_bytes)::bigint as line_bytes
from quarantined_lines
group by reason
order by lines desc, reason
