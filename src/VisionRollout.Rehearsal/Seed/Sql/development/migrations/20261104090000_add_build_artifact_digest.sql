-- table: builds
-- migrate:up
ALTER TABLE builds ADD COLUMN artifact_digest text;
-- migrate:down
ALTER TABLE builds DROP COLUMN artifact_digest;
