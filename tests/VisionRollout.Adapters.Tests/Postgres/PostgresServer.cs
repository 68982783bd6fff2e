using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Npgsql;
using VisionRollout.Core.Plan;

namespace VisionRollout.Tests.Postgres;

/// <summary>A real PostgreSQL for the tests of an assembly: the one that VISIONROLLOUT_TEST_POSTGRES names (superuser),
/// or a private one, started from the installed programs when a test first asks for it.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>Password of the superuser; no output may ever hold it.</summary>
    public const string Sentinel = "s3ntinel-Passw0rd";

    private readonly Lazy<Task<NpgsqlConnectionStringBuilder>> started;
    private readonly List<string> databases = [];
    private string? directory;
    private int port;

    public PostgresServer()
        : this(Environment.GetEnvironmentVariable("VISIONROLLOUT_TEST_POSTGRES"))
    {
    }

    private PostgresServer(string? given) => started = new(() => string.IsNullOrEmpty(given) ? StartAsync() : Task.FromResult(new NpgsqlConnectionStringBuilder(given)));

    /// <summary>One that nobody else uses: it can be killed.</summary>
    public static PostgresServer Private() => new(given: null);

    /// <summary>Makes an empty database with a random name.</summary>
    public async Task<TestDatabase> CreateAsync(string service = "business", params string[] scripts)
    {
        var server = await started.Value;
        var name = $"test_{RandomNumberGenerator.GetHexString(10, lowercase: true)}";
        await ExecuteAsync(server.ConnectionString, $"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'");
        lock (databases) databases.Add(name);
        var database = new TestDatabase(service, new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = name, Pooling = false });
        foreach (var script in scripts) await database.ExecuteAsync(script);
        return database;
    }

    /// <summary>Names of the databases on the server that match a pattern.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(string pattern)
    {
        await using var connection = new NpgsqlConnection((await started.Value).ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT datname FROM pg_database WHERE datname LIKE $1", connection);
        command.Parameters.AddWithValue(pattern);
        await using var reader = await command.ExecuteReaderAsync();
        var names = new List<string>();
        while (await reader.ReadAsync()) names.Add(reader.GetString(0));
        return names;
    }

    /// <summary>Process number of the postmaster. Only for a private one.</summary>
    public async Task<int> FindPostmasterAsync() =>
        int.Parse((await File.ReadAllLinesAsync(Path.Combine(directory!, "data", "postmaster.pid")))[0], NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>SIGKILL to the postmaster.</summary>
    public async Task KillAsync()
    {
        using var postmaster = Process.GetProcessById(await FindPostmasterAsync());
        postmaster.Kill();
        await postmaster.WaitForExitAsync();
    }

    /// <summary>Starts it again where it was; its old processes may take a moment to see that they are alone.</summary>
    public async Task RestartAsync()
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await ServeAsync();
                return;
            }
            catch (InvalidOperationException) when (attempt < 50)
            {
                await Task.Delay(200);
            }
        }
    }

    /// <summary>Starts it again with a certificate; from then on it takes no connection without TLS. Only for a private one.</summary>
    public async Task RequireTlsAsync(string certificate, string key)
    {
        await ExecuteAsync((await started.Value).ConnectionString, "ALTER SYSTEM SET ssl = on");
        var data = Path.Combine(directory!, "data");
        await WriteAsync(Path.Combine(data, "server.crt"), certificate);
        await WriteAsync(Path.Combine(data, "server.key"), key);
        await WriteAsync(Path.Combine(data, "pg_hba.conf"), "hostssl all all 127.0.0.1/32 scram-sha-256\nhostssl all all ::1/128 scram-sha-256\n");
        await RunAsync("pg_ctl", ["-D", data, "-w", "-s", "-m", "fast", "-l", Path.Combine(directory!, "log"), "restart"]);
    }

    public async ValueTask DisposeAsync()
    {
        if (!started.IsValueCreated) return;
        var server = await started.Value;
        if (directory is null)
        {
            foreach (var name in databases) await ExecuteAsync(server.ConnectionString, $"DROP DATABASE IF EXISTS {name} WITH (FORCE)");
            return;
        }

        await RunAsync("pg_ctl", ["-D", Path.Combine(directory, "data"), "-m", "immediate", "stop"]);
        Directory.Delete(directory, recursive: true);
    }

    internal static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 120 };
        await command.ExecuteNonQueryAsync();
    }

    private static string Program(string name) => Directory.EnumerateDirectories("/usr/lib/postgresql")
        .OrderByDescending(folder => int.Parse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture))
        .Select(folder => Path.Combine(folder, "bin", name)).First(File.Exists);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    // Owned by who runs the server, and by nobody else to read.
    private static async Task WriteAsync(string path, string text)
    {
        File.Delete(path);
        await File.WriteAllTextAsync(path, text);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        if (Environment.UserName != "root") return;
        using var chown = Process.Start("chown", ["postgres", path]);
        await chown.WaitForExitAsync();
    }

    // PostgreSQL refuses to run as root: then the user of its package runs it.
    private static async Task RunAsync(string program, IReadOnlyList<string> arguments)
    {
        var command = (List<string>)[Program(program), .. arguments];
        if (Environment.UserName == "root") command.InsertRange(0, ["runuser", "-u", "postgres", "--"]);
        using var process = Process.Start(new ProcessStartInfo(command[0], command.Skip(1)) { WorkingDirectory = "/", RedirectStandardError = false })!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} ended with exit code {process.ExitCode}.");
    }

    private Task ServeAsync() => RunAsync("pg_ctl", ["-D", Path.Combine(directory!, "data"), "-w", "-s", "-l", Path.Combine(directory!, "log"), "-o",
        $"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={directory} -c fsync=off -c max_connections=60 -c shared_buffers=64MB -c max_prepared_transactions=5", "start"]);

    private async Task<NpgsqlConnectionStringBuilder> StartAsync()
    {
        directory = Directory.CreateTempSubdirectory("visionrollout-postgres-").FullName;
        var passwordFile = Path.Combine(directory, "password");
        await File.WriteAllTextAsync(passwordFile, Sentinel);
        if (Environment.UserName == "root")
        {
            using var chown = Process.Start("chown", ["-R", "postgres", directory]);
            await chown.WaitForExitAsync();
        }

        var data = Path.Combine(directory, "data");
        port = FreePort();
        await RunAsync("initdb", ["-D", data, "-U", "postgres", "--auth=scram-sha-256", $"--pwfile={passwordFile}", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"]);
        await ServeAsync();
        return new() { Host = "127.0.0.1", Port = port, Username = "postgres", Password = Sentinel, Database = "postgres", Pooling = false };
    }
}
