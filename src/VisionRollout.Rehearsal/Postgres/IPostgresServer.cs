namespace VisionRollout.Rehearsal.Postgres;

/// <summary>The PostgreSQL server behind the rehearsal. Disposing it ends what the rehearsal has put there.</summary>
internal interface IPostgresServer : IAsyncDisposable
{
    /// <summary>The server's address.</summary>
    string Host { get; }

    /// <summary>The server's port.</summary>
    int Port { get; }

    /// <summary>Added to names of databases and roles, so that a shared server keeps runs apart; empty on a private server.</summary>
    string NameSuffix { get; }

    /// <summary>How an administrator connects to one of the server's databases.</summary>
    string AdministratorConnection(string database, string applicationName);
}
