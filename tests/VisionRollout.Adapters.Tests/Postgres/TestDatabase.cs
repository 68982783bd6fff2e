using System.Net;
using Npgsql;
using VisionRollout.Core.Plan;

namespace VisionRollout.Tests.Postgres;

/// <summary>One database of the test server, as a service of the plan would have it.</summary>
public sealed class TestDatabase(string service, NpgsqlConnectionStringBuilder connection)
{
    public string Name => connection.Database!;

    public string ConnectionString => connection.ConnectionString;

    public NetworkCredential Credential => new(connection.Username, connection.Password);

    /// <summary>A service with a Secret named after it.</summary>
    public PlanService Service { get; init; } = new()
    {
        Name = service,
        Deployments = new Dictionary<string, string> { ["green"] = $"{service}-service", ["blue"] = $"{service}-service-blue" },
        Container = service,
        Image = $"registry.example/{service}",
        Database = new PlanDatabase
        {
            Name = connection.Database!,
            Secret = $"{service}-database",
            Migrate = ["migrate"],
            Undo = ["rollback", "{Steps}", "{Version}"],
            Timeout = TimeSpan.FromSeconds(30),
        },
    };

    /// <summary>The same service without a Secret: host and port stand in the plan.</summary>
    public PlanService PlainService => Service with { Database = Service.Database with { Secret = null, Host = connection.Host, Port = connection.Port } };

    /// <summary>What its Secret holds.</summary>
    public Dictionary<string, string> Secret => new()
    {
        ["host"] = connection.Host!,
        ["port"] = connection.Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ["database"] = connection.Database!,
        ["username"] = connection.Username!,
        ["password"] = connection.Password!,
        ["sslmode"] = "prefer",
    };

    /// <summary>The same server and login, another service.</summary>
    public TestDatabase Of(PlanService other) => new(other.Name, connection) { Service = other };

    public async Task ExecuteAsync(string sql) => await PostgresServer.ExecuteAsync(ConnectionString, sql);

    public async Task<T> ReadAsync<T>(string sql)
    {
        await using var open = await OpenAsync("test");
        await using var command = new NpgsqlCommand(sql, open);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async Task<NpgsqlConnection> OpenAsync(string applicationName)
    {
        var open = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(ConnectionString) { ApplicationName = applicationName }.ConnectionString);
        await open.OpenAsync();
        return open;
    }
}
