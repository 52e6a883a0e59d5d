DROP TABLE IF EXISTS stories;
CREATE TABLE stories (key TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO stories
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :rows)
SELECT 'story-' || i,
       json_object(
         'id', i,
         'title', 'Story number ' || i,
         'url', 'https://stories.example/' || i,
         'submitted_at', strftime('%Y-%m-%dT%H:%M:%S', 1420070400 + i * 600, 'unixepoch') || '.000Z',
         'diggs', (i * 7919) % 5000,
         'comments', (i * 104729) % 700,
         'topics', json_array('topic-' || (i % 17), 'topic-' || (17 + i % 5)),
         'description', 'What story ' || i || ' tells: ' || replace(hex(zeroblob(20 + i % 10)), '00', 'and then more came of it, '))
FROM n;
