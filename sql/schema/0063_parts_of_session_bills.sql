-- session_bills: one row a session, model and part of its last cost-state; here, the parts other than its unlisted calls
alter table session_bills add column part varchar default 'unlisted';

comment on column session_bills.part is 'unlisted: in no line of the session; inherited: the total of the session that it was forked from; refused: requests refused before any output, which are not billed';
