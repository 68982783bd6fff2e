using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using VisionRollout.Adapters.Http;
using VisionRollout.Core.Errors;

namespace VisionRollout.Adapters.Prometheus;

/// <summary>Instant queries of Prometheus's HTTP API (prometheus.io/docs/prometheus/latest/querying/api).</summary>
internal sealed class PrometheusClient
{
    private readonly OutsideHttp http;
    private readonly OutsideSystem system;

    /// <summary>Asks the Prometheus at an address.</summary>
    public PrometheusClient(OutsideHttp http, Uri address)
    {
        this.http = http;
        system = new OutsideSystem("Prometheus", "Prometheus", "Endpoints.Prometheus", address);
    }

    /// <summary>Evaluates a query at a time.</summary>
    /// <exception cref="RolloutException">Prometheus does not answer, or does not understand the query.</exception>
    public async Task<IReadOnlyList<PrometheusSample>> QueryAsync(string query, DateTimeOffset at, CancellationToken token) =>
        Read(await http.GetJsonAsync(system, AddressOf(query, at), token));

    /// <summary>As <see cref="QueryAsync"/>; null when the server does not know a function of the query (400, bad_data).</summary>
    public async Task<IReadOnlyList<PrometheusSample>?> TryQueryAsync(string query, DateTimeOffset at, CancellationToken token)
    {
        var answer = await http.SendAsync(system, () => new HttpRequestMessage(HttpMethod.Get, AddressOf(query, at)), OutsideHttp.AttemptTimeout, token);
        return answer.Status == HttpStatusCode.BadRequest ? null
            : answer.IsSuccess ? Read(OutsideHttp.Parse(system, answer))
            : throw OutsideHttp.Refused(system, answer);
    }

    /// <summary>Evaluates a query at many times.</summary>
    /// <param name="query">The query.</param>
    /// <param name="from">First time.</param>
    /// <param name="until">Last time; at most 11,000 steps later (the server's limit).</param>
    /// <param name="step">Time between two evaluations.</param>
    /// <param name="token">Cancels.</param>
    /// <returns>Series with the times at which they have a value.</returns>
    public async Task<IReadOnlyList<(IReadOnlyDictionary<string, string> Labels, IReadOnlyList<DateTimeOffset> Times)>> QueryRangeAsync(string query, DateTimeOffset from, DateTimeOffset until, TimeSpan step, CancellationToken token)
    {
        var address = system.Below(string.Create(CultureInfo.InvariantCulture, $"api/v1/query_range?query={Uri.EscapeDataString(query)}&start={Seconds(from)}&end={Seconds(until)}&step={step.TotalSeconds}"));
        var answer = await http.GetJsonAsync(system, address, token);
        return [.. Result(answer, "matrix").Select(series => (ReadSample(series).Labels, Times(series)))];
    }

    private static IReadOnlyList<DateTimeOffset> Times(JsonObject series) =>
        [.. (series["values"] as JsonArray ?? []).Select(value => DateTimeOffset.FromUnixTimeMilliseconds((long)((double)value![0]! * 1000)))];

    private static string Seconds(DateTimeOffset at) => (at.ToUnixTimeMilliseconds() / 1000m).ToString("0.000", CultureInfo.InvariantCulture);

    private static PrometheusSample ReadSample(JsonObject sample) => new(
        (sample["metric"] as JsonObject ?? []).ToDictionary(label => label.Key, label => (string?)label.Value ?? "", StringComparer.Ordinal),
        Number((string?)sample["value"]?[1]));

    private static double Number(string? text) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : double.NaN,
    };

    private Uri AddressOf(string query, DateTimeOffset at)
    {
        return system.Below($"api/v1/query?query={Uri.EscapeDataString(query)}&time={Seconds(at)}");
    }

    private List<PrometheusSample> Read(JsonNode answer) => [.. Result(answer, "vector").Select(ReadSample)];

    private IEnumerable<JsonObject> Result(JsonNode answer, string type)
    {
        if ((string?)answer["status"] != "success" || (string?)answer["data"]?["resultType"] != type)
        {
            throw new RolloutException("PrometheusRefused", RolloutErrorKind.Failed,
                $"{system.Place} did not answer the query with a {type}: {(string?)answer["error"] ?? (string?)answer["data"]?["resultType"] ?? "no status"}",
                "Check that Endpoints.Prometheus of the environment in the plan is a Prometheus.", system.Name);
        }

        return (answer["data"]!["result"] as JsonArray ?? []).OfType<JsonObject>();
    }
}
