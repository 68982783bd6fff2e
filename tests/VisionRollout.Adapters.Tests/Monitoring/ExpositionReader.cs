using System.Globalization;
using System.Text.RegularExpressions;
using VisionRollout.Core.Metrics;

namespace VisionRollout.Adapters.Tests.Monitoring;

/// <summary>The cluster's own counts, straight from its /metrics.</summary>
internal sealed partial class ExpositionReader(Uri address) : IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false });

    public async Task<MetricReading> ReadAsync(CancellationToken token)
    {
        var samples = Line().Matches(await http.GetStringAsync(address, token))
            .Select(line => (Name: line.Groups[1].Value, Labels: Label().Matches(line.Groups[2].Value).ToDictionary(label => label.Groups[1].Value, label => label.Groups[2].Value), Value: double.Parse(line.Groups[3].Value, CultureInfo.InvariantCulture)))
            .Where(sample => sample.Labels.GetValueOrDefault("reporter") == "destination").ToList();
        var pods = samples.GroupBy(sample => (Deployment: sample.Labels["destination_workload"], Pod: sample.Labels["pod"])).Select(pod => new PodCounters
        {
            Deployment = pod.Key.Deployment,
            Pod = pod.Key.Pod,
            Requests = pod.Where(sample => sample.Name == "istio_requests_total").Sum(sample => sample.Value),
            Errors = pod.Where(sample => sample.Name == "istio_requests_total" && sample.Labels["response_code"][0] == '5').Sum(sample => sample.Value),
            Latency = [.. pod.Where(sample => sample.Name == "istio_request_duration_milliseconds_bucket").GroupBy(sample => sample.Labels["le"] == "+Inf" ? double.PositiveInfinity : double.Parse(sample.Labels["le"], CultureInfo.InvariantCulture))
                .OrderBy(bucket => bucket.Key).Select(bucket => new HistogramBucket(bucket.Key, bucket.Sum(sample => sample.Value)))],
        });
        return new MetricReading(DateTimeOffset.UtcNow, [.. pods], []);
    }

    public void Dispose() => http.Dispose();

    [GeneratedRegex("""^([a-z_]+)\{(.*)\} (\S+)$""", RegexOptions.Multiline)]
    private static partial Regex Line();

    [GeneratedRegex("([a-z_]+)=\"([^\"]*)\"")]
    private static partial Regex Label();
}
