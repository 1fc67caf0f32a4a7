-- The model: design and reasons are in ARCHITECTURE.md. Words in braces are the types of the database at hand; {c} is the
-- byte order for text that is sorted or looked up, whatever the database's own locale.

CREATE TABLE archive_state (
    id {int} PRIMARY KEY CHECK (id = 1),
    revision {bigint} NOT NULL,
    updated_at {time} NOT NULL
);

CREATE TABLE change (
    revision {bigint} PRIMARY KEY,
    at {time} NOT NULL,
    operation {text} NOT NULL CHECK (operation IN ('CREATED', 'UPDATED', 'DELETED', 'MERGED')),
    kind {text} NOT NULL,
    node_id {uuid} NOT NULL,
    merged_into {uuid},
    edition_id {uuid},
    fields {json} NOT NULL,
    before {json},
    after {json}
);
CREATE INDEX change_of_edition ON change (edition_id, revision);
CREATE INDEX change_of_node ON change (node_id, revision);

CREATE TABLE conference (
    id {uuid} PRIMARY KEY,
    slug {text} {c} NOT NULL UNIQUE,
    name {text} NOT NULL,
    description {text},
    website_url {text},
    revision {bigint} NOT NULL,
    updated_at {time} NOT NULL
);

CREATE TABLE edition (
    id {uuid} PRIMARY KEY,
    conference_id {uuid} NOT NULL REFERENCES conference (id),
    slug {text} {c} NOT NULL UNIQUE,
    acronym {text} {c} NOT NULL UNIQUE CHECK (length(acronym) >= 4),
    name {text} NOT NULL,
    name_key {text} {c} NOT NULL,
    year {int} NOT NULL,
    starts_on {date},
    ends_on {date},
    begins_at {time},
    finishes_at {time},
    timezone {text} NOT NULL,
    status {text} CHECK (status IN ('ANNOUNCED', 'SCHEDULED', 'LIVE', 'CONCLUDED', 'CANCELLED')),
    format {text} NOT NULL CHECK (format IN ('IN_PERSON', 'ONLINE', 'HYBRID')),
    city {text},
    city_key {text} {c},
    country {text} {c},
    venue {json},
    capacity {int} CHECK (capacity >= 0),
    attendance {int} CHECK (attendance >= 0),
    attendance_is_estimate {bool} NOT NULL,
    sold_out {bool},
    ordinal {int},
    hashtags {json} NOT NULL,
    website_url {text},
    replaces_id {uuid} UNIQUE REFERENCES edition (id) DEFERRABLE INITIALLY DEFERRED CHECK (replaces_id <> id),
    call_for_papers {json},
    tickets {json} NOT NULL,
    content_revision {bigint} NOT NULL,
    content_updated_at {time} NOT NULL,
    revision {bigint} NOT NULL,
    updated_at {time} NOT NULL,
    CHECK (ends_on >= starts_on),
    CHECK ((starts_on IS NULL) = (ends_on IS NULL))
);
CREATE INDEX edition_by_start ON edition (COALESCE(starts_on, '9999-12-31'), id);
CREATE INDEX edition_by_name ON edition (name_key, id);
CREATE INDEX edition_of_conference ON edition (conference_id, COALESCE(starts_on, '9999-12-31'), id);
CREATE INDEX edition_by_year ON edition (year);
CREATE INDEX edition_by_place ON edition (country, city_key);

CREATE TABLE room (
    id {uuid} PRIMARY KEY,
    edition_id {uuid} NOT NULL REFERENCES edition (id),
    slug {text} {c} NOT NULL,
    name {text} NOT NULL,
    capacity {int} CHECK (capacity >= 0),
    position {int} NOT NULL,
    revision {bigint} NOT NULL,
    updated_at {time} NOT NULL,
    UNIQUE (edition_id, slug)
);
CREATE INDEX room_by_slug ON room (slug);

CREATE TABLE track (
    id {uuid} PRIMARY KEY,
    edition_id {uuid} NOT NULL REFERENCES edition (id),
    slug {text} {c} NOT NULL,
    name {text} NOT NULL,
    color {text},
    position {int} NOT NULL,
    revision {bigint} NOT NULL,
    updated_at {time} NOT NULL,
    UNIQUE (edition_id, slug)
);
CREATE INDEX track_by_slug ON track (slug);

CREATE TABLE speaker (
    id {uuid} PRIMARY KEY,
    slug {text} {c} NOT NULL UNIQUE,
    name {text} NOT NULL,
    name_key {text} {c} NOT NULL,
    pronouns {text},
    biography {text},
    avatar_url {text},
    is_group {bool} NOT NULL,
    talk_count {int} NOT NULL,
    revision {bigint} NOT NULL,
    updated_at {time} NOT NULL
);
CREATE INDEX speaker_by_name ON speaker (name_key, id);
CREATE INDEX speaker_by_talk_count ON speaker (talk_count, id);

CREATE TABLE company (
    id {uuid} PRIMARY KEY,
    slug {text} {c} NOT NULL UNIQUE,
    name {text} NOT NULL,
    name_key {text} {c} NOT NULL,
    kind {text} NOT NULL CHECK (kind IN ('COMPANY', 'FOUNDATION', 'PROJECT', 'UNIVERSITY', 'EVENT', 'OTHER')),
    website_url {text},
    logo_url {text},
    successor_id {uuid} REFERENCES company (id) DEFERRABLE INITIALLY DEFERRED CHECK (successor_id <> id),
    talk_count {int} NOT NULL,
    revision {bigint} NOT NULL,
    updated_at {time} NOT NULL
);
CREATE INDEX company_by_name ON company (name_key, id);
CREATE INDEX company_by_talk_count ON company (talk_count, id);
CREATE INDEX company_by_successor ON company (successor_id);

CREATE TABLE talk (
    id {uuid} PRIMARY KEY,
    edition_id {uuid} NOT NULL REFERENCES edition (id),
    slug {text} {c} NOT NULL,
    title {text} NOT NULL,
    title_key {text} {c} NOT NULL,
    subtitle {text},
    aliases {json} NOT NULL,
    kind {text} NOT NULL CHECK (kind IN ('TALK', 'KEYNOTE', 'LIGHTNING_TALK', 'LIGHTNING_BLOCK', 'PANEL', 'WORKSHOP', 'OPENING', 'CLOSING', 'DEMO', 'OTHER')),
    status {text} NOT NULL CHECK (status IN ('CONFIRMED', 'CANCELLED', 'WITHDRAWN')),
    abstract {text},
    language {text} {c},
    track_id {uuid} REFERENCES track (id) DEFERRABLE INITIALLY DEFERRED,
    do_not_record {bool} NOT NULL,
    block_id {uuid} REFERENCES talk (id) DEFERRABLE INITIALLY DEFERRED CHECK (block_id <> id),
    block_position {int} CHECK (block_position >= 1),
    replaces_id {uuid} UNIQUE REFERENCES talk (id) DEFERRABLE INITIALLY DEFERRED CHECK (replaces_id <> id),
    year {int} NOT NULL,
    starts_at {time},
    ends_at {time},
    room_id {uuid} REFERENCES room (id) DEFERRABLE INITIALLY DEFERRED,
    revision {bigint} NOT NULL,
    updated_at {time} NOT NULL,
    UNIQUE (edition_id, slug)
);
CREATE INDEX talk_by_start ON talk (COALESCE(starts_at, '9999-12-31T23:59:59+00:00'), COALESCE(block_position, 2147483647), id);
CREATE INDEX talk_by_title ON talk (title_key, id);
CREATE INDEX talk_by_update ON talk (updated_at, id);
CREATE INDEX talk_by_year ON talk (year, COALESCE(starts_at, '9999-12-31T23:59:59+00:00'), COALESCE(block_position, 2147483647), id);
CREATE INDEX talk_of_edition ON talk (edition_id, COALESCE(starts_at, '9999-12-31T23:59:59+00:00'), COALESCE(block_position, 2147483647), id);
CREATE INDEX talk_by_kind ON talk (kind);
CREATE INDEX talk_by_language ON talk (language);
CREATE INDEX talk_of_track ON talk (track_id);
CREATE INDEX talk_of_block ON talk (block_id, block_position, id);

CREATE TABLE talk_tag (
    talk_id {uuid} NOT NULL REFERENCES talk (id) ON DELETE CASCADE,
    position {int} NOT NULL,
    name {text} NOT NULL,
    name_key {text} {c} NOT NULL,
    PRIMARY KEY (talk_id, position),
    UNIQUE (talk_id, name_key)
);
CREATE INDEX talk_tag_by_name ON talk_tag (name_key, talk_id);

CREATE TABLE slot (
    id {uuid} PRIMARY KEY,
    edition_id {uuid} NOT NULL REFERENCES edition (id),
    number {int} NOT NULL CHECK (number >= 1),
    kind {text} NOT NULL CHECK (kind IN ('TALK', 'BREAK', 'MEAL', 'REGISTRATION', 'SOCIAL', 'OTHER')),
    title {text},
    starts_at {time} NOT NULL,
    ends_at {time} NOT NULL,
    end_is_estimated {bool} NOT NULL,
    is_open_ended {bool} NOT NULL,
    room_id {uuid} REFERENCES room (id) DEFERRABLE INITIALLY DEFERRED,
    talk_id {uuid} REFERENCES talk (id),
    place {json},
    revision {bigint} NOT NULL,
    updated_at {time} NOT NULL,
    UNIQUE (edition_id, number),
    CHECK (ends_at > starts_at),
    CHECK ((talk_id IS NULL) <> (title IS NULL)),
    CHECK ((talk_id IS NULL) = (kind <> 'TALK'))
);
CREATE INDEX slot_of_edition ON slot (edition_id, starts_at, number);
CREATE INDEX slot_of_talk ON slot (talk_id, starts_at, number);
CREATE INDEX slot_of_room ON slot (room_id, starts_at);

CREATE TABLE slot_sponsor (
    slot_id {uuid} NOT NULL REFERENCES slot (id) ON DELETE CASCADE,
    position {int} NOT NULL,
    company_id {uuid} NOT NULL REFERENCES company (id),
    PRIMARY KEY (slot_id, position),
    UNIQUE (slot_id, company_id)
);
CREATE INDEX slot_sponsor_by_company ON slot_sponsor (company_id);

CREATE TABLE appearance (
    talk_id {uuid} NOT NULL REFERENCES talk (id) ON DELETE CASCADE,
    position {int} NOT NULL,
    speaker_id {uuid} NOT NULL REFERENCES speaker (id),
    role {text} NOT NULL CHECK (role IN ('SPEAKER', 'HOST', 'MODERATOR', 'PANELIST')),
    credited_as {text},
    represents {text},
    PRIMARY KEY (talk_id, position),
    UNIQUE (talk_id, speaker_id)
);
CREATE INDEX appearance_by_speaker ON appearance (speaker_id, talk_id);

CREATE TABLE appearance_company (
    talk_id {uuid} NOT NULL,
    speaker_id {uuid} NOT NULL,
    position {int} NOT NULL,
    company_id {uuid} NOT NULL REFERENCES company (id),
    PRIMARY KEY (talk_id, speaker_id, position),
    UNIQUE (talk_id, speaker_id, company_id),
    FOREIGN KEY (talk_id, speaker_id) REFERENCES appearance (talk_id, speaker_id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX appearance_company_by_company ON appearance_company (company_id, talk_id);

CREATE TABLE recording (
    id {uuid} PRIMARY KEY,
    edition_id {uuid} REFERENCES edition (id),
    provider {text} {c} NOT NULL CHECK (provider IN ('YOUTUBE', 'VIMEO', 'PEERTUBE', 'MEDIA_CCC', 'OTHER')),
    external_id {text} {c} NOT NULL,
    kind {text} NOT NULL CHECK (kind IN ('TALK', 'LIVE_STREAM', 'RECAP', 'OTHER')),
    title {text},
    title_key {text} {c},
    url {text} NOT NULL,
    thumbnail_url {text},
    duration_seconds {int} CHECK (duration_seconds >= 0),
    published_at {time},
    language {text},
    revision {bigint} NOT NULL,
    updated_at {time} NOT NULL,
    UNIQUE (provider, external_id)
);
CREATE INDEX recording_by_publication ON recording (COALESCE(published_at, '9999-12-31T23:59:59+00:00'), id);
CREATE INDEX recording_by_title ON recording (COALESCE(title_key, '{last}'), id);
CREATE INDEX recording_by_duration ON recording (COALESCE(duration_seconds, 2147483647), id);
CREATE INDEX recording_of_edition ON recording (edition_id, COALESCE(published_at, '9999-12-31T23:59:59+00:00'), id);
CREATE INDEX recording_by_kind ON recording (kind);

CREATE TABLE talk_recording (
    talk_id {uuid} NOT NULL REFERENCES talk (id) ON DELETE CASCADE,
    recording_id {uuid} NOT NULL REFERENCES recording (id),
    position {int} NOT NULL,
    start_seconds {int} CHECK (start_seconds >= 0),
    end_seconds {int},
    PRIMARY KEY (talk_id, position),
    UNIQUE (talk_id, recording_id),
    CHECK (end_seconds > COALESCE(start_seconds, 0))
);
CREATE INDEX talk_recording_by_recording ON talk_recording (recording_id, talk_id);

CREATE TABLE playlist (
    id {uuid} PRIMARY KEY,
    edition_id {uuid} REFERENCES edition (id),
    provider {text} {c} NOT NULL CHECK (provider IN ('YOUTUBE', 'VIMEO', 'PEERTUBE', 'MEDIA_CCC', 'OTHER')),
    external_id {text} {c} NOT NULL,
    title {text} NOT NULL,
    url {text} NOT NULL,
    revision {bigint} NOT NULL,
    updated_at {time} NOT NULL,
    UNIQUE (provider, external_id)
);
CREATE INDEX playlist_of_edition ON playlist (edition_id);

CREATE TABLE playlist_recording (
    playlist_id {uuid} NOT NULL REFERENCES playlist (id) ON DELETE CASCADE,
    position {int} NOT NULL,
    recording_id {uuid} NOT NULL REFERENCES recording (id),
    PRIMARY KEY (playlist_id, position),
    UNIQUE (playlist_id, recording_id)
);
CREATE INDEX playlist_recording_by_recording ON playlist_recording (recording_id);

CREATE TABLE involvement (
    edition_id {uuid} NOT NULL REFERENCES edition (id),
    position {int} NOT NULL,
    speaker_id {uuid} REFERENCES speaker (id),
    company_id {uuid} REFERENCES company (id),
    role {text} NOT NULL CHECK (role IN ('ORGANIZER', 'HOST', 'PROGRAM_COMMITTEE', 'VOLUNTEER', 'OTHER')),
    note {text},
    PRIMARY KEY (edition_id, position),
    CHECK ((speaker_id IS NULL) <> (company_id IS NULL))
);
CREATE INDEX involvement_of_speaker ON involvement (speaker_id);
CREATE INDEX involvement_of_company ON involvement (company_id);

CREATE TABLE sponsor_tier (
    edition_id {uuid} NOT NULL REFERENCES edition (id),
    rank {int} NOT NULL CHECK (rank >= 1),
    slug {text} {c} NOT NULL,
    name {text} NOT NULL,
    PRIMARY KEY (edition_id, rank),
    UNIQUE (edition_id, slug)
);

CREATE TABLE sponsorship (
    edition_id {uuid} NOT NULL REFERENCES edition (id),
    position {int} NOT NULL,
    tier_rank {int},
    company_id {uuid} NOT NULL REFERENCES company (id),
    url {text},
    PRIMARY KEY (edition_id, position),
    UNIQUE (edition_id, tier_rank, company_id),
    FOREIGN KEY (edition_id, tier_rank) REFERENCES sponsor_tier (edition_id, rank) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX sponsorship_by_company ON sponsorship (company_id, edition_id);

CREATE TABLE link (
    id {uuid} PRIMARY KEY,
    kind {text} NOT NULL CHECK (kind IN ('SLIDES', 'REPOSITORY', 'ARTICLE', 'POST', 'PHOTO', 'VIDEO', 'DOCUMENT', 'EVENT', 'WEBSITE', 'SOCIAL', 'OTHER')),
    conference_id {uuid} REFERENCES conference (id),
    edition_id {uuid} REFERENCES edition (id),
    talk_id {uuid} REFERENCES talk (id),
    speaker_id {uuid} REFERENCES speaker (id),
    company_id {uuid} REFERENCES company (id),
    position {int} NOT NULL,
    url {text},
    title {text},
    author {text},
    note {text},
    published_on {date},
    published_at {time},
    language {text},
    revision {bigint} NOT NULL,
    updated_at {time} NOT NULL,
    CHECK (url IS NOT NULL OR title IS NOT NULL),
    CHECK ((CASE WHEN conference_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN edition_id IS NULL THEN 0 ELSE 1 END)
        + (CASE WHEN talk_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN speaker_id IS NULL THEN 0 ELSE 1 END)
        + (CASE WHEN company_id IS NULL THEN 0 ELSE 1 END) = 1)
);
CREATE INDEX link_of_conference ON link (conference_id, position);
CREATE INDEX link_of_edition ON link (edition_id, position);
CREATE INDEX link_of_talk ON link (talk_id, position);
CREATE INDEX link_of_speaker ON link (speaker_id, position);
CREATE INDEX link_of_company ON link (company_id, position);

CREATE TABLE alias (
    owner_id {uuid} NOT NULL,
    kind {text} {c} NOT NULL CHECK (kind IN ('SLUG', 'ID', 'NAME')),
    position {int} NOT NULL,
    scope {text} {c} NOT NULL,
    value {text} {c} NOT NULL,
    value_key {text} {c} NOT NULL,
    PRIMARY KEY (owner_id, kind, position)
);
CREATE UNIQUE INDEX alias_slug ON alias (scope, value) WHERE kind = 'SLUG';
CREATE UNIQUE INDEX alias_id ON alias (value) WHERE kind = 'ID';
CREATE INDEX alias_name ON alias (value_key) WHERE kind = 'NAME';
