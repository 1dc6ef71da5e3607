-- What the engine of the read models keeps beside their rows. Every statement may run again on a database that has it all.

CREATE TABLE IF NOT EXISTS read_model (
    name        text NOT NULL,
    version     integer NOT NULL,
    table_name  text NOT NULL,
    fingerprint text NOT NULL,
    position    bigint NOT NULL DEFAULT 0,
    live        boolean NOT NULL DEFAULT false,
    seen_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (name, version)
);
CREATE UNIQUE INDEX IF NOT EXISTS read_model_live_idx ON read_model (name) WHERE live;

DO $$ BEGIN -- asked first: adding what is there would lock out all readers for a moment
    IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'read_model'::regclass AND attname = 'built') THEN
        ALTER TABLE read_model
            ADD COLUMN built boolean NOT NULL DEFAULT true, -- false: a replay is making its rows, and nobody follows
            ADD COLUMN plan bigint; -- the replay that made it
    END IF;
END $$;

-- A case that a version cannot tell: it stands as before its event `event_version`, and that event and all later ones wait.
CREATE TABLE IF NOT EXISTS parked (
    name          text NOT NULL,
    version       integer NOT NULL,
    stream_id     text NOT NULL,
    event_version bigint NOT NULL,
    event_name    text NOT NULL,
    position      bigint NOT NULL,
    fault         text NOT NULL, -- type and place; never what it says, which may quote a person
    parked_at     timestamptz NOT NULL DEFAULT now(),
    tries         integer NOT NULL DEFAULT 1,
    PRIMARY KEY (name, version, stream_id)
);

CREATE TABLE IF NOT EXISTS replay_plan (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    names      text[] NOT NULL,
    state      text NOT NULL DEFAULT 'building', -- building, ready, applied, rolled_back, dropped, cancelled
    step       text NOT NULL DEFAULT 'ranges', -- while it is building: ranges, indexes, catch_up, comparison
    bound      bigint, -- the rows that the ranges make are those of all events up to here
    paused     boolean NOT NULL DEFAULT false,
    replaced   jsonb NOT NULL DEFAULT '{}', -- {name: the version that readers saw before}
    comparison jsonb,
    begun_at   timestamptz NOT NULL DEFAULT now(),
    told_at    timestamptz, -- when the last range was done
    ready_at   timestamptz
);

CREATE TABLE IF NOT EXISTS replay_range (
    plan         bigint NOT NULL REFERENCES replay_plan ON DELETE CASCADE,
    number       integer NOT NULL,
    first_stream text NOT NULL,
    last_stream  text NOT NULL,
    events       bigint NOT NULL,
    told_at      timestamptz,
    seconds      double precision,
    worker       text,
    PRIMARY KEY (plan, number)
);

-- What operators did, who and why.
CREATE TABLE IF NOT EXISTS replay_action (
    id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at     timestamptz NOT NULL DEFAULT now(),
    action text NOT NULL,
    plan   bigint,
    who    text NOT NULL,
    reason text NOT NULL,
    detail jsonb NOT NULL DEFAULT '{}'
);
