-- table: agents
-- migrate:up
ALTER TABLE agents ADD COLUMN capabilities text[] NOT NULL DEFAULT '{}';
-- migrate:down
ALTER TABLE agents DROP COLUMN capabilities;
