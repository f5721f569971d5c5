-- Roles and the rights of one database. Run it connected to that database, as a superuser or as a
-- role that may create roles and owns the database. Running it again changes nothing.
-- Passwords are set separately: \password gongzhi_owner and so on.

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['gongzhi_owner', 'gongzhi_app', 'gongzhi_sweep'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I LOGIN', name);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL;  -- somebody else was faster
            END;
        END IF;
    END LOOP;
END
$$;

-- gongzhi_owner owns the tables and runs the migrations; row-level security binds it as well.
-- gongzhi_app serves requests and jobs and owns nothing; gongzhi_sweep only finds work that is due.
DO $$
DECLARE
    unsafe text;
BEGIN
    SELECT string_agg(rolname, ', ') INTO unsafe
    FROM pg_roles
    WHERE rolname IN ('gongzhi_owner', 'gongzhi_app', 'gongzhi_sweep')
        AND (rolsuper OR rolbypassrls);
    IF unsafe IS NOT NULL THEN
        RAISE EXCEPTION 'roles % must have neither SUPERUSER nor BYPASSRLS', unsafe;
    END IF;
    IF (SELECT rolsuper OR rolcreatedb FROM pg_roles WHERE rolname = current_user)
        AND NOT (SELECT rolcreatedb FROM pg_roles WHERE rolname = 'gongzhi_owner')
    THEN
        ALTER ROLE gongzhi_owner CREATEDB;
    END IF;
    -- Handing over ownership needs membership; a superuser has it anyway.
    IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
        AND current_user <> 'gongzhi_owner'
        AND NOT pg_has_role(current_user, 'gongzhi_owner', 'USAGE')
    THEN
        EXECUTE format('GRANT gongzhi_owner TO %I', current_user);
    END IF;
END
$$;

CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gist;

DO $$
BEGIN
    -- Who owns the database must not matter: handing it over would also need CREATEDB, which a
    -- rented database rarely gives. Owning the schema is what migrations need.
    IF (SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database())
            <> 'gongzhi_owner'
        AND (SELECT rolsuper OR rolcreatedb FROM pg_roles WHERE rolname = current_user)
    THEN
        EXECUTE format('ALTER DATABASE %I OWNER TO gongzhi_owner', current_database());
    END IF;
    EXECUTE format('GRANT CONNECT, CREATE, TEMPORARY ON DATABASE %I TO gongzhi_owner',
        current_database());
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    -- Temporary tables take in the lines of an import.
    EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO gongzhi_app', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO gongzhi_sweep', current_database());
    IF (SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = 'public')
        <> 'gongzhi_owner'
    THEN
        REVOKE ALL ON SCHEMA public FROM PUBLIC;
        GRANT USAGE ON SCHEMA public TO gongzhi_app, gongzhi_sweep;
        ALTER SCHEMA public OWNER TO gongzhi_owner;
    END IF;
END
$$;
