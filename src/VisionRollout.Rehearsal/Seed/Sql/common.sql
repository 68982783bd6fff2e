CREATE TABLE schema_migrations (
    version bigint PRIMARY KEY,
    inserted_at timestamp(0)
);
-- What the rehearsal's probes wrote. No key: a write that arrives twice must be seen twice.
CREATE TABLE ledger (
    sequence bigint NOT NULL,
    pod text NOT NULL,
    version text NOT NULL,
    colour text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX ledger_sequence_index ON ledger (sequence);
