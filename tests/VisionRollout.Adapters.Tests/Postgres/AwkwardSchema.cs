namespace VisionRollout.Tests.Postgres;

/// <summary>A schema with what makes backups awkward.</summary>
internal static class AwkwardSchema
{
    public const string Sql = """
        CREATE EXTENSION pg_trgm;
        CREATE SCHEMA billing;
        CREATE TYPE billing.state AS ENUM ('open', 'paid', 'void');
        CREATE TABLE accounts (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            name text NOT NULL,
            "visionrollout" text, t text, "Weird ""Name" numeric,
            lower_name text GENERATED ALWAYS AS (lower(name)) STORED,
            balance double precision, seen timestamptz, span interval, raw bytea, document jsonb, tags text[]);
        CREATE INDEX accounts_name_trgm ON accounts USING gin (name gin_trgm_ops);
        INSERT INTO accounts (name, t, "Weird ""Name", balance, seen, span, raw, document, tags)
            SELECT 'Account ' || n, nullif(n % 3, 0)::text, n / 7.0, n * 0.1, '2026-01-01'::timestamptz + n * interval '1 hour', n * interval '1 day 2 hours',
                   decode(lpad(to_hex(n), 8, '0'), 'hex'), jsonb_build_object('n', n, 'text', 'ünïcode "' || n), ARRAY['a', NULL, n::text]
            FROM generate_series(1, 20000) n;
        CREATE TABLE billing."Invoices" (
            id serial PRIMARY KEY, account bigint NOT NULL REFERENCES accounts (id), state billing.state NOT NULL DEFAULT 'open', amount numeric(12, 2) CHECK (amount >= 0));
        INSERT INTO billing."Invoices" (account, state, amount) SELECT n, (ARRAY['open', 'paid', 'void'])[1 + n % 3]::billing.state, n FROM generate_series(1, 5000) n;
        CREATE TABLE events (id bigint NOT NULL, at date NOT NULL, payload text) PARTITION BY RANGE (at);
        CREATE TABLE events_2026_01 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
        CREATE TABLE events_rest PARTITION OF events DEFAULT;
        INSERT INTO events SELECT n, '2026-01-20'::date + n % 30, repeat('x', 200) FROM generate_series(1, 3000) n;
        CREATE SEQUENCE down INCREMENT BY -1; SELECT nextval('down'), nextval('down');
        CREATE SEQUENCE untouched;
        CREATE VIEW open_invoices AS SELECT * FROM billing."Invoices" WHERE state = 'open';
        CREATE MATERIALIZED VIEW totals AS SELECT account, sum(amount) AS total FROM billing."Invoices" GROUP BY account;
        CREATE TABLE empty_one ();
        CREATE TABLE hidden (id int PRIMARY KEY, owner text); ALTER TABLE hidden ENABLE ROW LEVEL SECURITY;
        INSERT INTO hidden VALUES (1, 'a'), (2, 'b');
        ALTER TABLE billing."Invoices" ADD CONSTRAINT small CHECK (amount < 1000) NOT VALID;
        CREATE TABLE schema_migrations (version bigint PRIMARY KEY, inserted_at timestamp(0));
        INSERT INTO schema_migrations VALUES (20260101090000, '2026-01-01 09:00'), (20260901090000, '2026-09-01 09:00');
        """;
}
