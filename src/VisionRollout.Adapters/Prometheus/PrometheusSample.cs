namespace VisionRollout.Adapters.Prometheus;

/// <summary>One element of an instant vector.</summary>
/// <param name="Labels">Its labels; absent ones read as empty.</param>
/// <param name="Value">Its value; may be NaN.</param>
internal sealed record PrometheusSample(IReadOnlyDictionary<string, string> Labels, double Value)
{
    private static readonly string[] PodLabels = ["pod", "pod_name", "kubernetes_pod_name", "instance"];

    /// <summary>A label's value; empty when it has none.</summary>
    public string this[string label] => Labels.TryGetValue(label, out var value) ? value : "";

    /// <summary>Pod: by the label that this Prometheus's scrape configuration adds, else the scraped address.</summary>
    public string Pod => PodLabels.Select(label => this[label]).FirstOrDefault(value => value.Length > 0) ?? "";
}
