-- price_catalogue: rows are numbered as they are added; of those with one key and first day the last counts

create sequence price_catalogue_id_seq;

alter table price_catalogue add column id bigint default nextval('price_catalogue_id_seq');
