-- price_catalogue: prices that hold in some hours of each day only

alter table price_catalogue add column hours_from time;
alter table price_catalogue add column hours_until time;

comment on column price_catalogue.hours_from is 'First time of day (UTC) of the price; NULL: it holds all day';
comment on column price_catalogue.hours_until is 'First time of day (UTC) on which it no longer holds; NULL: midnight';
