-- table: projects
-- migrate:up
ALTER TABLE projects ADD COLUMN archived_at timestamp(0);
-- migrate:down
ALTER TABLE projects DROP COLUMN archived_at;
