using Npgsql;

namespace VisionRollout.Rehearsal.Pods;

/// <summary>The PostgreSQL databases that stand behind the services.</summary>
internal interface IServiceDatabases
{
    /// <summary>The pool of connections to a service's database; null when the service has none.</summary>
    NpgsqlDataSource? Find(string service);
}
