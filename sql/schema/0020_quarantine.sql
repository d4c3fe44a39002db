-- quarantine: one row a line that cannot be read; where it is and why, never what it says

create table quarantine (
    file_id bigint not null,
    line_no bigint not null,
    byte_offset bigint not null,
    line_bytes bigint not null,
    reason varchar not null
);
