using System.Text.RegularExpressions;
using VisionRollout.Core.Plan;

namespace VisionRollout.Adapters.Prometheus;

/// <summary>The queries for the plan's metrics, and their samples with Istio's label names whatever the plan calls them.</summary>
internal sealed class MetricQueries(PlanMetrics names, string ns)
{
    private const string PodLabels = "pod, pod_name, kubernetes_pod_name, instance, job";
    private const string Unknown = "unknown";

    private readonly Dictionary<string, string> standard = new PlanMetrics() is var istio
        ? new[] { (names.Deployment, istio.Deployment), (names.Namespace, istio.Namespace), (names.Code, istio.Code), (names.GrpcStatus, istio.GrpcStatus), (names.Flags, istio.Flags) }
            .Where(pair => pair.Item1.Length > 0 && pair.Item1 != pair.Item2).ToDictionary(pair => pair.Item1, pair => pair.Item2)
        : [];

    private string Outcome => string.Join(", ", new[] { names.Code, names.Flags, names.GrpcStatus }.Where(label => label.Length > 0));

    /// <summary>True when senders are asked for requests that never arrived.</summary>
    public bool HasNeverArrived => names.Reporter.Length > 0 && names.Flags.Length > 0;

    /// <summary>Requests of every pod.</summary>
    public string Requests(IEnumerable<string> deployments) => $"sum by ({names.Deployment}, {PodLabels}, {Outcome}) ({names.Requests}{{{Arrived(deployments)}}})";

    /// <summary>Response times of every pod.</summary>
    public string Latency(IEnumerable<string> deployments) => $"sum by ({names.Deployment}, {PodLabels}, le) ({names.Latency}_bucket{{{Arrived(deployments)}}})";

    /// <summary>When every pod was scraped last.</summary>
    public string Times(IEnumerable<string> deployments) => $"max by ({names.Deployment}, {PodLabels}) (timestamp({names.Requests}{{{Arrived(deployments)}}}))";

    /// <summary>Requests that never arrived, by who sent them. Where the senders' reports are counted anyway, only those that reached no workload are left.</summary>
    public string NeverArrived(IEnumerable<string> deployments)
    {
        var whose = names.CountedReporter == "source" ? [Unknown] : deployments.Append(Unknown);
        return $"sum by ({names.Deployment}, destination_service_name, destination_service_namespace, {PodLabels}, {Outcome}) ({names.Requests}{{{names.Reporter}=\"source\", {names.Deployment}=~\"{Pattern(whose)}\", {names.Flags}=~\"(.*,)?(UF|UH|NR|NC)(,.*)?\"}})";
    }

    /// <summary>The samples with Istio's label names, and edges in milliseconds.</summary>
    public IEnumerable<PrometheusSample> Standard(IEnumerable<PrometheusSample> samples) => standard.Count == 0 && names.LatencyUnit == 1
        ? samples
        : samples.Select(sample => sample with { Labels = sample.Labels.ToDictionary(label => standard.GetValueOrDefault(label.Key, label.Key), label => label.Key == "le" ? Milliseconds(label.Value) : label.Value, StringComparer.Ordinal) });

    private string Arrived(IEnumerable<string> deployments) => string.Join(", ", new[]
    {
        names.Reporter.Length > 0 ? $"{names.Reporter}=\"{names.CountedReporter}\"" : "",
        names.Namespace.Length > 0 ? $"{names.Namespace}=\"{ns}\"" : "",
        $"{names.Deployment}=~\"{Pattern(deployments)}\"",
    }.Where(text => text.Length > 0));

    private string Milliseconds(string edge) => double.TryParse(edge, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
        ? Math.Round(value * names.LatencyUnit, 9).ToString("R", System.Globalization.CultureInfo.InvariantCulture)
        : edge;

    /// <summary>An alternation for <c>=~</c>, escaped for the regular expression and for the PromQL string around it.</summary>
    private static string Pattern(IEnumerable<string> all) =>
        string.Join('|', all.Select(name => Regex.Escape(name).Replace("\\", "\\\\", StringComparison.Ordinal)));
}
