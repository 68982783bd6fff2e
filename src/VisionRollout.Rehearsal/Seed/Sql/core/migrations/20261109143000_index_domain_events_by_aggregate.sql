-- table: domain_events
-- migrate:up
CREATE INDEX domain_events_aggregate_at_index ON domain_events (aggregate, at);
-- migrate:down
DROP INDEX domain_events_aggregate_at_index;
