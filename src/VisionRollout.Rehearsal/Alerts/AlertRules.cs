using System.Globalization;
using VisionRollout.Rehearsal.Faults;
using VisionRollout.Rehearsal.Metrics;
using VisionRollout.Rehearsal.Scenario;
using VisionRollout.Rehearsal.Time;

namespace VisionRollout.Rehearsal.Alerts;

/// <summary>
/// The rules that a Prometheus beside the cluster would evaluate: <c>HighErrorRate</c> when more than 5% of a version's requests of
/// the last minute were errors, and the alert of the fault <c>alert</c>.
/// </summary>
internal sealed class AlertRules(RehearsalScenario scenario, RequestMetrics requests, IActiveFaults faults, AlertStore alerts) : IClockTick
{
    private const double Threshold = 0.05;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Queue<(DateTimeOffset At, Dictionary<string, (long Requests, long Errors)> Totals)> history = new();
    private readonly Dictionary<string, IReadOnlyDictionary<string, string>> firing = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public int Order => 60;

    /// <inheritdoc/>
    public void Tick(DateTimeOffset now, TimeSpan interval)
    {
        var active = ErrorRates(now).Concat(FromFaults()).DistinctBy(alert => AlertFingerprint.Of(alert.Labels))
            .ToDictionary(alert => AlertFingerprint.Of(alert.Labels));
        foreach (var (labels, annotations) in active.Values)
            alerts.Report(labels, annotations, generatorUrl: "http://prometheus/graph");
        foreach (var ended in firing.Keys.Where(fingerprint => !active.ContainsKey(fingerprint)).ToArray())
        {
            alerts.Report(firing[ended], new Dictionary<string, string>(), endsAt: now);
            firing.Remove(ended);
        }

        foreach (var (fingerprint, alert) in active)
            firing[fingerprint] = alert.Labels;
    }

    private IEnumerable<(Dictionary<string, string> Labels, Dictionary<string, string> Annotations)> ErrorRates(DateTimeOffset now)
    {
        var totals = requests.All.Where(series => series.Key.Reporter == "destination")
            .GroupBy(series => series.Key.Version)
            .ToDictionary(group => group.Key, group => (group.Sum(series => series.Count), group.Where(series => series.Key.Code >= 500).Sum(series => series.Count)));
        history.Enqueue((now, totals));
        while (history.Count > 2 && history.Skip(1).First().At <= now - Window)
            history.Dequeue();
        var before = history.Peek().Totals;
        foreach (var (version, (count, errors)) in totals)
        {
            var (countBefore, errorsBefore) = before.GetValueOrDefault(version);
            if (count > countBefore && (double)(errors - errorsBefore) / (count - countBefore) is > Threshold and var share)
                yield return (Labels("HighErrorRate", ("destination_version", version)), Summary(string.Create(CultureInfo.InvariantCulture, $"{share:P1} of the requests to {version} failed in the last minute")));
        }
    }

    private IEnumerable<(Dictionary<string, string> Labels, Dictionary<string, string> Annotations)> FromFaults() =>
        faults.Active(FaultNames.Alert).Select(fault => (
            Labels("RehearsedIncident", ("service", fault.Service), (scenario.ColourLabel.Replace('-', '_'), fault.Colour),
                ("destination_version", fault.Version), ("pod", fault.Pod)),
            Summary("The rehearsal lets this alert fire")));

    private Dictionary<string, string> Labels(string name, params ReadOnlySpan<(string Name, string? Value)> more)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["alertname"] = name,
            ["severity"] = "critical",
            ["namespace"] = scenario.Namespace,
        };
        foreach (var (label, value) in more)
        {
            if (value is not null)
                labels[label] = value;
        }

        return labels;
    }

    private static Dictionary<string, string> Summary(string text) => new(StringComparer.Ordinal) { ["summary"] = text };
}
