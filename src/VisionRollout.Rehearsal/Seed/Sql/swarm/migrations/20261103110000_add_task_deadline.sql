-- table: tasks
-- migrate:up
ALTER TABLE tasks ADD COLUMN deadline_at timestamptz;
CREATE INDEX tasks_deadline_at_index ON tasks (deadline_at) WHERE deadline_at IS NOT NULL;
-- migrate:down
DROP INDEX tasks_deadline_at_index;
ALTER TABLE tasks DROP COLUMN deadline_at;
