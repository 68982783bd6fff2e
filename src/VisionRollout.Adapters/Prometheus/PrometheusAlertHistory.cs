using VisionRollout.Adapters.Http;
using VisionRollout.Core.Alerts;
using VisionRollout.Core.Plan;

namespace VisionRollout.Adapters.Prometheus;

/// <summary>The history of alerts as Prometheus keeps it: the series <c>ALERTS</c>, which has a value while an alert fires
/// (prometheus.io/docs/prometheus/latest/configuration/alerting_rules). Alertmanager itself keeps none. Alerts of other namespaces are left out.</summary>
public sealed class PrometheusAlertHistory : IAlertHistory
{
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Portion = TimeSpan.FromDays(7); // 10,080 steps; Prometheus refuses more than 11,000
    private static readonly TimeSpan Gap = Step * 5; // Prometheus itself looks back as far

    private readonly PrometheusClient client;
    private readonly string query;

    /// <summary>Reads from the Prometheus at an address.</summary>
    public PrometheusAlertHistory(OutsideHttp http, Uri address, PlanEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        client = new PrometheusClient(http, address);
        query = $"ALERTS{{alertstate=\"firing\", namespace=~\"|{environment.Namespace}\"}}";
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<AlertEpisode>> ReadAsync(DateTimeOffset from, DateTimeOffset until, CancellationToken token)
    {
        var series = new Dictionary<string, (IReadOnlyDictionary<string, string> Labels, List<DateTimeOffset> Times)>(StringComparer.Ordinal);
        for (var start = from; start <= until; start += Portion + Step)
        {
            var end = start + Portion < until ? start + Portion : until;
            foreach (var (labels, times) in await client.QueryRangeAsync(query, start, end, Step, token))
            {
                var key = string.Join('\n', labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={label.Value}"));
                if (!series.TryGetValue(key, out var known)) series[key] = known = (labels, []);
                known.Times.AddRange(times);
            }
        }

        return [.. series.Values.SelectMany(item => Episodes(item.Labels, item.Times)).OrderBy(episode => episode.From)];
    }

    private static IEnumerable<AlertEpisode> Episodes(IReadOnlyDictionary<string, string> labels, List<DateTimeOffset> times)
    {
        var own = labels.Where(label => label.Key is not "__name__" and not "alertstate").ToDictionary(StringComparer.Ordinal);
        var begin = 0;
        for (var index = 1; index <= times.Count; index++)
        {
            if (index < times.Count && times[index] - times[index - 1] <= Gap) continue;
            yield return new AlertEpisode(own.GetValueOrDefault("alertname", ""), own.GetValueOrDefault("severity", "").ToLowerInvariant(), own, times[begin], times[index - 1]);
            begin = index;
        }
    }
}
