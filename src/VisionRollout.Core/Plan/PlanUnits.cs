using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace VisionRollout.Core.Plan;

/// <summary>The way quantities are written in a plan: a number and its unit.</summary>
public static partial class PlanUnits
{
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    // From the longest to the shortest: a duration names each unit at most once, in this order.
    private static readonly (string[] Names, long Ticks)[] DurationUnits =
    [
        (["d", "day", "days"], TimeSpan.TicksPerDay),
        (["h", "hour", "hours"], TimeSpan.TicksPerHour),
        (["min", "minute", "minutes"], TimeSpan.TicksPerMinute),
        (["s", "sec", "second", "seconds"], TimeSpan.TicksPerSecond),
        (["ms", "millisecond", "milliseconds"], TimeSpan.TicksPerMillisecond),
    ];

    /// <summary>Reads a duration: <c>30 min</c>, <c>2 h 30 min</c>, <c>1.5 h</c>, <c>10 ms</c>. Units: d, h, min, s, ms.</summary>
    public static bool TryParseDuration(string text, out TimeSpan value)
    {
        value = default;
        var match = DurationPattern().Match(text);
        if (!match.Success) return false;
        decimal ticks = 0;
        var next = 0;
        for (var part = 0; part < match.Groups["number"].Captures.Count; part++)
        {
            var name = match.Groups["unit"].Captures[part].Value;
            var unit = Array.FindIndex(DurationUnits, next, item => item.Names.Contains(name, StringComparer.OrdinalIgnoreCase));
            if (unit < 0 || !TryParseNumber(match.Groups["number"].Captures[part].Value, out var number)) return false;
            if (number * DurationUnits[unit].Ticks > long.MaxValue - ticks) return false;
            ticks += number * DurationUnits[unit].Ticks;
            next = unit + 1;
        }

        value = TimeSpan.FromTicks((long)decimal.Round(ticks));
        return true;
    }

    /// <summary>Writes a duration as <see cref="TryParseDuration"/> reads it, e.g. <c>2 h 30 min</c>; exact to the tick. Hours are not folded into days below 48 h.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The duration is negative.</exception>
    public static string FormatDuration(TimeSpan value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
        if (value == TimeSpan.Zero) return "0 s";
        var rest = value.Ticks;
        var text = new StringBuilder();
        foreach (var (names, ticks) in DurationUnits)
        {
            if (names[0] == "d" && rest < 2 * ticks) continue;
            var count = names[0] == "ms" ? (decimal)rest / ticks : rest / ticks;
            if (count == 0) continue;
            if (text.Length > 0) text.Append(' ');
            text.Append(count.ToString("0.####", Invariant)).Append(' ').Append(names[0]);
            rest -= (long)(count * ticks);
        }

        return text.ToString();
    }

    /// <summary>Reads a share in per cent: <c>0.1%</c> is 0.001.</summary>
    public static bool TryParseShare(string text, out double value)
    {
        value = default;
        var match = SharePattern().Match(text);
        if (!match.Success || !TryParseNumber(match.Groups["number"].Value, out var number)) return false;
        value = (double)(number / 100);
        return true;
    }

    /// <summary>Writes a share as <see cref="TryParseShare"/> reads it: 0.001 is <c>0.1%</c>. At most ten decimals.</summary>
    public static string FormatShare(double value) => ((decimal)value * 100).ToString("0.##########", Invariant) + "%";

    /// <summary>Reads a rate: <c>10,000 RPS</c>, <c>10000 requests/s</c>. A comma groups three digits.</summary>
    public static bool TryParseRate(string text, out double value)
    {
        value = default;
        var match = RatePattern().Match(text);
        if (!match.Success || !TryParseNumber(match.Groups["number"].Value, out var number)) return false;
        value = (double)number;
        return true;
    }

    /// <summary>Reads a time of day from 00:00 to 23:59, <c>HH:mm</c>.</summary>
    public static bool TryParseTime(string text, out TimeOnly value) =>
        TimeOnly.TryParseExact(text.Trim(), "HH:mm", Invariant, DateTimeStyles.None, out value);

    /// <summary>Writes a time of day as <see cref="TryParseTime"/> reads it.</summary>
    public static string FormatTime(TimeOnly value) => value.ToString("HH:mm", Invariant);

    private static bool TryParseNumber(string text, out decimal value) =>
        decimal.TryParse(text.Replace(",", "", StringComparison.Ordinal), NumberStyles.AllowDecimalPoint, Invariant, out value);

    [GeneratedRegex(@"^\s*(?:(?<number>\d{1,15}(?:\.\d+)?)\s*(?<unit>[A-Za-z]+)\s*)+$", RegexOptions.CultureInvariant)]
    private static partial Regex DurationPattern();

    [GeneratedRegex(@"^\s*(?<number>\d{1,15}(?:\.\d+)?)\s*%\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex SharePattern();

    [GeneratedRegex(@"^\s*(?<number>(?:\d{1,3}(?:,\d{3})+|\d{1,15})(?:\.\d+)?)\s*(?:RPS|requests?/s|req/s)\s*$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex RatePattern();
}
