-- SQLite compares bytes.
SELECT 1;
