using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace VisionRollout.Tests.Shared;

/// <summary>A real S3 store, which checks signatures, part sizes and digests: OpenStack Swift with s3api from Debian's packages, on loopback, in a
/// folder of its own. As root it runs under the packages' own user.</summary>
internal sealed class SwiftServer : IAsyncDisposable
{
    public const string AccessKey = "test:backup";
    public const string SecretKey = "a-Secret-only-for-Tests";
    public const string Region = "us-east-1";

    private static readonly string[] Kinds = ["account", "container", "object", "proxy"];
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(5) };
    private readonly string folder = Directory.CreateTempSubdirectory("visionrollout-swift-").FullName;
    private readonly int[] ports = FreePorts(Kinds.Length);
    private readonly List<Process> processes = [];
    private readonly ConcurrentQueue<string> said = new();

    private SwiftServer() => Endpoint = new Uri($"http://127.0.0.1:{ports[^1]}/");

    public Uri Endpoint { get; }

    /// <summary>Why there can be none on this machine; null when there can.</summary>
    public static async Task<string?> FindObstacleAsync()
    {
        if (!OperatingSystem.IsLinux() || Kinds.Any(kind => !File.Exists(Program(kind))))
            return "OpenStack Swift is not installed (Debian: apt-get install swift-proxy swift-account swift-container swift-object).";
        var probe = Path.GetTempFileName();
        try
        {
            return await RunAsync("/usr/bin/python3", ["-c", "import os, sys; os.setxattr(sys.argv[1], 'user.swift', b'x')", probe]) == 0 ? null
                : $"The file system of {Path.GetTempPath()} has no extended attributes, which OpenStack Swift needs.";
        }
        finally
        {
            File.Delete(probe);
        }
    }

    /// <summary>Starts one and waits until it answers.</summary>
    public static async Task<SwiftServer> StartAsync(CancellationToken token)
    {
        var server = new SwiftServer();
        try
        {
            await server.StartAllAsync(token);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in processes)
        {
            if (!process.HasExited) process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        Directory.Delete(folder, recursive: true);
    }

    private static string Program(string kind) => $"/usr/bin/swift-{kind}-server";

    private static bool IsRoot => Environment.UserName == "root";

    private static int[] FreePorts(int count)
    {
        // All at the same time, so that none is given twice.
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(listener => listener.Start());
        int[] ports = [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        listeners.ForEach(listener => listener.Dispose());
        return ports;
    }

    private static async Task<int> RunAsync(string program, IEnumerable<string> arguments, string? directory = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = directory ?? "/" };
        using var process = Process.Start(start)!;
        await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync(), process.WaitForExitAsync());
        return process.ExitCode;
    }

    private async Task StartAllAsync(CancellationToken token)
    {
        Directory.CreateDirectory(Path.Combine(folder, "devices", "d1"));
        await WriteAsync("swift.conf", """
            [swift-hash]
            swift_hash_path_prefix = visionrollout
            swift_hash_path_suffix = tests
            """, token);
        foreach (var (kind, port) in Kinds.Zip(ports)) await ConfigureAsync(kind, port, token);
        if (IsRoot && await RunAsync("chown", ["-R", "swift:swift", folder]) != 0) throw new InvalidOperationException($"chown of {folder} to the user swift failed.");
        foreach (var kind in Kinds) processes.Add(Start(kind));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        limit.CancelAfter(Limit);
        foreach (var port in ports) await AnswersAsync(new Uri($"http://127.0.0.1:{port}/healthcheck"), limit.Token);
    }

    private async Task ConfigureAsync(string kind, int port, CancellationToken token)
    {
        await WriteAsync($"{kind}.conf", $"""
            [DEFAULT]
            bind_ip = 127.0.0.1
            bind_port = {port}
            workers = 0
            swift_dir = {folder}
            devices = {folder}/devices
            mount_check = false
            disable_fallocate = true
            log_level = ERROR

            {(kind == "proxy" ? ProxyPipeline : $"[pipeline:main]\npipeline = healthcheck {kind}-server\n[app:{kind}-server]\nuse = egg:swift#{kind}")}

            [filter:healthcheck]
            use = egg:swift#healthcheck
            """, token);
        if (kind == "proxy") return;
        // One replica on one device: 16 partitions are plenty.
        string[][] steps = [["create", "4", "1", "0"], ["add", $"r1z1-127.0.0.1:{port}/d1", "1"], ["rebalance"]];
        foreach (var step in steps)
        {
            if (await RunAsync("swift-ring-builder", [$"{kind}.builder", .. step], folder) != 0) throw new InvalidOperationException($"swift-ring-builder {step[0]} failed for {kind}.");
        }
    }

    // tempauth insists on a cache, but does not need one for signatures: nobody listens on that port.
    private static string ProxyPipeline => $"""
        [pipeline:main]
        pipeline = catch_errors gatekeeper healthcheck cache listing_formats bulk s3api tempauth copy slo dlo versioned_writes symlink proxy-server
        [app:proxy-server]
        use = egg:swift#proxy
        account_autocreate = true
        [filter:cache]
        use = egg:swift#memcache
        memcache_servers = 127.0.0.1:1
        [filter:s3api]
        use = egg:swift#s3api
        location = {Region}
        max_upload_part_num = 10000
        [filter:slo]
        use = egg:swift#slo
        max_manifest_segments = 10000
        [filter:tempauth]
        use = egg:swift#tempauth
        user_{AccessKey.Replace(':', '_')} = {SecretKey} .admin
        [filter:versioned_writes]
        use = egg:swift#versioned_writes
        allow_versioned_writes = true
        allow_object_versioning = true
        {string.Join('\n', ((string[])["catch_errors", "gatekeeper", "listing_formats", "bulk", "copy", "dlo", "symlink"]).Select(filter => $"[filter:{filter}]\nuse = egg:swift#{filter}"))}
        """;

    private Task WriteAsync(string name, string text, CancellationToken token) => File.WriteAllTextAsync(Path.Combine(folder, name), text, token);

    private Process Start(string kind)
    {
        var command = (List<string>)[Program(kind), Path.Combine(folder, $"{kind}.conf")];
        if (IsRoot) command.InsertRange(0, ["setpriv", "--reuid=swift", "--regid=swift", "--clear-groups", "--"]);
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => said.Enqueue($"{kind}: {line.Data}");
        process.ErrorDataReceived += (_, line) => said.Enqueue($"{kind}: {line.Data}");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private async Task AnswersAsync(Uri address, CancellationToken token)
    {
        while (true)
        {
            try
            {
                using var answer = await Http.GetAsync(address, token);
                if (answer.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
                if (processes.Any(process => process.HasExited)) throw new InvalidOperationException($"One of Swift's servers has ended: {string.Join('\n', said)}");
            }

            await Task.Delay(100, token);
        }
    }
}
