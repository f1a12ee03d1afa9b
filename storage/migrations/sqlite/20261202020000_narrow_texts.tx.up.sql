-- Of PostgreSQL alone: SQLite keeps words apart from rows as it is.
SELECT 1;
