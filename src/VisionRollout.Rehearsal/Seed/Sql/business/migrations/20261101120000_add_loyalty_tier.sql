-- table: customers
-- migrate:up
ALTER TABLE customers ADD COLUMN loyalty_tier text NOT NULL DEFAULT 'standard';
-- migrate:down
ALTER TABLE customers DROP COLUMN loyalty_tier;
