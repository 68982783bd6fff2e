using System.Collections.Concurrent;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using VisionRollout.Rehearsal.Cluster;

namespace VisionRollout.Rehearsal.Tests.KubernetesApi;

/// <summary>A node whose pods share one HTTP server, log three lines, and run a few commands; images tagged "missing" cannot be pulled, "stuck" never gets ready.</summary>
internal sealed class LocalNode : IPodRuntime, IPodExec, IPodLogs, IPodUsage, IApiFaults, IAsyncDisposable
{
    private readonly WebApplication pods;
    private readonly CancellationTokenSource watches = new();

    public LocalNode()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        pods = builder.Build();
        pods.Run(context => context.Response.WriteAsync($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}"));
    }

    public ConcurrentQueue<string> Stopped { get; } = new();

    public ApiFaultAction? NextFault { get; set; }

    public CancellationToken WatchLifetime => watches.Token;

    public bool IsHistoryLost { get; set; }

    public int Port => new Uri(pods.Urls.Single()).Port;

    public Task StartServerAsync() => pods.StartAsync();

    public Task DropWatchesAsync() => watches.CancelAsync();

    public TimeSpan StartupTime(JsonObject pod) =>
        Image(pod).EndsWith(":stuck", StringComparison.Ordinal) ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(20);

    public Task<PodStart> StartAsync(JsonObject pod, CancellationToken token) => Task.FromResult(Image(pod).Split(':')[^1] switch
    {
        "missing" => PodStart.Waiting("ImagePullBackOff", "not found"),
        "crash" => PodStart.Waiting("CrashLoopBackOff", "exit status 1"),
        _ => PodStart.Running("127.0.0.1", Port),
    });

    public Task StopAsync(string ns, string name, CancellationToken token)
    {
        Stopped.Enqueue(name);
        return Task.CompletedTask;
    }

    public async Task<int> RunAsync(PodExecRequest request, CancellationToken token)
    {
        switch (request.Command)
        {
            case ["exit", var code]:
                await request.StdErr("leaving\n");
                return int.Parse(code, System.Globalization.CultureInfo.InvariantCulture);
            case ["cat"]:
                using (var reader = new StreamReader(request.StdIn!))
                    await request.StdOut(await reader.ReadToEndAsync(token));
                return 0;
            case ["hang"]:
                await request.StdOut("waiting\n");
                await Task.Delay(Timeout.Infinite, token);
                return 0;
            default:
                await request.StdOut($"{request.Pod}/{request.Container} as {request.User}: ");
                await request.StdOut(string.Join(' ', request.Command) + "\n");
                return 0;
        }
    }

    public async IAsyncEnumerable<string> ReadAsync(PodLogRequest request, [EnumeratorCancellation] CancellationToken token)
    {
        await Task.CompletedTask;
        for (var line = 3 - Math.Min(3, request.TailLines ?? 3); line < 3; line++)
            yield return $"line {line} of {request.Pod}";
    }

    public PodUsage? Read(string ns, string pod) => new(250_000_000, 128 << 20, DateTimeOffset.UnixEpoch, TimeSpan.FromSeconds(15));

    public ApiFaultAction? Next(HttpContext context, string verb, string resource)
    {
        var fault = NextFault;
        NextFault = null;
        return fault;
    }

    public async ValueTask DisposeAsync()
    {
        await pods.DisposeAsync();
        watches.Dispose();
    }

    private static string Image(JsonObject pod) => pod.Items("spec", "containers").First().Text("image") ?? "";
}
