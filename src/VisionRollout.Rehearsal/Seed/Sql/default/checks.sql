-- What the version without the pending migrations reads and writes.
SELECT i.id, i.name, i.quantity, e.kind, e.at FROM items i LEFT JOIN item_events e ON e.item_id = i.id ORDER BY i.id LIMIT 10;
INSERT INTO items (name, quantity) VALUES ('check', 1);
INSERT INTO item_events (item_id, kind, at) SELECT id, 'added', now() FROM items WHERE name = 'check';
