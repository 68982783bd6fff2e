namespace VisionRollout.Rehearsal.KubernetesApi;

/// <summary>Durations as kubectl shows ages (<c>k8s.io/apimachinery/pkg/util/duration.HumanDuration</c>).</summary>
internal static class HumanDuration
{
    /// <summary>Two units at most, fewer as it grows.</summary>
    public static string Of(TimeSpan span)
    {
        if (span < TimeSpan.FromSeconds(-2))
            return "<invalid>";
        if (span < TimeSpan.Zero)
            return "0s";
        var (seconds, minutes, hours, days) = ((int)span.TotalSeconds, (int)span.TotalMinutes, (int)span.TotalHours, (int)span.TotalDays);
        return span switch
        {
            { TotalMinutes: < 2 } => $"{seconds}s",
            { TotalMinutes: < 10 } => Two(minutes, "m", seconds % 60, "s"),
            { TotalHours: < 3 } => $"{minutes}m",
            { TotalHours: < 8 } => Two(hours, "h", minutes % 60, "m"),
            { TotalHours: < 48 } => $"{hours}h",
            { TotalDays: < 8 } => Two(days, "d", hours % 24, "h"),
            { TotalDays: < 730 } => $"{days}d",
            _ => Two(days / 365, "y", days % 365, "d"),
        };
    }

    private static string Two(int large, string largeUnit, int small, string smallUnit) =>
        small == 0 ? $"{large}{largeUnit}" : $"{large}{largeUnit}{small}{smallUnit}";
}
