using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace VisionRollout.Tests.Postgres;

/// <summary>A real PgBouncer in transaction mode before a server: each transaction of a client may run on another server session.</summary>
internal sealed class PgBouncer : IAsyncDisposable
{
    private const string Program = "/usr/sbin/pgbouncer";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly string folder = Directory.CreateTempSubdirectory("visionrollout-pgbouncer-").FullName;
    private Process? process;

    private PgBouncer(int port) => Port = port;

    public int Port { get; }

    /// <summary>Why there can be none on this machine; null when there can.</summary>
    public static string? Obstacle => File.Exists(Program) ? null : "PgBouncer is not installed (Debian: apt-get install pgbouncer).";

    /// <summary>Starts one before the server of a database and waits until it answers.</summary>
    public static async Task<PgBouncer> StartAsync(TestDatabase database, CancellationToken token)
    {
        var bouncer = new PgBouncer(FreePort());
        try
        {
            await bouncer.RunAsync(database, token);
            return bouncer;
        }
        catch
        {
            await bouncer.DisposeAsync();
            throw;
        }
    }

    /// <summary>A connection string through it.</summary>
    public string Through(TestDatabase database) => new NpgsqlConnectionStringBuilder(database.ConnectionString) { Port = Port, Pooling = false }.ConnectionString;

    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false }) process.Kill(entireProcessTree: true);
        if (process is not null) await process.WaitForExitAsync();
        process?.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task RunAsync(TestDatabase database, CancellationToken token)
    {
        var server = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        var users = Path.Combine(folder, "users.txt");
        var settings = Path.Combine(folder, "pgbouncer.ini");
        await File.WriteAllTextAsync(users, $"\"{server.Username}\" \"{server.Password}\"\n", token);
        await File.WriteAllTextAsync(settings, string.Create(CultureInfo.InvariantCulture, $"""
            [databases]
            * = host={server.Host} port={server.Port}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {Port}
            unix_socket_dir =
            auth_type = scram-sha-256
            auth_file = {users}
            pool_mode = transaction
            """), token);
        var command = (List<string>)[Program, settings];
        if (Environment.UserName == "root")
        {
            // It refuses to run as root.
            using var chown = Process.Start("chown", ["-R", "postgres", folder]);
            await chown.WaitForExitAsync(token);
            command.InsertRange(0, ["runuser", "-u", "postgres", "--"]);
        }

        process = Process.Start(new ProcessStartInfo(command[0], command.Skip(1)) { WorkingDirectory = "/", RedirectStandardError = true })!;
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        var watch = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await using var connection = new NpgsqlConnection(Through(database));
                await connection.OpenAsync(token);
                return;
            }
            catch (NpgsqlException) when (watch.Elapsed < Limit && !process.HasExited)
            {
                await Task.Delay(50, token);
            }
        }
    }
}
