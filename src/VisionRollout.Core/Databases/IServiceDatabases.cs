using System.Net;
using VisionRollout.Core.Plan;

namespace VisionRollout.Core.Databases;

/// <summary>Reads the databases of the plan's services. A credential replaces what the Secret or libpq's own places hold.</summary>
public interface IServiceDatabases
{
    /// <summary>Counts and digests every table on one snapshot. Reads the whole database.</summary>
    Task<DatabaseLedger> ReadLedgerAsync(PlanService service, NetworkCredential? credential, CancellationToken token);

    /// <summary>Counts and digests every table so that it can be compared with an earlier ledger: over the columns that stood there, and the rows
    /// that nobody has written since apart.</summary>
    Task<DatabaseLedger> ReadLedgerSinceAsync(PlanService service, DatabaseLedger earlier, NetworkCredential? credential, CancellationToken token);

    /// <summary>Rows of <c>schema_migrations</c>, newest version first; empty when there is no such table.</summary>
    Task<IReadOnlyList<AppliedMigration>> ReadMigrationsAsync(PlanService service, NetworkCredential? credential, CancellationToken token);
}
