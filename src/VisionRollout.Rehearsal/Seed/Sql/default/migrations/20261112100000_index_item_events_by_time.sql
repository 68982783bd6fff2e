-- table: item_events
-- migrate:up
CREATE INDEX item_events_at_index ON item_events (at);
-- migrate:down
DROP INDEX item_events_at_index;
