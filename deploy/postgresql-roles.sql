-- Create the roles of the newsroom and its database, or bring existing ones up to date:
--
--     sudo -u postgres psql -f deploy/postgresql-roles.sql
--
-- With -v, each name can be another one: -v database=news -v owner=news_owner -v web=news -v backup=news_backup.
-- It may run again at any time, and changes no rows. docs/how-to/postgresql.md explains the roles.

\set ON_ERROR_STOP on
\set QUIET on
\if :{?database}
\else
  \set database newsroom
\endif
\if :{?owner}
\else
  \set owner newsroom_owner
\endif
\if :{?web}
\else
  \set web newsroom
\endif
\if :{?backup}
\else
  \set backup newsroom_backup
\endif

-- The roles have no password yet: set them with \password, which leaves none in a file or a log.
SELECT format('CREATE ROLE %I LOGIN', name)
FROM unnest(ARRAY[:'owner', :'web', :'backup']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec
ALTER ROLE :"web" NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
ALTER ROLE :"backup" NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
ALTER ROLE :"backup" SET default_transaction_read_only = on;
SELECT format('CREATE DATABASE %I OWNER %I', :'database', :'owner')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec

\connect :"database"
BEGIN;
-- Until now, the server's role or a superuser may have owned the tables.
REASSIGN OWNED BY :"web" TO :"owner";
SELECT format('ALTER TABLE public.%I OWNER TO %I', tablename, :'owner')
FROM pg_tables WHERE schemaname = 'public' AND tableowner <> :'owner' \gexec
ALTER DATABASE :"database" OWNER TO :"owner";
ALTER SCHEMA public OWNER TO :"owner";
REVOKE ALL ON DATABASE :"database" FROM PUBLIC, :"web", :"backup";
REVOKE ALL ON SCHEMA public FROM PUBLIC, :"web", :"backup";
GRANT CONNECT ON DATABASE :"database" TO :"web", :"backup";
GRANT USAGE ON SCHEMA public TO :"web", :"backup";

-- The tables that exist, and those of later versions.
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, :"web", :"backup";
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO :"web";
GRANT SELECT, USAGE ON ALL SEQUENCES IN SCHEMA public TO :"web";
GRANT SELECT ON ALL TABLES IN SCHEMA public TO :"backup";
GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO :"backup";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO :"web";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA public GRANT SELECT, USAGE ON SEQUENCES TO :"web";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA public GRANT SELECT ON TABLES TO :"backup";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA public GRANT SELECT ON SEQUENCES TO :"backup";

-- From PostgreSQL 17 on, the server can rewrite tables at once when a name is removed. It can't change them.
SELECT current_setting('server_version_num')::int >= 170000 AS has_maintain \gset
\if :has_maintain
  GRANT MAINTAIN ON ALL TABLES IN SCHEMA public TO :"web";
  ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA public GRANT MAINTAIN ON TABLES TO :"web";
\endif
COMMIT;
