using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using VisionRollout.Core.Errors;

namespace VisionRollout.Adapters.Rehearsal;

/// <summary>The control endpoints of a rehearsal cluster.</summary>
/// <param name="address">Base address.</param>
public sealed class RehearsalControl(Uri address) : IDisposable
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);
    /// <summary>Base address.</summary>
    public Uri Address { get; } = address;

    private readonly HttpClient client = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(60) };

    /// <summary>Plans a fault.</summary>
    /// <exception cref="RolloutException">FaultInvalid: the cluster refuses it; the message lists the names it knows.</exception>
    public async Task<RehearsalFault> AddFaultAsync(JsonObject fault, CancellationToken token)
    {
        using var response = await SendAsync(() => client.PostAsJsonAsync("/faults", fault, Options, token));
        if (!response.IsSuccessStatusCode)
            throw new RolloutException("FaultInvalid", RolloutErrorKind.InvalidInput, await response.Content.ReadAsStringAsync(token), target: (string?)fault["name"]);
        return (await response.Content.ReadFromJsonAsync<RehearsalFault>(Options, token))!;
    }

    /// <summary>What the probe's clients saw, reconciled with the databases.</summary>
    public async Task<RehearsalTraffic> ReadTrafficAsync(CancellationToken token)
    {
        using var response = await SendAsync(() => client.GetAsync("/traffic", token));
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<RehearsalTraffic>(Options, token))!;
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    private async Task<HttpResponseMessage> SendAsync(Func<Task<HttpResponseMessage>> send)
    {
        try
        {
            return await send();
        }
        catch (HttpRequestException cause)
        {
            throw new RolloutException("RehearsalGone", RolloutErrorKind.Unavailable, $"The rehearsal cluster at {Address} does not answer: {cause.Message}", "Start one with Start-Rehearsal.", Address, cause);
        }
    }
}
