using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Npgsql;
using VisionRollout.Rehearsal.Hosting;

namespace VisionRollout.Rehearsal.Postgres;

/// <summary>A PostgreSQL server of the rehearsal's own, made from the installed programs, on a free loopback port.</summary>
internal sealed class PrivatePostgres : IPostgresServer
{
    private const string Administrator = "postgres";
    private const int Attempts = 5;

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    private readonly string password;
    private readonly Process process;

    private PrivatePostgres(string password, Process process, int port)
    {
        this.password = password;
        this.process = process;
        Port = port;
    }

    /// <inheritdoc/>
    public string Host => "127.0.0.1";

    /// <inheritdoc/>
    public int Port { get; }

    /// <inheritdoc/>
    public string NameSuffix => string.Empty;

    /// <summary>The line of shell that stops the server when this program no longer can.</summary>
    public static string StopLine(PostgresPrograms programs, PostgresDirectory directory) =>
        ShellWords.Line(directory.User.Run(programs["pg_ctl"], "stop", "-D", directory.Data, "-m", "immediate", "-w", "-t", "10"));

    /// <summary>Creates the data directory and starts the server.</summary>
    /// <exception cref="StartFailureException">initdb or the server failed; the message has its words.</exception>
    public static async Task<PrivatePostgres> StartAsync(PostgresPrograms programs, PostgresDirectory directory, CancellationToken token)
    {
        var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        await InitializeAsync(programs, directory, password, token);
        await File.AppendAllTextAsync(Path.Combine(directory.Data, "postgresql.conf"), Settings(directory), token);
        for (var attempt = 1; ; attempt++)
        {
            var port = FreePort();
            var process = Launch(programs, directory, port);
            if (await BecomesReadyAsync(process, directory, token))
                return new PrivatePostgres(password, process, port);
            var log = await File.ReadAllTextAsync(directory.Log, token);
            if (attempt == Attempts || !log.Contains("Address already in use", StringComparison.Ordinal))
                throw new StartFailureException(StartFailureException.StartFailed, $"PostgreSQL did not start: {LastLines(log)}");
        }
    }

    /// <inheritdoc/>
    public string AdministratorConnection(string database, string applicationName) => new NpgsqlConnectionStringBuilder
    {
        Host = Host,
        Port = Port,
        Username = Administrator,
        Password = password,
        Database = database,
        ApplicationName = applicationName,
        Pooling = false,
    }.ConnectionString;

    /// <summary>Stops the server: fast (open transactions are rolled back), and when that takes too long, at once.</summary>
    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        foreach (var signal in (int[])[NativeMethods.Interrupt, NativeMethods.Quit])
        {
            if (process.HasExited || await EndsAfterAsync(signal))
                break;
        }

        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        process.Dispose();
    }

    private async Task<bool> EndsAfterAsync(int signal)
    {
        _ = NativeMethods.Kill(process.Id, signal);
        try
        {
            await process.WaitForExitAsync().WaitAsync(StopLimit);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static async Task InitializeAsync(PostgresPrograms programs, PostgresDirectory directory, string password, CancellationToken token)
    {
        var passwordFile = Path.Combine(directory.Root, "password");
        await File.WriteAllTextAsync(passwordFile, password, token);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(passwordFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        directory.User.Own(passwordFile);
        var words = directory.User.Run(
            programs["initdb"], "--pgdata", directory.Data, "--username", Administrator, "--pwfile", passwordFile,
            "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8", "--wal-segsize", "4", "--no-sync", "--no-instructions");
        using var process = Process.Start(new ProcessStartInfo(words[0], words.Skip(1))
        {
            WorkingDirectory = "/",
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(token);
        var errors = await process.StandardError.ReadToEndAsync(token);
        await output;
        await process.WaitForExitAsync(token);
        File.Delete(passwordFile);
        if (process.ExitCode != 0)
            throw new StartFailureException(StartFailureException.StartFailed, $"initdb failed: {LastLines(errors)}");
    }

    /// <summary>
    /// A server that lives for minutes: nothing must survive a power cut, nothing may be left in /dev/shm. The server keeps
    /// write-ahead logging as in production, so that backups of any kind work.
    /// </summary>
    private static string Settings(PostgresDirectory directory) => $"""

        listen_addresses = '127.0.0.1'
        unix_socket_directories = '{directory.Sockets.Replace("'", "''", StringComparison.Ordinal)}'
        max_connections = 200
        shared_buffers = 64MB
        dynamic_shared_memory_type = mmap
        min_wal_size = 16MB
        fsync = off
        synchronous_commit = off
        full_page_writes = off
        timezone = 'UTC'
        log_timezone = 'UTC'
        password_encryption = 'scram-sha-256'

        """;

    private static Process Launch(PostgresPrograms programs, PostgresDirectory directory, int port)
    {
        var server = directory.User.Run(programs["postgres"], "-D", directory.Data, "-p", port.ToString(CultureInfo.InvariantCulture));
        string[] words = ["-c", "log=$1; shift; exec \"$@\" </dev/null >\"$log\" 2>&1", "sh", directory.Log, .. server];
        return Process.Start(new ProcessStartInfo("/bin/sh", words) { WorkingDirectory = "/" })!;
    }

    /// <summary>The server writes "ready" into the eighth line of postmaster.pid when it accepts connections (its pidfile.h).</summary>
    private static async Task<bool> BecomesReadyAsync(Process process, PostgresDirectory directory, CancellationToken token)
    {
        var pidFile = Path.Combine(directory.Data, "postmaster.pid");
        var started = Stopwatch.StartNew();
        while (!process.HasExited && started.Elapsed < StartLimit)
        {
            if (File.Exists(pidFile) && (await ReadLinesAsync(pidFile, token)).ElementAtOrDefault(7)?.Trim() == "ready")
                return true;
            await Task.Delay(Poll, token);
        }

        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(token);
        process.Dispose();
        return false;
    }

    private static async Task<string[]> ReadLinesAsync(string file, CancellationToken token)
    {
        try
        {
            return await File.ReadAllLinesAsync(file, token);
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string LastLines(string text) =>
        string.Join(" | ", text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).TakeLast(5));
}
