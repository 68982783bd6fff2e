-- What the version without the pending migrations reads and writes.
SELECT p.id, p.slug, p.title, p.state, r.title, r.priority, r.accepted FROM projects p LEFT JOIN requirements r ON r.project_id = p.id ORDER BY p.id LIMIT 10;
INSERT INTO projects (slug, title) VALUES ('check', 'Check');
INSERT INTO requirements (project_id, title, priority) SELECT id, 'Check', 3 FROM projects WHERE slug = 'check';
INSERT INTO domain_events (aggregate, kind, payload, at) VALUES ('check', 'created', '{}', now());
DELETE FROM projects WHERE slug = 'check';
