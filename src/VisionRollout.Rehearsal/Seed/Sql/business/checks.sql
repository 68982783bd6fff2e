-- What the version without the pending migrations reads and writes.
SELECT id, name, email, country, inserted_at, updated_at FROM customers ORDER BY id LIMIT 10;
INSERT INTO customers (name, email, country) VALUES ('Check', 'check@example.com', 'DE');
UPDATE customers SET name = 'Checked', updated_at = now() WHERE email = 'check@example.com';
INSERT INTO subscriptions (customer_id, plan, seats, renews_on) SELECT id, 'team', 3, date '2027-01-01' FROM customers WHERE email = 'check@example.com';
INSERT INTO invoices (customer_id, amount_cents, issued_at) SELECT id, 100, now() FROM customers WHERE email = 'check@example.com';
