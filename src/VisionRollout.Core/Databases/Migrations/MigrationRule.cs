namespace VisionRollout.Core.Databases.Migrations;

/// <summary>The rules. Lock modes: PostgreSQL manual, chapter 13.3, and the pages of the commands.</summary>
public enum MigrationRule
{
    /// <summary>No rule.</summary>
    None,

    /// <summary>An index is built without CONCURRENTLY.</summary>
    IndexNotConcurrent,

    /// <summary>CONCURRENTLY within a transaction.</summary>
    ConcurrentlyInTransaction,

    /// <summary>A foreign key or check is added without NOT VALID, or with a column.</summary>
    ConstraintNotValid,

    /// <summary>SET NOT NULL without a validated check that proves it.</summary>
    SetNotNullScans,

    /// <summary>A unique or primary key is added without USING INDEX.</summary>
    UniqueNotUsingIndex,

    /// <summary>A column with a volatile default, a stored expression or a sequence is added.</summary>
    ColumnRewritesTable,

    /// <summary>A column gets another type, and the table or an index is written anew.</summary>
    TypeChangeRewrites,

    /// <summary>VACUUM FULL, CLUSTER, SET LOGGED, SET TABLESPACE and the like.</summary>
    TableRewrite,

    /// <summary>A partition is detached without CONCURRENTLY.</summary>
    DetachNotConcurrent,

    /// <summary>A table with rows is attached as a partition without a check that says the same.</summary>
    AttachWithoutCheck,

    /// <summary>A lock that holds up writers is waited for without lock_timeout.</summary>
    NoLockTimeout,

    /// <summary>A constraint is added and validated in one transaction.</summary>
    ValidateInSameTransaction,

    /// <summary>A schema change and a backfill in one transaction.</summary>
    BackfillWithSchemaChange,

    /// <summary>Many rows are changed at once.</summary>
    UnbatchedWrite,

    /// <summary>Several large tables are locked in one transaction.</summary>
    SeveralTablesLocked,

    /// <summary>A domain gets a constraint that every table with it is read for.</summary>
    DomainConstraintScans,

    /// <summary>A column, table, view or type that the serving version may use is dropped.</summary>
    ObjectDropped,

    /// <summary>A column, table, view, type or enum value that the serving version may use gets another name.</summary>
    ObjectRenamed,

    /// <summary>A new column takes no NULL and has no default.</summary>
    NotNullWithoutDefault,

    /// <summary>A column becomes narrower or of another kind.</summary>
    ColumnTypeChanged,

    /// <summary>A new constraint on columns that the serving version writes.</summary>
    NewConstraint,

    /// <summary>A function or trigger is dropped or gets another signature.</summary>
    FunctionChanged,

    /// <summary>A privilege is revoked.</summary>
    PrivilegeRevoked,

    /// <summary>A default, identity or sequence is dropped.</summary>
    DefaultDropped,

    /// <summary>TRUNCATE … CASCADE.</summary>
    TruncateCascade,

    /// <summary>json where jsonb was meant: it has no equality.</summary>
    JsonNotJsonb,

    /// <summary>The serving version's checks fail on the migrated database.</summary>
    OldVersionFails,

    /// <summary>An integer or smallint as primary key.</summary>
    IntegerPrimaryKey,

    /// <summary>The migration cannot be taken back.</summary>
    IrreversibleMigration,

    /// <summary>A pending version is older than the newest applied one.</summary>
    VersionOutOfOrder,

    /// <summary>An extension that only a superuser may create.</summary>
    ExtensionNeedsSuperuser,

    /// <summary>An invalid index or a NOT VALID constraint is left.</summary>
    LeftNotValid,

    /// <summary>A name of more than 63 bytes: it is cut.</summary>
    LongIdentifier,

    /// <summary>A transaction in the service's database is open for more than 60 s.</summary>
    LongTransaction,

    /// <summary>A vacuum against wraparound runs in the service's database: it does not give way.</summary>
    WraparoundVacuum,

    /// <summary>A prepared transaction in the service's database holds its locks until somebody ends it.</summary>
    PreparedTransaction,

    /// <summary>The migration fails on the restored data.</summary>
    MigrationFails,

    /// <summary>A migration changed the schema, and its SQL was not seen.</summary>
    SqlNotCaptured,
}
