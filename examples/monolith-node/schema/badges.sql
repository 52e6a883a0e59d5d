DROP TABLE IF EXISTS badges;
CREATE TABLE badges (project TEXT PRIMARY KEY, status TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO badges
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :rows)
SELECT 'project-' || i,
       CASE WHEN i % 7 = 0 THEN 'insecure' WHEN i % 3 = 0 THEN 'out-of-date' ELSE 'up-to-date' END
FROM n;
