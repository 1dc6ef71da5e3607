-- What stands beside the library's table of events. Every statement may run again on a database that has it all.

CREATE TABLE IF NOT EXISTS command_log (
    command_id    text PRIMARY KEY,
    stream_id     text NOT NULL,
    fingerprint   text NOT NULL,
    first_version bigint NOT NULL,
    last_version  bigint NOT NULL,
    receipt       jsonb NOT NULL, -- its position is filled in on reading: here it is not known yet
    recorded_at   timestamptz NOT NULL
);

-- The hash of the command's last event: with it an altered last event of a stream shows, too.
ALTER TABLE command_log ADD COLUMN IF NOT EXISTS last_hash text;

CREATE TABLE IF NOT EXISTS checkpoint (
    number    bigint PRIMARY KEY,
    position  bigint NOT NULL,
    streams   bigint NOT NULL,
    root      text NOT NULL,
    previous  text NOT NULL,
    made_at   timestamptz NOT NULL,
    key_id    text NOT NULL,
    signature text NOT NULL
);

CREATE TABLE IF NOT EXISTS claim (
    name      text PRIMARY KEY,
    stream_id text NOT NULL
);

CREATE TABLE IF NOT EXISTS person_key (
    person_id  uuid PRIMARY KEY,
    wrapped    bytea NOT NULL, -- the person's key, sealed with a key derived from the master key
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE IF NOT EXISTS notice (
    id        text PRIMARY KEY,
    stream_id text NOT NULL,
    provider  text NOT NULL,
    about     jsonb NOT NULL,
    told_at   timestamptz NOT NULL DEFAULT now()
);
DO $$ BEGIN ALTER TABLE notice RENAME COLUMN case_id TO stream_id; EXCEPTION WHEN undefined_column THEN NULL; END $$;
CREATE INDEX IF NOT EXISTS notice_latest_idx ON notice (provider, told_at, id);

-- Which follow-ups were told to their end: none is told again, however late its cause is repeated.
CREATE TABLE IF NOT EXISTS told (
    id      text PRIMARY KEY,
    told_at timestamptz NOT NULL DEFAULT now()
);

-- What the hourly looks at event store, workflows and read models found.
CREATE TABLE IF NOT EXISTS reconciliation (
    id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at     timestamptz NOT NULL DEFAULT now(),
    well   boolean NOT NULL,
    report jsonb NOT NULL
);

-- An event's envelope as JSON, for indexes and for people with psql. Immutable, because stored bytes and the encoding of a database are.
CREATE OR REPLACE FUNCTION envelope(state bytea) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT convert_from(state, 'UTF8')::jsonb $$;

-- Which streams name a person, without reading every event.
CREATE INDEX IF NOT EXISTS stored_events_person_idx
    ON stored_events ((envelope(state) #>> '{body,person_id}'))
    WHERE topic = 'PersonRegistered';

-- Which cases name a household or a member of staff: whom a follow-up concerns.
CREATE INDEX IF NOT EXISTS stored_events_household_idx
    ON stored_events ((envelope(state) #>> '{body,household_id}'))
    WHERE topic IN ('CaseOpened', 'HouseholdMemberAdded');
CREATE INDEX IF NOT EXISTS stored_events_manager_idx
    ON stored_events ((envelope(state) #>> '{body,manager_id}'))
    WHERE topic = 'ManagerAssigned';
