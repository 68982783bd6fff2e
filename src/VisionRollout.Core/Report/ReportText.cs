using System.Globalization;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Plan;

namespace VisionRollout.Core.Report;

/// <summary>How figures and times are written in a report.</summary>
internal static class ReportText
{
    public const string None = "–";

    public static string Time(DateTimeOffset? time) => time is { } value ? value.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture) : None;

    public static string Clock(DateTimeOffset time) => time.UtcDateTime.ToString("HH:mm", CultureInfo.InvariantCulture);

    public static string DateAndTime(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + " UTC";

    public static string Duration(TimeSpan? length) => length switch
    {
        null => None,
        { TotalSeconds: < 1 } value => Number(value.TotalMilliseconds, 0) + " ms",
        { TotalMinutes: < 1 } value => Number(value.TotalSeconds, 1) + " s",
        { TotalHours: < 1, Seconds: 0 } value => $"{value.Minutes} min",
        { TotalHours: < 1 } value => $"{value.Minutes} min {value.Seconds} s",
        { } value => $"{(int)value.TotalHours} h {value.Minutes} min",
    };

    public static string Value(double? value, string unit) => value is not { } number ? None : unit switch
    {
        "share" => Share(number, Math.Abs(number) is > 0 and < 0.01 ? 3 : 2),
        "s" => Duration(TimeSpan.FromSeconds(number)),
        "count" => Number(number, 0),
        "" => Number(number, 3),
        _ => Number(number, 1) + " " + unit,
    };

    public static string Interval(double? low, double? high, string unit) =>
        low is null && high is null ? "" : $"{(low is null ? "?" : Value(low, unit))} to {(high is null ? "?" : Value(high, unit))}";

    /// <summary>A share in per cent. What is just below 100 % is never rounded up to it.</summary>
    public static string Share(double share, int digits = 1) =>
        (share is > 0.99 and < 1 ? Number(Math.Floor(share * 1e6) / 1e4, 4) : Number(share * 100, digits)) + " %";

    public static string Count(int count, string noun) => count == 1 ? $"1 {noun}" : $"{count} {noun}s";

    public static string Number(double value, int digits) => value.ToString("#,0." + new string('#', digits), CultureInfo.InvariantCulture);

    public static string Size(long bytes) => bytes switch
    {
        < 1024 => $"{bytes} B",
        < 1024 * 1024 => Number(bytes / 1024.0, 1) + " KiB",
        < 1024L * 1024 * 1024 => Number(bytes / 1048576.0, 1) + " MiB",
        _ => Number(bytes / 1073741824.0, 2) + " GiB",
    };

    public static string Word(Verdict verdict) => verdict.ToString();

    public static string Limit(ReportCriterion criterion) => criterion.Limit is null ? None : $"{Sign(criterion.Comparison)}{Value(criterion.Limit, criterion.Unit)}";

    /// <summary>What an approval rests on; empty for a denial.</summary>
    public static string Seen(ReportDecision decision)
    {
        if (!decision.Approved) return "";
        var seen = decision.Seen is { } evidence ? $"{evidence.Met.Count} of {Math.Max(evidence.Met.Count, evidence.Findings.Count)} findings met, traffic {evidence.Traffic}" : "given before the gate was open";
        return decision.Expired.Length > 0 ? $"{seen}; expired: {decision.Expired}" : seen;
    }

    private static string Sign(Comparison? comparison) => comparison switch
    {
        Comparison.Above => "> ",
        Comparison.Below => "< ",
        Comparison.AtLeast => "≥ ",
        Comparison.AtMost => "≤ ",
        _ => "",
    };
}
