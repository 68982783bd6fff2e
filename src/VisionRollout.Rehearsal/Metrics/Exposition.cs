using System.Text;

namespace VisionRollout.Rehearsal.Metrics;

/// <summary>Writes series in Prometheus' text format.</summary>
internal static class Exposition
{
    /// <summary>The text, by name, each with its type.</summary>
    public static string Write(IEnumerable<KeyValuePair<LabelSet, double>> samples)
    {
        var text = new StringBuilder();
        foreach (var family in samples.GroupBy(sample => Family(sample.Key.Name)).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            text.Append("# TYPE ").Append(family.Key).Append(' ').Append(Type(family.Key)).Append('\n');
            foreach (var (labels, value) in family)
                text.Append(labels).Append(' ').Append(PrometheusAnswer.Number(value)).Append('\n');
        }

        return text.ToString();
    }

    private static string Family(string name)
    {
        const string Duration = "istio_request_duration_milliseconds";
        return name.StartsWith(Duration, StringComparison.Ordinal) ? Duration : name;
    }

    private static string Type(string family) => family.EndsWith("_total", StringComparison.Ordinal) ? "counter"
        : family.EndsWith("_milliseconds", StringComparison.Ordinal) ? "histogram" : "gauge";
}
