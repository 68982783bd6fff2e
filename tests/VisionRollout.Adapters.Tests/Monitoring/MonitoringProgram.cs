using System.Diagnostics;
using VisionRollout.Adapters.Tests.Fakes;

namespace VisionRollout.Adapters.Tests.Monitoring;

/// <summary>A real Prometheus or Alertmanager from Debian's packages, on loopback, in a folder of its own.</summary>
internal sealed class MonitoringProgram : IAsyncDisposable
{
    private const int Attempts = 3;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(5) };
    private readonly string program;
    private readonly string[] arguments;
    private readonly string folder;
    private Process? process;

    private MonitoringProgram(string program, string folder, int port, string[] arguments)
    {
        this.program = program;
        this.folder = folder;
        this.arguments = arguments;
        Address = new Uri($"http://127.0.0.1:{port}");
    }

    public Uri Address { get; }

    /// <summary>A Prometheus that scrapes an address every second.</summary>
    public static Task<MonitoringProgram> PrometheusAsync(Uri metrics, string rules, CancellationToken token) => StartAsync("prometheus", (folder, port) =>
    {
        File.WriteAllText(Path.Combine(folder, "rules.yml"), rules);
        File.WriteAllText(Path.Combine(folder, "prometheus.yml"), $$"""
            global: { scrape_interval: 1s, evaluation_interval: 1s }
            rule_files: [ rules.yml ]
            scrape_configs:
            - job_name: mesh
              honor_labels: true
              metrics_path: {{metrics.AbsolutePath}}
              static_configs: [ { targets: [ '{{metrics.Authority}}' ] } ]
            """);
        return [$"--config.file={folder}/prometheus.yml", $"--storage.tsdb.path={folder}/data", $"--web.listen-address=127.0.0.1:{port}"];
    }, token);

    public static Task<MonitoringProgram> AlertmanagerAsync(CancellationToken token) => StartAsync("prometheus-alertmanager", (folder, port) =>
    {
        File.WriteAllText(Path.Combine(folder, "alertmanager.yml"), "route: { receiver: nobody }\nreceivers: [ { name: nobody } ]\n");
        return [$"--config.file={folder}/alertmanager.yml", $"--storage.path={folder}/data", $"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address="];
    }, token);

    /// <summary>Ends it at once, as a crash does.</summary>
    public async Task KillAsync()
    {
        if (process is null) return;
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        process = null;
    }

    /// <summary>Starts it and waits until it answers.</summary>
    public async Task StartAsync(CancellationToken token)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        limit.CancelAfter(Limit);
        while (!await IsReadyAsync(limit.Token)) await Task.Delay(100, limit.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Directory.Delete(folder, recursive: true);
    }

    private static string Find(string name)
    {
        var found = (System.Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/bin").Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        Assert.SkipWhen(found is null, $"{name} is not installed (Debian: apt-get install prometheus prometheus-alertmanager).");
        return found!;
    }

    // A port that was free a moment ago may be taken by now, which is tried again.
    private static async Task<MonitoringProgram> StartAsync(string name, Func<string, int, string[]> configure, CancellationToken token)
    {
        var program = Find(name);
        for (var attempt = 1; ; attempt++)
        {
            var (folder, port) = (Directory.CreateTempSubdirectory($"visionrollout-{name}-").FullName, FakeServer.FreePort());
            var made = new MonitoringProgram(program, folder, port, configure(folder, port));
            try
            {
                await made.StartAsync(token);
                return made;
            }
            catch (Exception cause)
            {
                await made.DisposeAsync();
                if (cause is not InvalidOperationException || attempt == Attempts) throw;
            }
        }
    }

    private async Task<bool> IsReadyAsync(CancellationToken token)
    {
        try
        {
            using var answer = await Http.GetAsync(new Uri(Address, "/-/ready"), token);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return process is { HasExited: false } ? false : throw new InvalidOperationException($"{program} has ended.");
        }
    }
}
