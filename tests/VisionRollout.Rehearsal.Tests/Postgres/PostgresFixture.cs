using Npgsql;
using VisionRollout.Rehearsal.Postgres;
using VisionRollout.Rehearsal.Scenario;
using VisionRollout.Rehearsal.Tests.Hosting;

namespace VisionRollout.Rehearsal.Tests.Postgres;

/// <summary>One private server for the tests of a class. Without PostgreSQL's programs these tests fail, and say which package to install.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    private readonly string folder = RehearsalProcess.NewFolder();

    internal PrivatePostgres Server { get; private set; } = null!;

    internal PostgresDirectory ServerDirectory { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var programs = PostgresPrograms.Find();
        ServerDirectory = await PostgresDirectory.CreateAsync(folder, SystemUser.ForPostgres(), CancellationToken.None);
        Server = await PrivatePostgres.StartAsync(programs, ServerDirectory, CancellationToken.None);
    }

    /// <summary>Fresh databases for one test: the service "business" and one that has no schema of its own.</summary>
    internal async Task<ServiceDatabases> DatabasesAsync(string mark, CancellationToken token)
    {
        var scenario = ScenarioReader.Read(TestScenario.Whole);
        string[] names = ["business", "billing"];
        var services = names.Select(name => scenario.Services[0] with { Name = name, Database = $"{name}_{mark}" }).ToArray();
        return await ServiceDatabases.CreateAsync(new Marked(Server, "_" + mark), services, token);
    }

    /// <summary>The server, for databases and roles of a name's own.</summary>
    internal IPostgresServer WithSuffix(string suffix) => new Marked(Server, suffix);

    internal static async Task<object?> AskAsync(string connectionString, string sql, CancellationToken token)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(token);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(token);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Directory.Delete(ServerDirectory.Root, recursive: true);
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>The server with a suffix, so that tests do not share roles.</summary>
    private sealed class Marked(IPostgresServer server, string suffix) : IPostgresServer
    {
        public string Host => server.Host;

        public int Port => server.Port;

        public string NameSuffix => suffix;

        public string AdministratorConnection(string database, string applicationName) => server.AdministratorConnection(database, applicationName);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
