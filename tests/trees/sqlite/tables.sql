-- A table of 20,000 rows by a recursive query; indexes, joins, groups, updates, deletes.
CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT NOT NULL, town TEXT, age INT, money REAL);
CREATE TABLE orders(id INTEGER PRIMARY KEY, person INT REFERENCES person(id), what TEXT, n INT CHECK(n >= 0));
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
  INSERT INTO person SELECT i, printf('name-%05d', (i * 7919) % 20011), 'town' || (i % 37), (i * 31) % 90,
    ((i * 104729) % 1000003) / 100.0 FROM n;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000)
  INSERT INTO orders SELECT i, (i * 613) % 20000 + 1, char(97 + i % 26) || hex(i % 1000), i % 11 FROM n;
SELECT count(*), sum(age), round(sum(money), 2), min(name), max(name) FROM person;
SELECT town, count(*), avg(age) FROM person GROUP BY town ORDER BY 2 DESC, 1 LIMIT 10;
CREATE INDEX person_town ON person(town, age);
CREATE UNIQUE INDEX person_name ON person(name, id);
CREATE INDEX orders_person ON orders(person);
ANALYZE;
EXPLAIN QUERY PLAN SELECT * FROM person p JOIN orders o ON o.person = p.id WHERE p.town = 'town3';
SELECT p.town, sum(o.n) FROM person p JOIN orders o ON o.person = p.id GROUP BY 1 ORDER BY 1;
SELECT count(*) FROM person p LEFT JOIN orders o ON o.person = p.id WHERE o.id IS NULL;
SELECT name FROM person WHERE town IN ('town1', 'town2') AND age BETWEEN 20 AND 25 ORDER BY name LIMIT 15;
SELECT name FROM person WHERE id IN (SELECT person FROM orders WHERE what LIKE 'a%') ORDER BY money DESC LIMIT 10;
BEGIN;
UPDATE person SET money = money * 1.1 WHERE age > 50;
SAVEPOINT a;
DELETE FROM orders WHERE n = 5;
SELECT changes(), total_changes();
ROLLBACK TO a;
RELEASE a;
DELETE FROM orders WHERE n = 6;
COMMIT;
SELECT count(*), round(sum(money), 1) FROM person, (SELECT count(*) c FROM orders) WHERE c > 0;
BEGIN; DELETE FROM person; SELECT count(*) FROM person; ROLLBACK; SELECT count(*) FROM person;
INSERT INTO orders VALUES(1, 1, 'x', 1);
INSERT INTO orders VALUES(99999, 1, 'x', -1);
INSERT OR REPLACE INTO orders VALUES(1, 1, 'replaced', 1);
INSERT INTO orders VALUES(1, 2, 'y', 2) ON CONFLICT(id) DO UPDATE SET what = excluded.what || what RETURNING *;
SELECT * FROM orders WHERE id < 4;
CREATE TABLE copy AS SELECT * FROM person WHERE id % 3 = 0;
SELECT count(*) FROM (SELECT id FROM copy INTERSECT SELECT id FROM person WHERE id % 2 = 0);
SELECT count(*) FROM (SELECT id FROM person EXCEPT SELECT id FROM copy);
SELECT count(*) FROM (SELECT id FROM copy UNION SELECT id FROM person);
ALTER TABLE copy ADD COLUMN extra DEFAULT 'none';
ALTER TABLE copy RENAME COLUMN extra TO more;
ALTER TABLE copy DROP COLUMN money;
SELECT * FROM copy ORDER BY id DESC LIMIT 3;
CREATE TABLE wr(a TEXT, b INT, c BLOB, PRIMARY KEY(a, b)) WITHOUT ROWID;
INSERT INTO wr SELECT town, age, zeroblob(id % 40) FROM person GROUP BY town, age;
SELECT count(*), sum(length(c)) FROM wr; SELECT a, b, hex(c) FROM wr WHERE b = 3 ORDER BY a LIMIT 5;
DELETE FROM wr WHERE b % 2; SELECT count(*) FROM wr;
REINDEX; VACUUM; PRAGMA integrity_check; PRAGMA foreign_key_check;
SELECT name, sql FROM sqlite_schema ORDER BY 1;
