-- Windows, recursion, triggers, views, foreign keys, virtual tables.
WITH RECURSIVE
  xaxis(x) AS (VALUES(-2.0) UNION ALL SELECT x + 0.05 FROM xaxis WHERE x < 1.2),
  yaxis(y) AS (VALUES(-1.0) UNION ALL SELECT y + 0.1 FROM yaxis WHERE y < 1.0),
  m(iter, cx, cy, x, y) AS (
    SELECT 0, x, y, 0.0, 0.0 FROM xaxis, yaxis
    UNION ALL SELECT iter + 1, cx, cy, x*x - y*y + cx, 2.0*x*y + cy FROM m WHERE (x*x + y*y) < 4.0 AND iter < 28),
  m2(iter, cx, cy) AS (SELECT max(iter), cx, cy FROM m GROUP BY cx, cy),
  a(t) AS (SELECT group_concat(substr(' .+*#', 1 + min(iter / 7, 4), 1), '') FROM m2 GROUP BY cy)
SELECT group_concat(rtrim(t), x'0a') FROM a;
WITH RECURSIVE
  input(sud) AS (VALUES('53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79')),
  digits(z, lp) AS (VALUES('1', 1) UNION ALL SELECT CAST(lp + 1 AS TEXT), lp + 1 FROM digits WHERE lp < 9),
  x(s, ind) AS (SELECT sud, instr(sud, '.') FROM input
    UNION ALL SELECT substr(s, 1, ind - 1) || z || substr(s, ind + 1), instr(substr(s, 1, ind - 1) || z || substr(s, ind + 1), '.')
      FROM x, digits AS z WHERE ind > 0 AND NOT EXISTS (SELECT 1 FROM digits AS lp
        WHERE z.z = substr(s, ((ind - 1) / 9) * 9 + lp, 1) OR z.z = substr(s, ((ind - 1) % 9) + (lp - 1) * 9 + 1, 1)
          OR z.z = substr(s, (((ind - 1) / 3) % 3) * 3 + ((ind - 1) / 27) * 27 + lp + ((lp - 1) / 3) * 6, 1)))
SELECT s FROM x WHERE ind = 0;
CREATE TABLE t(a INT, b TEXT, c REAL);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
  INSERT INTO t SELECT i % 50, 'b' || (i * 17 % 101), i / 3.0 FROM n;
SELECT a, b, row_number() OVER w, rank() OVER w, dense_rank() OVER w, ntile(4) OVER w, lag(b, 2, '-') OVER w,
  lead(c) OVER w, first_value(b) OVER w, nth_value(b, 3) OVER w, round(percent_rank() OVER w, 3), cume_dist() OVER w
  FROM t WHERE a < 6 WINDOW w AS (PARTITION BY a ORDER BY b, c) ORDER BY a, b, c LIMIT 200;
SELECT a, sum(c) OVER (ORDER BY rowid ROWS BETWEEN 3 PRECEDING AND 1 FOLLOWING), group_concat(b) OVER (ORDER BY a GROUPS 1 PRECEDING EXCLUDE TIES)
  FROM t WHERE rowid < 60;
SELECT a, avg(c) FILTER (WHERE b > 'b5') OVER (PARTITION BY a % 3 ORDER BY c RANGE BETWEEN 10 PRECEDING AND CURRENT ROW) FROM t ORDER BY rowid LIMIT 100;
CREATE TABLE log(what, a, b);
CREATE TRIGGER ai AFTER INSERT ON t WHEN new.a > 40 BEGIN INSERT INTO log VALUES('insert', new.a, new.b); END;
CREATE TRIGGER bu BEFORE UPDATE OF c ON t BEGIN INSERT INTO log VALUES('update', old.c, new.c); SELECT raise(IGNORE) WHERE new.c < 0; END;
CREATE TRIGGER ad AFTER DELETE ON t BEGIN UPDATE log SET b = 'gone' WHERE a = old.a; DELETE FROM log WHERE a > 48; END;
INSERT INTO t SELECT a + 30, b, c FROM t WHERE rowid % 7 = 0;
UPDATE t SET c = c - 20 WHERE a = 3; DELETE FROM t WHERE a = 45;
SELECT what, count(*), min(a), max(b) FROM log GROUP BY what;
CREATE VIEW v AS SELECT a, count(*) AS n, sum(c) AS s FROM t GROUP BY a HAVING n > 10;
CREATE TRIGGER vi INSTEAD OF INSERT ON v BEGIN INSERT INTO t VALUES(new.a, 'from v', new.s); END;
INSERT INTO v VALUES(7, 0, 12.5); SELECT * FROM v WHERE a BETWEEN 5 AND 9;
PRAGMA foreign_keys = ON; PRAGMA recursive_triggers = ON;
CREATE TABLE parent(id INTEGER PRIMARY KEY, x UNIQUE);
CREATE TABLE child(p REFERENCES parent ON DELETE CASCADE ON UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED, y);
INSERT INTO parent SELECT DISTINCT a, a * 2 FROM t; INSERT INTO child SELECT a, b FROM t WHERE a < 20;
DELETE FROM parent WHERE id < 5; UPDATE parent SET id = id + 1000 WHERE id = 6;
SELECT count(*), count(p) FROM child; INSERT INTO child VALUES(4444, 'x'); INSERT INTO parent VALUES(7, 7);
CREATE VIRTUAL TABLE docs USING fts4(title, body);
INSERT INTO docs SELECT 'title ' || b, 'some words about ' || b || ' and number ' || a || ' ' || hex(c) FROM t WHERE rowid % 5 = 0;
SELECT count(*) FROM docs WHERE docs MATCH 'words NEAR/3 b5*'; SELECT snippet(docs) FROM docs WHERE docs MATCH 'title:b17 OR number 33' LIMIT 5;
SELECT count(*), sum(length(matchinfo(docs))) FROM docs WHERE docs MATCH 'number -b1*'; INSERT INTO docs(docs) VALUES('optimize');
DELETE FROM docs WHERE rowid % 2; SELECT count(*) FROM docs WHERE docs MATCH 'words'; INSERT INTO docs(docs) VALUES('integrity-check');
CREATE VIRTUAL TABLE box USING rtree(id, x0, x1, y0, y1);
INSERT INTO box SELECT rowid, a, a + 2, c % 100, c % 100 + 3 FROM t WHERE rowid % 3 = 0;
SELECT count(*) FROM box WHERE x0 > 10 AND x1 < 20 AND y0 > 5 AND y1 < 50; DELETE FROM box WHERE id % 4 = 0; SELECT rtreecheck('box');
SELECT value FROM generate_series(1, 20, 3); SELECT * FROM pragma_table_info('t');
CREATE INDEX tp ON t(lower(b)) WHERE a > 10; SELECT count(*) FROM t WHERE lower(b) = 'b5' AND a > 10; EXPLAIN QUERY PLAN SELECT count(*) FROM t WHERE lower(b) = 'b5' AND a > 10;
CREATE TABLE g(x INT, y AS (x * 2) STORED, z AS (y || '!')); INSERT INTO g(x) VALUES(1), (2), (3); SELECT * FROM g;
WITH a AS MATERIALIZED (SELECT a FROM t), b AS (SELECT a + 1 AS n FROM a) SELECT count(*), (SELECT max(n) FROM b) FROM a JOIN b ON a.a = b.n;
SELECT (SELECT group_concat(b) FROM (SELECT b FROM t u WHERE u.a = t.a ORDER BY c LIMIT 3)) FROM t WHERE rowid < 20;
SELECT a FROM t UNION ALL SELECT a FROM t WHERE a = 1 ORDER BY 1 LIMIT 5 OFFSET 30;
SELECT DISTINCT a % 5, b > 'b5' FROM t ORDER BY 1, 2; ATTACH ':memory:' AS two; CREATE TABLE two.z AS SELECT * FROM main.t; SELECT count(*) FROM two.z; DETACH two;
.dump log
.schema
