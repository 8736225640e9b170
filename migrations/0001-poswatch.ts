import { type Kysely, sql } from "kysely";

/** The order of states on the list, worst first. */
const STATES = [
  "sync_error",
  "service_stopped",
  "not_serving",
  "unreachable",
  "sync_stale",
  "update_required",
  "pending",
  "closed",
  "synced",
  "unsupported",
];
/** The first of them are problems. */
const PROBLEMS = 5;

/** The columns of an event that never change. */
const RECORDED = [
  "id",
  "at",
  "user_id",
  "user_login",
  "user_name",
  "address",
  "action",
  "result",
  "subject",
  "organization_id",
  "pos_server_id",
  "detail",
  "batch_id",
  "repeat_key",
];

/** Organizations without members are not kept in an incident. */
const DROP_EMPTY_ORGANIZATION = `delete from incident_organization
      where incident_id = old.incident_id and organization_id = old.organization_id and members <= 0;`;

const REGISTRY = [
  `create table organization (
    id integer primary key autoincrement,
    name text not null,
    name_sort text not null,
    crm_id text not null unique,
    archived_at integer,
    created_at integer not null
  ) strict`,
  `create table pos_server (
    id integer primary key autoincrement,
    organization_id integer not null references organization (id),
    name text not null,
    name_sort text not null,
    search_text text not null,
    connection text not null default 'direct',
    address text,
    sealed_token blob,
    fingerprint text,
    identity text unique,
    poll_interval_ms integer,
    parked integer not null default 0,
    created_at integer not null,
    organization_since integer not null default 0,
    computer text,
    keeps_log_lines integer not null default 1,
    unique (organization_id, name)
  ) strict`,
  `create table parking (
    pos_server_id integer primary key references pos_server (id) on delete cascade,
    parked_at integer not null,
    user_id integer,
    user_name text,
    reason text,
    ends_at integer
  ) strict`,
  "create index parking_ends on parking (ends_at) where ends_at is not null",
  `create table acknowledgement (
    id integer primary key autoincrement,
    pos_server_id integer references pos_server (id) on delete cascade,
    incident_id integer references incident (id) on delete cascade,
    user_id integer references user (id) on delete set null,
    user_name text not null,
    note text,
    taken_at integer not null,
    ends_at integer not null,
    ended_at integer,
    ended_by text,
    check ((pos_server_id is null) <> (incident_id is null))
  ) strict`,
  `create unique index acknowledgement_open_pos_server on acknowledgement (pos_server_id)
    where ended_at is null and pos_server_id is not null`,
  `create index acknowledgement_pos_server on acknowledgement (pos_server_id, id)
    where pos_server_id is not null`,
  `create unique index acknowledgement_open_incident on acknowledgement (incident_id)
    where ended_at is null and incident_id is not null`,
  "create index acknowledgement_incident on acknowledgement (incident_id, id) where incident_id is not null",
  "create index acknowledgement_user on acknowledgement (user_id)",
  "create index acknowledgement_ended on acknowledgement (ended_at) where ended_at is not null",
  `create table tag (
    id integer primary key autoincrement,
    name text not null,
    name_search text not null unique
  ) strict`,
  `create table pos_server_tag (
    pos_server_id integer not null references pos_server (id) on delete cascade,
    tag_id integer not null references tag (id) on delete cascade,
    primary key (tag_id, pos_server_id)
  ) strict, without rowid`,
  "create index pos_server_tag_pos_server on pos_server_tag (pos_server_id)",
  `create table opening_hours (
    id integer primary key,
    organization_id integer unique references organization (id) on delete cascade,
    pos_server_id integer unique references pos_server (id) on delete cascade,
    time_zone text,
    hours text,
    works text not null,
    check ((organization_id is null) <> (pos_server_id is null))
  ) strict`,
  `create table restaurant_note (
    pos_server_id integer primary key references pos_server (id) on delete cascade,
    phone text,
    person text,
    text text,
    user_id integer,
    user_name text not null,
    changed_at integer not null
  ) strict`,
  `create table registry_revision (
    id integer primary key check (id = 1),
    revision integer not null
  ) strict`,
];

const STATUS = [
  `create table pos_status (
    pos_server_id integer primary key references pos_server (id) on delete cascade,
    state text not null,
    standing text not null default 'active',
    last_update_at integer,
    last_sync_at integer,
    organization_id integer not null default 0,
    version_sort text,
    organization_sort text not null default '',
    name_sort text not null default '',
    search_text text not null default '',
    error_search text,
    state_since integer not null,
    failed_polls integer not null default 0,
    failure_code text,
    failure_detail text,
    cause_key text,
    cause_since integer,
    last_poll_at integer,
    last_attempt_at integer,
    sync_error text,
    sync_error_at integer,
    version text,
    service_name text,
    service_state text,
    service_started_at integer,
    database_exists integer,
    database_bytes integer,
    database_created_at integer,
    database_modified_at integer,
    disk_free_bytes integer,
    disk_total_bytes integer,
    utc_offset_minutes integer,
    clock_shift_ms integer,
    problem_since integer,
    recovered_at integer,
    failures_in_row integer not null default 0,
    quarantine_days integer,
    unusable_patterns text,
    failed_checks text,
    port_silent_reports integer,
    port_checked_at integer,
    configuration_id text,
    logs_unmatched integer,
    teach_again_at integer,
    logs_found integer,
    service_reported_at integer,
    has_exchanged integer not null default 0,
    agent_version text,
    agent_version_sort text,
    agent_platform text,
    update_key text,
    rejected_version text,
    tag_ids text,
    tag_search text,
    closed_for text,
    closed_until integer,
    closing_changes_at integer,
    silent_since integer,
    state_before text,
    state_before_since integer,
    version_reported_at integer,
    agent_machine text,
    log_evidence text,
    traces text,
    untraced_since integer,
    state_rank integer as (${rankOf(STATES, 0)}) virtual,
    state_age integer as (case when state = 'synced' then -state_since else state_since end) virtual,
    error_rank integer as (
      case when error_search is not null then 0 else ${rankOf(STATES.slice(0, PROBLEMS), 1)} end
    ) virtual,
    service_can_restart integer
  ) strict`,
  `create index pos_status_cause on pos_status (cause_key, cause_since, standing, organization_id)
    where cause_key is not null`,
  "create index pos_status_organization on pos_status (organization_id)",
  "create index pos_status_place on pos_status (organization_sort, name_sort)",
  "create index pos_status_name on pos_status (name_sort, organization_sort)",
  "create index pos_status_version_order on pos_status (version_sort, organization_sort, name_sort)",
  `create index pos_status_problem_since on pos_status (problem_since, standing, organization_id)
    where problem_since is not null`,
  `create index pos_status_recovered_at on pos_status (recovered_at, standing, organization_id)
    where recovered_at is not null`,
  `create index pos_status_configuration on pos_status (configuration_id, teach_again_at)
    where configuration_id is not null`,
  `create index pos_status_agent
    on pos_status (update_key, agent_version_sort, agent_version, agent_platform, standing)`,
  "create index pos_status_closing on pos_status (closing_changes_at) where closing_changes_at is not null",
  `create index pos_status_guess on pos_status (standing, organization_id, state)
    where log_evidence = 'guess'`,
  "create index pos_status_state on pos_status (state_rank, state_age, organization_sort, name_sort)",
  "create index pos_status_error on pos_status (error_rank, error_search, organization_sort, name_sort)",
  `create index pos_status_last_update
    on pos_status (last_update_at, standing, state, cause_key, organization_id)`,
  "create index pos_status_last_sync on pos_status (last_sync_at, organization_sort, name_sort)",
  "create index pos_status_parked on pos_status (organization_id, state) where standing = 'parked'",
  "create index pos_status_version on pos_status (version_sort, standing, version)",
  `create index pos_status_search
    on pos_status (search_text, tag_search, error_search, state, standing, organization_id)`,
  `create table pos_check (
    pos_server_id integer not null references pos_server (id) on delete cascade,
    check_id text not null,
    outcome text not null,
    value text,
    detail text,
    since integer not null,
    primary key (pos_server_id, check_id)
  ) strict, without rowid`,
  `create table state_count (
    organization_id integer not null,
    state text not null,
    pos_servers integer not null,
    primary key (organization_id, state)
  ) strict, without rowid`,
  "create index state_count_state on state_count (state, organization_id, pos_servers)",
  `create table cause (
    id integer primary key,
    digest text not null unique,
    cause_key text,
    detail text,
    search text not null
  ) strict`,
  `create table state_change (
    id integer primary key autoincrement,
    pos_server_id integer not null references pos_server (id) on delete cascade,
    at integer not null,
    state text not null,
    cause_id integer references cause (id)
  ) strict`,
  "create index state_change_pos_server on state_change (pos_server_id, at)",
  "create index state_change_at on state_change (at)",
  "create index state_change_cause on state_change (cause_id) where cause_id is not null",
  `create table network_outage (
    id integer primary key autoincrement,
    began_at integer not null,
    ended_at integer
  ) strict`,
  "create index network_outage_ended on network_outage (ended_at)",
  `create table monitor_run (
    id integer primary key autoincrement,
    started_at integer not null,
    seen_at integer not null
  ) strict`,
];

const PEOPLE = [
  `create table user (
    id integer primary key autoincrement,
    login text not null unique,
    name text not null,
    name_sort text not null,
    search_text text not null,
    password_hash text,
    is_administrator integer not null default 0,
    is_blocked integer not null default 0,
    has_all_organizations integer not null default 0,
    language text,
    time_zone text,
    created_at integer not null
  ) strict`,
  `create table user_organization (
    user_id integer not null references user (id) on delete cascade,
    organization_id integer not null references organization (id) on delete cascade,
    primary key (user_id, organization_id)
  ) strict, without rowid`,
  "create index user_organization_organization on user_organization (organization_id)",
  `create table saved_view (
    id integer primary key autoincrement,
    user_id integer not null references user (id) on delete cascade,
    name text not null,
    url text not null,
    unique (user_id, name)
  ) strict`,
  `create table access_token (
    id integer primary key autoincrement,
    kind text not null,
    token_hash blob not null unique,
    name text not null,
    organization_ids text,
    scopes text,
    ends_at integer not null,
    language text,
    time_zone text,
    user_id integer,
    user_name text not null,
    created_at integer not null,
    used_at integer
  ) strict`,
  `create table session (
    id integer primary key autoincrement,
    token_hash blob not null unique,
    user_id integer not null references user (id) on delete cascade,
    created_at integer not null,
    seen_at integer not null,
    address text not null,
    browser text not null
  ) strict`,
  "create index session_user on session (user_id)",
  `create table invitation (
    user_id integer primary key references user (id) on delete cascade,
    token_hash blob not null unique,
    expires_at integer not null
  ) strict`,
];

const PROGRAM = [
  `create table setting (
    key text primary key,
    value text not null
  ) strict`,
  `create table audit_event (
    id integer primary key autoincrement,
    at integer not null,
    user_id integer,
    user_login text not null,
    user_name text,
    address text not null,
    action text not null,
    result text not null,
    subject text,
    organization_id integer,
    pos_server_id integer,
    detail text,
    times integer not null default 1,
    last_at integer,
    repeat_key blob,
    batch_id integer
  ) strict`,
  "create index audit_event_at on audit_event (at)",
  "create index audit_event_organization on audit_event (organization_id, at)",
  "create index audit_event_pos_server on audit_event (pos_server_id, at)",
  "create index audit_event_user on audit_event (user_id, at)",
  "create index audit_event_action on audit_event (action, at)",
  "create unique index audit_event_repeated on audit_event (repeat_key) where repeat_key is not null",
  "create index audit_event_batch on audit_event (batch_id) where batch_id is not null",
  `create table database_revision (
    id integer primary key check (id = 1),
    revision integer not null
  ) strict`,
];

const REQUEST = [
  `create table log_request (
    id integer primary key autoincrement,
    pos_server_id integer not null references pos_server (id) on delete cascade,
    requested_at integer not null,
    user_id integer,
    user_login text not null,
    user_name text,
    user_address text not null,
    from_at integer not null,
    to_at integer not null,
    max_bytes integer not null,
    status text not null,
    planned_files integer,
    planned_bytes integer,
    received_files integer not null default 0,
    received_bytes integer not null default 0,
    left_out text not null default '[]',
    left_out_files integer not null default 0,
    left_out_bytes integer not null default 0,
    failure_code text,
    failure_detail text,
    started_at integer,
    finished_at integer,
    claimed_by text,
    expires_at integer,
    waits_since integer
  ) strict`,
  "create index log_request_pos_server on log_request (pos_server_id, requested_at)",
  "create index log_request_open on log_request (id) where finished_at is null",
  `create index log_request_waiting on log_request (pos_server_id)
    where waits_since is not null and finished_at is null`,
  `create table log_archive (
    id integer primary key autoincrement,
    log_request_id integer not null references log_request (id) on delete cascade,
    position integer not null,
    day text not null,
    number integer not null,
    files text not null,
    log_files integer not null,
    log_bytes integer not null,
    status text not null,
    attempts integer not null default 0,
    failure_code text,
    failure_detail text,
    path text unique,
    zip_bytes integer,
    sha256 text,
    finished_at integer,
    removed_at integer,
    unique (log_request_id, position)
  ) strict`,
  "create index log_archive_kept on log_archive (finished_at) where path is not null",
  `create table database_reset (
    id integer primary key autoincrement,
    pos_server_id integer not null references pos_server (id) on delete cascade,
    idempotency_key text not null unique,
    requested_at integer not null,
    user_id integer,
    user_login text not null,
    user_name text,
    user_address text not null,
    confirmation text not null,
    identity text not null,
    fetch_logs integer not null,
    start_service integer not null,
    log_request_id integer references log_request (id) on delete set null,
    step text not null,
    step_at integer not null,
    begun_at integer,
    command_step text,
    reset_at integer,
    moved_files text not null default '[]',
    moved_bytes integer not null default 0,
    followed_at integer,
    synced_at integer,
    failure_code text,
    failure_detail text,
    finished_at integer,
    claimed_by text,
    runs_at integer,
    expires_at integer,
    waits_since integer,
    agent_machine text
  ) strict`,
  "create index database_reset_pos_server on database_reset (pos_server_id, requested_at)",
  "create unique index database_reset_one_open on database_reset (pos_server_id) where finished_at is null",
  `create index database_reset_waiting on database_reset (pos_server_id)
    where waits_since is not null and finished_at is null`,
  `create table database_reset_step (
    id integer primary key autoincrement,
    database_reset_id integer not null references database_reset (id) on delete cascade,
    step text not null,
    at integer not null,
    detail text
  ) strict`,
  "create index database_reset_step_reset on database_reset_step (database_reset_id)",
  `create table service_start (
    id integer primary key autoincrement,
    pos_server_id integer not null references pos_server (id) on delete cascade,
    database_reset_id integer references database_reset (id) on delete set null,
    idempotency_key text not null unique,
    requested_at integer not null,
    user_id integer,
    user_login text not null,
    user_name text,
    user_address text not null,
    status text not null,
    failure_code text,
    failure_detail text,
    started_at integer,
    finished_at integer,
    claimed_by text,
    exchange text,
    synced_at integer,
    runs_at integer,
    expires_at integer,
    waits_since integer,
    is_restart integer default 0 not null,
    command_step text
  ) strict`,
  "create index service_start_pos_server on service_start (pos_server_id, requested_at)",
  "create unique index service_start_one_open on service_start (pos_server_id) where finished_at is null",
  "create index service_start_awaited on service_start (id) where exchange = 'awaited'",
  `create index service_start_waiting on service_start (pos_server_id)
    where waits_since is not null and finished_at is null`,
  `create table log_excerpt (
    id integer primary key,
    pos_server_id integer not null references pos_server (id) on delete cascade,
    kind text not null,
    noticed_at integer not null,
    reported_at text,
    text text not null,
    due_at integer not null,
    attempts integer not null default 0,
    failure_code text,
    failure_detail text,
    clock_shift_ms integer not null,
    file text,
    entries blob,
    finished_at integer,
    claimed_by text
  ) strict`,
  "create index log_excerpt_open on log_excerpt (due_at) where finished_at is null",
  "create index log_excerpt_pos_server on log_excerpt (pos_server_id, noticed_at)",
  `create table batch (
    id integer primary key,
    kind text not null,
    params text not null,
    requested_at integer not null,
    user_id integer references user (id) on delete set null,
    user_login text not null,
    user_name text,
    user_address text not null,
    unseen integer not null,
    stopped_at integer
  ) strict`,
  `create table batch_item (
    id integer primary key,
    batch_id integer not null references batch (id) on delete cascade,
    pos_server_id integer not null references pos_server (id) on delete cascade,
    position integer not null,
    status text not null,
    code text,
    detail text,
    request_id integer,
    started_at integer,
    finished_at integer,
    claimed_by text
  ) strict`,
  "create index batch_item_batch on batch_item (batch_id)",
  "create index batch_item_pos_server on batch_item (pos_server_id)",
  "create index batch_item_open on batch_item (batch_id, position) where finished_at is null",
  "create index batch_item_request on batch_item (request_id) where request_id is not null",
];

const INCIDENT = [
  `create table incident (
    id integer primary key autoincrement,
    kind text not null,
    pos_server_id integer references pos_server (id) on delete set null,
    cause_id integer references cause (id),
    state text not null,
    failure_code text,
    service_state text,
    last_sync_at integer,
    opened_at integer not null,
    joined_at integer not null,
    reopenings integer not null default 0,
    failing_since integer not null,
    down_ms integer not null default 0,
    quiet_at integer,
    closed_at integer,
    ended_by text,
    part_of_id integer references incident (id) on delete set null,
    failing integer not null default 0,
    paused integer not null default 0,
    members integer not null default 0,
    cause_at integer not null default 0,
    known_as text
  ) strict`,
  "create index incident_open on incident (kind) where closed_at is null",
  "create index incident_silent on incident (id) where closed_at is null and failing = 0",
  "create index incident_opened on incident (opened_at)",
  "create index incident_closed on incident (closed_at) where closed_at is not null",
  "create index incident_pos_server on incident (pos_server_id) where pos_server_id is not null",
  "create index incident_part_of on incident (part_of_id) where part_of_id is not null",
  "create index incident_cause on incident (cause_id) where cause_id is not null",
  `create index incident_known_as on incident (known_as, closed_at)
    where kind = 'single' and ended_by = 'recovered'`,
  `create table incident_member (
    id integer primary key autoincrement,
    incident_id integer not null references incident (id) on delete cascade,
    pos_server_id integer references pos_server (id) on delete set null,
    pos_server_name text,
    organization_id integer not null,
    status text not null,
    joined_at integer not null,
    failures integer not null default 1,
    left_at integer,
    left_by text,
    unique (incident_id, pos_server_id)
  ) strict`,
  "create index incident_member_pos_server on incident_member (pos_server_id, id)",
  "create index incident_member_open on incident_member (pos_server_id) where status <> 'left'",
  `create table incident_organization (
    incident_id integer not null references incident (id) on delete cascade,
    organization_id integer not null,
    failing integer not null default 0,
    paused integer not null default 0,
    members integer not null default 0,
    primary key (incident_id, organization_id)
  ) strict, without rowid`,
  "create index incident_organization_incidents on incident_organization (organization_id, incident_id)",
  `create table incident_event (
    id integer primary key autoincrement,
    incident_id integer not null references incident (id) on delete cascade,
    at integer not null,
    kind text not null,
    detail text
  ) strict`,
  "create index incident_event_incident on incident_event (incident_id, id)",
  `create table trouble_change (
    pos_server_id integer primary key references pos_server (id) on delete cascade
  ) strict`,
];

const NOTIFICATION = [
  `create table channel (
    id integer primary key autoincrement,
    kind text not null,
    name text not null,
    user_id integer references user (id) on delete cascade,
    via_id integer references channel (id) on delete cascade,
    settings text not null,
    secrets blob,
    language text not null,
    time_zone text not null,
    is_enabled integer not null default 1,
    created_at integer not null,
    failed_tries integer not null default 0,
    retry_at integer,
    failing_since integer,
    failure_code text,
    failure_detail text,
    delivered_at integer,
    failed_since integer,
    sends_log_lines integer not null default 0
  ) strict`,
  "create index channel_user on channel (user_id) where user_id is not null",
  "create index channel_via on channel (via_id) where via_id is not null",
  `create table notification_rule (
    id integer primary key autoincrement,
    channel_id integer not null references channel (id) on delete cascade,
    created_at integer not null,
    terms text not null default '{}'
  ) strict`,
  "create index notification_rule_channel on notification_rule (channel_id)",
  `create table message (
    id integer primary key autoincrement,
    channel_id integer not null references channel (id) on delete cascade,
    incident_id integer not null references incident (id) on delete cascade,
    rule_id integer references notification_rule (id) on delete set null,
    says text not null,
    notified_at integer not null,
    alerted_at integer not null,
    escalated_at integer,
    said text,
    said_digest text,
    said_at integer,
    reference text,
    unique (incident_id, channel_id)
  ) strict`,
  "create index message_channel on message (channel_id, notified_at)",
  "create index message_rule on message (rule_id)",
  `create table delivery (
    id integer primary key autoincrement,
    channel_id integer not null references channel (id) on delete cascade,
    message_id integer references message (id) on delete cascade,
    about_channel_id integer references channel (id) on delete cascade,
    kind text not null,
    key text not null,
    queued_at integer not null,
    due_at integer not null,
    attempts integer not null default 0,
    claimed_by text,
    finished_at integer,
    outcome text,
    failure_code text,
    failure_detail text,
    tried_at integer,
    text text
  ) strict`,
  "create index delivery_open on delivery (channel_id, id) where finished_at is null",
  "create index delivery_channel on delivery (channel_id, id)",
  "create index delivery_finished on delivery (finished_at) where finished_at is not null",
  "create index delivery_message on delivery (message_id, id) where message_id is not null",
  "create index delivery_summary on delivery (channel_id, queued_at) where kind = 'summary'",
  "create index delivery_about on delivery (about_channel_id) where about_channel_id is not null",
  `create table messenger_account (
    user_id integer not null references user (id) on delete cascade,
    channel_id integer not null references channel (id) on delete cascade,
    account_id text not null,
    name text not null,
    linked_at integer not null,
    primary key (user_id, channel_id),
    unique (channel_id, account_id)
  ) strict, without rowid`,
  `create table messenger_code (
    user_id integer not null references user (id) on delete cascade,
    channel_id integer not null references channel (id) on delete cascade,
    code_hash blob not null unique,
    expires_at integer not null,
    primary key (user_id, channel_id)
  ) strict, without rowid`,
  `create table incident_change (
    incident_id integer primary key references incident (id) on delete cascade,
    due_at integer not null
  ) strict`,
  "create index incident_change_due on incident_change (due_at)",
];

const ENROLMENT = [
  `create table enrolment_code (
    id integer primary key autoincrement,
    secret_hash blob not null unique,
    organization_id integer references organization (id) on delete cascade,
    pos_server_id integer references pos_server (id) on delete cascade,
    max_uses integer not null,
    uses integer not null default 0,
    created_at integer not null,
    ends_at integer not null,
    taken_back_at integer,
    user_id integer,
    user_name text not null
  ) strict`,
  "create index enrolment_code_organization on enrolment_code (organization_id)",
  "create index enrolment_code_pos_server on enrolment_code (pos_server_id)",
  `create table enrolment (
    id integer primary key autoincrement,
    enrolment_code_id integer references enrolment_code (id) on delete cascade,
    identity text not null unique,
    sealed_token blob not null,
    fingerprint text,
    host text not null,
    address text not null,
    crm_id text,
    version text,
    state text not null,
    asked_at integer not null,
    decided_at integer,
    decided_by text,
    pos_server_id integer references pos_server (id) on delete set null
  ) strict`,
  "create index enrolment_code_used on enrolment (enrolment_code_id)",
  "create index enrolment_pos_server on enrolment (pos_server_id)",
  "create index enrolment_awaited on enrolment (asked_at) where state = 'awaited'",
];

const AGENT_UPDATE = [
  `create table agent_rollout (
    id integer primary key autoincrement,
    version text not null,
    sha256 text not null,
    key_id text not null,
    started_at integer not null,
    user_id integer,
    user_name text not null,
    continued_at integer,
    stopped_at integer,
    stopped_by text
  ) strict`,
  `create table agent_update (
    rollout_id integer not null references agent_rollout (id) on delete cascade,
    pos_server_id integer not null references pos_server (id) on delete cascade,
    state text not null,
    state_since integer not null,
    again_at integer,
    failure_code text,
    failure_detail text,
    primary key (rollout_id, pos_server_id)
  ) strict, without rowid`,
  "create index agent_update_state on agent_update (rollout_id, state)",
  "create index agent_update_pos_server on agent_update (pos_server_id)",
];

const LOG_PATTERN = [
  `create table log_pattern_set (
    id integer primary key autoincrement,
    pos_server_id integer references pos_server (id) on delete cascade,
    patterns text not null,
    source_pos_server_id integer references pos_server (id) on delete set null,
    source_name text not null,
    user_id integer,
    user_name text not null,
    taught_at integer not null,
    taken_back_at integer,
    taken_back_by text
  ) strict`,
  "create index log_pattern_set_pos_server on log_pattern_set (pos_server_id, id)",
  "create index log_pattern_set_source on log_pattern_set (source_pos_server_id)",
  `create table log_pattern_delivery (
    pos_server_id integer primary key references pos_server (id) on delete cascade,
    configuration_id text not null,
    failure_code text,
    failure_detail text,
    recorded_refusal_id text
  ) strict`,
];

const LOG_SEARCH = [
  `create table log_search (
    id integer primary key,
    user_id integer not null references user (id) on delete cascade,
    pos_server_id integer references pos_server (id) on delete set null,
    text text not null,
    from_at integer not null,
    to_at integer not null,
    place text not null,
    requested_at integer not null,
    stopped_at integer
  ) strict`,
  "create index log_search_user on log_search (user_id, id)",
  "create index log_search_pos_server on log_search (pos_server_id)",
  `create table log_search_item (
    log_search_id integer not null references log_search (id) on delete cascade,
    pos_server_id integer not null references pos_server (id) on delete cascade,
    status text not null,
    code text,
    detail text,
    asked_at integer,
    count integer not null default 0,
    first_at integer,
    last_at integer,
    bars text,
    line text,
    line_at integer,
    file text,
    unread_files integer not null default 0,
    unread_bytes integer not null default 0,
    primary key (log_search_id, pos_server_id)
  ) strict, without rowid`,
  "create index log_search_item_pos_server on log_search_item (pos_server_id)",
];

const REPORT = [
  `create table report_subscription (
    id integer primary key,
    user_id integer not null references user (id) on delete cascade,
    organization_id integer references organization (id) on delete cascade,
    tag_id integer references tag (id) on delete cascade,
    last_week text
  ) strict`,
  `create unique index report_subscription_user
    on report_subscription (user_id, coalesce(organization_id, 0), coalesce(tag_id, 0))`,
  "create index report_subscription_organization on report_subscription (organization_id)",
  "create index report_subscription_tag on report_subscription (tag_id)",
];

const TRIGGERS = [
  `create trigger pos_status_counted after insert on pos_status begin
    ${countState("new", 1)}
  end`,
  `create trigger pos_status_recounted after update of state on pos_status when old.state <> new.state begin
    ${countState("old", -1)}
    ${countState("new", 1)}
  end`,
  `create trigger pos_server_moved after update of parked, organization_id on pos_server
    when old.parked <> new.parked or old.organization_id <> new.organization_id
  begin
    ${countPosServer("old", -1)}
    ${countPosServer("new", 1)}
  end`,
  `create trigger pos_server_uncounted before delete on pos_server begin
    ${countPosServer("old", -1)}
  end`,
  `create trigger incident_member_counted after insert on incident_member begin
    ${countMember("new", "+")}
  end`,
  `create trigger incident_member_recounted after update of status, organization_id on incident_member
    when ${isFailing("old")} <> ${isFailing("new")} or ${isPaused("old")} <> ${isPaused("new")}
      or old.organization_id <> new.organization_id
  begin
    ${countMember("old", "-")}
    ${countMember("new", "+")}
    ${DROP_EMPTY_ORGANIZATION}
  end`,
  `create trigger incident_member_uncounted after delete on incident_member begin
    ${countMember("old", "-")}
    ${DROP_EMPTY_ORGANIZATION}
  end`,
  `create trigger audit_event_stays before update on audit_event
    when not (${RECORDED.map((column) => `new.${column} is old.${column}`).join(" and ")}
      and new.times = old.times + 1 and old.repeat_key is not null)
  begin
    select raise(abort, 'the audit log is append-only');
  end`,
];

const FIRST_ROWS = [
  "insert into registry_revision (id, revision) values (1, 1)",
  "insert into database_revision (id, revision) values (1, 1)",
];

/** The whole schema of version 1.0. Triggers that move the revision are made at each start (`database/revision.ts`). */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [
    ...REGISTRY,
    ...STATUS,
    ...PEOPLE,
    ...PROGRAM,
    ...REQUEST,
    ...INCIDENT,
    ...NOTIFICATION,
    ...ENROLMENT,
    ...AGENT_UPDATE,
    ...LOG_PATTERN,
    ...LOG_SEARCH,
    ...REPORT,
    ...TRIGGERS,
    ...FIRST_ROWS,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}

/** SQL for the place of a state in a list; behind them all where it is in none. */
function rankOf(states: readonly string[], first: number): string {
  const ranks = states.map((state, at) => `when '${state}' then ${first + at}`);
  return `case state ${ranks.join(" ")} else ${first + states.length} end`;
}

type Row = "old" | "new";

/** Counts a row of `pos_status` by organization and state. */
function countState(row: Row, by: number): string {
  return addToCount(
    `pos_server.organization_id, case when pos_server.parked then 'parked' else ${row}.state end, ${by}
      from pos_server where id = ${row}.pos_server_id`,
  );
}

/** Counts the status of a row of `pos_server` by organization and state. */
function countPosServer(row: Row, by: number): string {
  return addToCount(
    `${row}.organization_id, case when ${row}.parked then 'parked' else state end, ${by}
      from pos_status where pos_server_id = ${row}.id`,
  );
}

function addToCount(selection: string): string {
  return `insert into state_count (organization_id, state, pos_servers)
      select ${selection}
      on conflict (organization_id, state) do update set pos_servers = pos_servers + excluded.pos_servers;`;
}

/** Counts a row of `incident_member` in its incident, and by organization. */
function countMember(row: Row, sign: "+" | "-"): string {
  const [failing, paused] = [isFailing(row), isPaused(row)];
  return `insert into incident_organization (incident_id, organization_id, failing, paused, members)
      values (${row}.incident_id, ${row}.organization_id, ${sign}${failing}, ${sign}${paused}, ${sign}1)
      on conflict (incident_id, organization_id) do update set failing = failing + excluded.failing,
        paused = paused + excluded.paused, members = members + excluded.members;
    update incident set failing = failing ${sign} ${failing}, paused = paused ${sign} ${paused},
      members = members ${sign} 1 where id = ${row}.incident_id;`;
}

function isFailing(row: Row): string {
  return `(${row}.status = 'failing')`;
}

function isPaused(row: Row): string {
  return `(${row}.status = 'paused')`;
}
