create table node (
    node_id varchar(63) primary key,
    role varchar(16) not null,
    dns_names varchar(5200) not null,
    ip_addresses varchar(1000) not null,
    created_at timestamp(6) with time zone not null
);

create table enrollment_token (
    token_sha256 char(64) primary key,
    node_id varchar(63) not null references node (node_id),
    role varchar(16) not null,
    created_at timestamp(6) with time zone not null,
    expires_at timestamp(6) with time zone not null,
    consumed_at timestamp(6) with time zone,
    consumed_spki char(64),
    serial char(40)
);

create table certificate (
    sequence bigint generated always as identity primary key,
    serial char(40) not null unique,
    issuer_id char(40) not null,
    node_id varchar(63) not null,
    role varchar(16) not null,
    profile_version integer not null,
    spki_sha256 char(64) not null,
    csr_sha256 char(64),
    tbs ${blob} not null,
    der ${blob},
    names varchar(8000) not null,
    status varchar(16) not null,
    not_before timestamp(6) with time zone not null,
    not_after timestamp(6) with time zone not null,
    recorded_at timestamp(6) with time zone not null,
    predecessor char(40)
);

create index certificate_node on certificate (node_id, sequence);
create index certificate_spki on certificate (spki_sha256);
create index certificate_end on certificate (not_after);
create index certificate_status on certificate (status, recorded_at);
create index certificate_predecessor on certificate (predecessor);

create table revocation (
    serial char(40) primary key,
    issuer_id char(40) not null,
    revoked_at timestamp(6) with time zone not null,
    reason varchar(32) not null,
    expires_at timestamp(6) with time zone not null,
    listed_after_expiry boolean not null
);

create table revocation_list (
    issuer_id char(40) primary key,
    crl_number bigint not null,
    this_update timestamp(6) with time zone not null,
    der ${blob} not null
);

create table idempotency (
    caller varchar(128) not null,
    idempotency_key varchar(255) not null,
    request_sha256 char(64) not null,
    serial char(40) not null,
    recorded_at timestamp(6) with time zone not null,
    primary key (caller, idempotency_key)
);
