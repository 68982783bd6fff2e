-- What the version without the pending migrations reads and writes.
SELECT a.id, a.name, a.skill, a.state, a.last_seen_at, t.title, t.state, t.attempts FROM agents a LEFT JOIN tasks t ON t.agent_id = a.id ORDER BY a.id LIMIT 10;
INSERT INTO agents (name, skill, last_seen_at) VALUES ('check', 'tester', now());
INSERT INTO tasks (agent_id, title, state, inserted_at) SELECT id, 'Check', 'queued', now() FROM agents WHERE name = 'check';
UPDATE tasks SET state = 'running', attempts = attempts + 1 WHERE title = 'Check';
