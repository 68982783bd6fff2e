namespace VisionRollout.Adapters.Postgres;

/// <summary>What is added to a scratch database so that it tells what a migration did. No superuser is needed for any of it.</summary>
internal static class PreflightSql
{
    /// <summary>Schema that holds it all.</summary>
    public const string Schema = "visionrollout_preflight";

    /// <summary>Makes the schema, the function that describes a schema, and the table of commits.</summary>
    public const string Install = $$"""
        CREATE SCHEMA {{Schema}};
        CREATE FUNCTION {{Schema}}.catalogue() RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $catalogue$
        WITH spaces AS (SELECT oid, nspname FROM pg_namespace WHERE nspname <> 'information_schema' AND nspname !~ '^pg_' AND nspname <> '{{Schema}}'),
             extended AS (SELECT classid, objid FROM pg_depend WHERE deptype = 'e')
        SELECT jsonb_build_object(
          'tables', (SELECT coalesce(jsonb_agg(jsonb_build_object(
              'oid', c.oid::bigint, 'schema', n.nspname, 'name', c.relname, 'kind', c.relkind, 'file', coalesce(pg_relation_filenode(c.oid)::bigint, 0),
              'bytes', CASE c.relkind WHEN 'v' THEN 0 WHEN 'p' THEN (SELECT coalesce(sum(pg_table_size(t.relid)), 0)::bigint FROM pg_partition_tree(c.oid) t WHERE t.isleaf) ELSE pg_table_size(c.oid) END,
              'parent', (SELECT pn.nspname || '.' || p.relname FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent JOIN pg_namespace pn ON pn.oid = p.relnamespace WHERE i.inhrelid = c.oid AND c.relispartition LIMIT 1),
              'columns', (SELECT coalesce(jsonb_agg(jsonb_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'notNull', a.attnotnull,
                    'default', pg_get_expr(d.adbin, d.adrelid), 'identity', a.attidentity <> '', 'generated', a.attgenerated <> '') ORDER BY a.attnum), '[]')
                  FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
              'constraints', (SELECT coalesce(jsonb_agg(jsonb_build_object('name', k.conname, 'definition', pg_get_constraintdef(k.oid), 'validated', k.convalidated) ORDER BY k.conname), '[]')
                  FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype IN ('c', 'f', 'p', 'u', 'x')),
              'indexes', (SELECT coalesce(jsonb_agg(jsonb_build_object('name', ic.relname, 'definition', pg_get_indexdef(ic.oid), 'valid', i.indisvalid, 'file', coalesce(pg_relation_filenode(ic.oid)::bigint, 0)) ORDER BY ic.relname), '[]')
                  FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid WHERE i.indrelid = c.oid)) ORDER BY n.nspname, c.relname), '[]')
            FROM pg_class c JOIN spaces n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p', 'v', 'm') AND c.relpersistence <> 't' AND ('pg_class'::regclass, c.oid) NOT IN (SELECT classid, objid FROM extended)),
          'types', (SELECT coalesce(jsonb_agg(jsonb_build_object('schema', n.nspname, 'name', t.typname, 'kind', t.typtype, 'labels', CASE t.typtype
                WHEN 'e' THEN (SELECT coalesce(jsonb_agg(e.enumlabel ORDER BY e.enumsortorder), '[]') FROM pg_enum e WHERE e.enumtypid = t.oid)
                ELSE (SELECT coalesce(jsonb_agg(pg_get_constraintdef(k.oid) ORDER BY k.conname), '[]') FROM pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'c') END) ORDER BY n.nspname, t.typname), '[]')
            FROM pg_type t JOIN spaces n ON n.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid
            WHERE (t.typtype IN ('e', 'd', 'r') OR (t.typtype = 'c' AND c.relkind = 'c')) AND ('pg_type'::regclass, t.oid) NOT IN (SELECT classid, objid FROM extended)),
          'functions', (SELECT coalesce(jsonb_agg(format('%s.%s(%s) RETURNS %s', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid), pg_get_function_result(p.oid)) ORDER BY n.nspname, p.proname, p.oid), '[]')
            FROM pg_proc p JOIN spaces n ON n.oid = p.pronamespace WHERE ('pg_proc'::regclass, p.oid) NOT IN (SELECT classid, objid FROM extended)),
          'triggers', (SELECT coalesce(jsonb_agg(format('%s ON %s.%s', g.tgname, n.nspname, c.relname) ORDER BY n.nspname, c.relname, g.tgname), '[]')
            FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid JOIN spaces n ON n.oid = c.relnamespace WHERE NOT g.tgisinternal AND g.tgname <> '{{Schema}}'),
          'sequences', (SELECT coalesce(jsonb_agg(n.nspname || '.' || c.relname ORDER BY n.nspname, c.relname), '[]') FROM pg_class c JOIN spaces n ON n.oid = c.relnamespace
            WHERE c.relkind = 'S' AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i', 'e'))),
          'extensions', (SELECT coalesce(jsonb_agg(extname ORDER BY extname), '[]') FROM pg_extension),
          'definitions', (SELECT coalesce(jsonb_agg(line ORDER BY line), '[]') FROM (
              SELECT format('view %s.%s %s', n.nspname, c.relname, md5(pg_get_viewdef(c.oid))) AS line FROM pg_class c JOIN spaces n ON n.oid = c.relnamespace WHERE c.relkind IN ('v', 'm')
              UNION ALL
              SELECT format('function %s.%s(%s) %s', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid), md5(p.prosrc)) FROM pg_proc p JOIN spaces n ON n.oid = p.pronamespace) AS lines))
        $catalogue$;
        CREATE TABLE {{Schema}}.commits (sequence bigint GENERATED ALWAYS AS IDENTITY, version text, undone boolean, seconds float8, lock_timeout float8, locks jsonb, written jsonb, schema jsonb);
        CREATE FUNCTION {{Schema}}.note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $note$
        BEGIN
          INSERT INTO {{Schema}}.commits (version, undone, seconds, lock_timeout, locks, written, schema) SELECT
            CASE TG_OP WHEN 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END ->> TG_ARGV[0], TG_OP = 'DELETE', extract(epoch FROM clock_timestamp() - transaction_timestamp()),
            (SELECT s.setting::float8 FROM pg_settings s WHERE s.name = 'lock_timeout'),
            (SELECT coalesce(jsonb_agg(DISTINCT jsonb_build_object('oid', l.relation::bigint, 'mode', l.mode)), '[]') FROM pg_locks l
             WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND l.granted AND l.relation >= 16384),
            (SELECT coalesce(jsonb_agg(jsonb_build_object('oid', w.relid::bigint, 'updated', w.n_tup_upd, 'deleted', w.n_tup_del)), '[]') FROM pg_stat_xact_user_tables w
             WHERE w.n_tup_upd + w.n_tup_del > 0 AND w.relid <> TG_RELID AND w.schemaname <> '{{Schema}}'),
            {{Schema}}.catalogue();
          RETURN NULL;
        END
        $note$;
        """;

    /// <summary>Reads what was noted after a row.</summary>
    public const string Commits = $"SELECT sequence, version, undone, seconds, lock_timeout, locks::text, written::text, schema::text FROM {Schema}.commits WHERE sequence > $1 ORDER BY sequence";

    /// <summary>Reads the schema now.</summary>
    public const string Catalogue = $"SELECT {Schema}.catalogue()::text";

    /// <summary>What the scratch database lacks of the service's own: its settings, and the owner's rights.</summary>
    public const string Settings = """
        SELECT (SELECT coalesce(array_agg(c), '{}') FROM pg_db_role_setting s CROSS JOIN unnest(s.setconfig) AS c WHERE s.setdatabase = d.oid AND s.setrole = 0), pg_get_userbyid(d.datdba)
        FROM pg_database d WHERE d.datname = current_database()
        """;

    /// <summary>What stands in a migration's way.</summary>
    public const string Facts = """
        SELECT (SELECT coalesce(array_agg(format('''%s'' (pid %s, user %s) has a transaction open for %s s', a.application_name, a.pid, a.usename, extract(epoch FROM clock_timestamp() - a.xact_start)::int)), '{}')
                FROM pg_stat_activity a WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() AND a.backend_type = 'client backend' AND a.xact_start < clock_timestamp() - $1),
               (SELECT coalesce(array_agg(coalesce(substring(a.query FROM 'VACUUM (?:ANALYZE )?(\S+)'), 'a table')), '{}')
                FROM pg_stat_activity a WHERE a.datname = current_database() AND a.backend_type = 'autovacuum worker' AND a.query LIKE '%(to prevent wraparound)%'),
               (SELECT coalesce(array_agg(p.gid), '{}') FROM pg_prepared_xacts p WHERE p.database = current_database()),
               (SELECT coalesce(array_agg(DISTINCT v.name::text), '{}') FROM pg_available_extension_versions v WHERE v.superuser AND coalesce(to_jsonb(v) ->> 'trusted', 'false') = 'false')
        """;
}
