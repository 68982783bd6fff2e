using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using VisionRollout.Rehearsal.Mesh;
using VisionRollout.Rehearsal.Scenario;

namespace VisionRollout.Rehearsal.Ledger;

/// <summary>
/// Sends real requests through the gateway at a steady rate of real time, in an open model: a slow answer does not hold back
/// the next request.
/// </summary>
internal sealed class ProbeTraffic : IAsyncDisposable
{
    private const int MostInFlight = 512;
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestCatchUp = TimeSpan.FromMilliseconds(250);

    private readonly RehearsalScenario scenario;
    private readonly DataPlane dataPlane;
    private readonly ProbeLedger ledger;
    private readonly string[] services;
    private readonly CancellationTokenSource stopping = new();
    private readonly SemaphoreSlim slots = new(MostInFlight, MostInFlight);
    private readonly HttpClient client = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false, ActivityHeadersPropagator = null })
    {
        Timeout = AnswerLimit,
    };

    private Task? sending;
    private long sequence;

    /// <summary>Makes traffic that does not flow yet.</summary>
    public ProbeTraffic(RehearsalScenario scenario, DataPlane dataPlane, ProbeLedger ledger)
    {
        this.scenario = scenario;
        this.dataPlane = dataPlane;
        this.ledger = ledger;
        services = [.. scenario.Services.Select(service => service.Name)];
    }

    /// <summary>Begins to send to the gateway. Call once, when the live colour is ready.</summary>
    public void Start(Uri gateway)
    {
        if (scenario.ProbesPerSecond > 0)
            sending = SendSteadilyAsync(gateway);
    }

    /// <summary>Stops to send and waits for the answers still to come. No harm when called twice.</summary>
    public async Task StopAsync()
    {
        await stopping.CancelAsync();
        if (sending is not null)
            await sending;
        for (var slot = 0; slot < MostInFlight; slot++)
            await slots.WaitAsync();
        slots.Release(MostInFlight);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        client.Dispose();
        slots.Dispose();
        stopping.Dispose();
    }

    /// <summary>Sends one probe and notes how it ends.</summary>
    internal async Task SendAsync(Uri gateway, ProbeRequest probe)
    {
        var sent = dataPlane.Current;
        using var request = Request(gateway, probe);
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseContentRead);
            ledger.Note(probe, new ProbeAnswer(
                (int)response.StatusCode, Header(response, "x-pod"), Header(response, "x-service"), Header(response, "x-colour"), sent, dataPlane.Current));
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            ledger.Note(probe, new ProbeAnswer(0, null, null, null, sent, dataPlane.Current));
        }
    }

    private async Task SendSteadilyAsync(Uri gateway)
    {
        using var timer = new PeriodicTimer(Beat);
        var owed = 0d;
        var previous = Stopwatch.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(stopping.Token))
            {
                // What a busy machine has delayed by more than the limit is not made up: a burst would not be a steady rate.
                var elapsed = Math.Min(Stopwatch.GetElapsedTime(previous).TotalSeconds, LongestCatchUp.TotalSeconds);
                previous = Stopwatch.GetTimestamp();
                for (owed += scenario.ProbesPerSecond * elapsed; owed >= 1; owed--)
                {
                    await slots.WaitAsync(stopping.Token);
                    Track(SendAsync(gateway, ProbeRequest.Of(Interlocked.Increment(ref sequence), services)));
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    /// <summary>A slot is held until the probe has ended; <see cref="StopAsync"/> waits for all slots.</summary>
    private void Track(Task probe) =>
        probe.ContinueWith(_ => slots.Release(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    private HttpRequestMessage Request(Uri gateway, ProbeRequest probe)
    {
        var number = probe.Sequence.ToString(CultureInfo.InvariantCulture);
        var request = new HttpRequestMessage(
            probe.Write ? HttpMethod.Post : HttpMethod.Get, new Uri(gateway, probe.Write ? $"/{probe.Service}/ledger" : $"/{probe.Service}/items/{number}"))
        {
            Version = HttpVersion.Version11,
        };
        request.Headers.Host = scenario.Route.Host;
        request.Headers.Add("x-probe-sequence", number);
        if (probe.Canary)
            request.Headers.Add(scenario.Route.Header, scenario.Route.HeaderValue);
        if (probe.Write)
            request.Content = new StringContent($"{{\"sequence\":{number}}}", Encoding.UTF8, "application/json");
        return request;
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}
