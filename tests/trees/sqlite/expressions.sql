-- Functions, types, dates, text, errors.
.mode quote
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
  SELECT i, i / 7, i % 7, i << 3, i >> 1, i & 12, i | 5, ~i, -i, i * 1.5, i || 'x', i = '7', i IS NOT 9,
    CASE WHEN i % 15 = 0 THEN 'fizzbuzz' WHEN i % 5 = 0 THEN 'buzz' WHEN i % 3 = 0 THEN 'fizz' ELSE i END,
    printf('%5d|%-6s|%x|%08.3f|%e|%c|%,d', i, hex(i), i, i / 3.0, i * 1e10, char(65 + i % 26), i * 12345),
    substr('the quick brown fox', i % 20, i % 7), instr('abcabc', char(97 + i % 5)), upper(hex(zeroblob(2)) || 'q'),
    replace('banana', 'an', i), trim('  x  '), ltrim('xxy', 'x'), round(i / 7.0, i % 4), abs(i - 250),
    coalesce(NULL, i), nullif(i, 4), typeof(i / 2), typeof(i / 2.0), quote(zeroblob(i % 5)), unicode('é'),
    max(i, 3, 'z'), min(i, 3, 2), iif(i > 3, 'big', 'small'), cast('12abc' AS INT), cast(i AS TEXT), i BETWEEN 3 AND 9,
    i LIKE '1%', i GLOB '*5', 'abc' LIKE 'A_C' FROM n;
SELECT date('2024-02-29', '+1 year'), datetime(0, 'unixepoch'), julianday('2000-01-01'), strftime('%Y %j %W %w %s', '2023-11-20 10:11:12');
WITH RECURSIVE d(x, i) AS (SELECT '1999-12-25', 0 UNION ALL SELECT date(x, '+17 days'), i + 1 FROM d WHERE i < 200)
  SELECT x, strftime('%d/%m %w', x), julianday(x), date(x, 'start of month', '+1 month', '-1 day'), date(x, 'weekday 2') FROM d;
SELECT json('{"a":[1,2,{"b":null}]}'), json_extract('{"a":[1,2,{"b":"x"}]}', '$.a[2].b'), json_set('{}', '$.x', json('[1]')),
  json_array_length('[1,2,3]'), json_type('{"a":1.5}', '$.a'), json_valid('{x'), json_patch('{"a":1}', '{"b":2}'), '{"a":5}' ->> 'a';
SELECT key, value, type, fullkey FROM json_tree('{"a":[10,20,{"c":true,"d":[[],{}]}],"e":"\u00e9\n"}');
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
  SELECT json_group_array(i * i), json_group_object('k' || i, i) FROM n;
SELECT sqrt(2), pow(2, 0.5), ln(10), exp(1), sin(1), atan2(1, 2), ceil(1.2), floor(-1.2), mod(7, 3), pi(), trunc(2.7), degrees(1);
SELECT 9223372036854775807 + 1, -9223372036854775808, 1e308 * 10, 0x7fffffffffffffff, 1/0, 5 % 0, 1.0 / 3;
SELECT 'a' < 'B', 'a' < 'B' COLLATE NOCASE, 'a ' = 'a' COLLATE RTRIM, NULL = NULL, NULL IS NULL, NOT NULL, 3 IN (1, 2, NULL);
SELECT group_concat(x, '-'), total(x), count(DISTINCT x), sum(DISTINCT x) FILTER (WHERE x > 1) FROM (VALUES (1), (2), (2), (3)) AS v(x), (SELECT column1 AS x FROM (VALUES (1)));
SELECT group_concat(column1, '-'), total(column1), count(DISTINCT column1), sum(DISTINCT column1) FILTER (WHERE column1 > 1) FROM (VALUES (1), (2), (2), (3));
SELECT no_such_function(1);
SELECT * FROM no_such_table;
SELECT 1 +;
SELECT 'unfinished;
';
SELECT (1, 2) < (1, 3), (SELECT 1, 2) = (1, 2), (1, 2) = 3;
SELECT raise(ABORT, 'x');
EXPLAIN SELECT 1 + 2, upper('x');
.mode table
SELECT 1 AS one, 'two' AS two, NULL AS nothing;
.mode box
SELECT 1 AS one, 'two' AS two, x'00ff' AS blob;
.mode csv
SELECT 'a,b', 'c"d', 3.5;
.mode json
SELECT 'a"b' AS k, 1.5 AS v, NULL AS n;
.mode insert t
SELECT 1, 'it''s', NULL, x'01';
.mode html
SELECT '<b>', '&';
.mode markdown
SELECT 1 AS a, 2 AS b;
.mode line
SELECT 1 AS a, 2 AS b;
.mode column
SELECT 'long text in a column' AS a, 2 AS b;
.nosuchcommand
.show
