alter table node add column status varchar(16) default 'active' not null;
alter table node add column status_since timestamp(6) with time zone;

create table node_report (
    node_id varchar(63) primary key,
    serial char(40) not null,
    not_after timestamp(6) with time zone,
    bundle_sequence bigint,
    crl_numbers varchar(4000) not null,
    version varchar(64),
    reported_at timestamp(6) with time zone not null
);

create table issuer (
    issuer_id char(40) primary key,
    status varchar(16) not null,
    status_since timestamp(6) with time zone not null
);

create table trust_bundle (
    sequence bigint primary key,
    roots_sha256 char(64) not null
);

create table trust_root (
    root_sha256 char(64) primary key,
    joined bigint not null
);

create index certificate_issuer on certificate (issuer_id, not_after);
create index revocation_issuer on revocation (issuer_id, listed_after_expiry);
