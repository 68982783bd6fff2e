using System.Collections;
using System.Globalization;
using System.Management.Automation;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Statistics;

namespace VisionRollout;

/// <summary>One row of a recorded canary: its stage and what both arms counted in that interval.</summary>
internal readonly record struct RecordedInterval(string Stage, RateCounts Counts)
{
    private const string Remedy = "A row has Stage, CanaryRequests, CanaryErrors, BaselineRequests and BaselineErrors, the counts of that interval (not running totals).";

    /// <summary>Reads a row from an object's properties or a dictionary's keys.</summary>
    /// <param name="row">Object from the pipeline.</param>
    /// <param name="number">Its number, from 1.</param>
    /// <exception cref="RolloutException">The row is not usable.</exception>
    public static RecordedInterval Read(PSObject row, long number)
    {
        // One look at the object's properties for all five: there may be a million rows.
        var values = new Row(row.BaseObject as IDictionary, row.BaseObject is IDictionary ? null : row.Properties);
        var stage = values[nameof(Stage)] is { } value ? Convert.ToString(value, CultureInfo.InvariantCulture) : null;
        if (string.IsNullOrWhiteSpace(stage)) throw Bad(number, "Stage is missing", row);
        var counts = new RateCounts(
            Count(values, row, nameof(RateCounts.CanaryRequests), number), Count(values, row, nameof(RateCounts.CanaryErrors), number),
            Count(values, row, nameof(RateCounts.BaselineRequests), number), Count(values, row, nameof(RateCounts.BaselineErrors), number));
        if (counts.CanaryErrors > counts.CanaryRequests) throw Bad(number, $"CanaryErrors ({Text(counts.CanaryErrors)}) exceed CanaryRequests ({Text(counts.CanaryRequests)})", row);
        if (counts.BaselineErrors > counts.BaselineRequests) throw Bad(number, $"BaselineErrors ({Text(counts.BaselineErrors)}) exceed BaselineRequests ({Text(counts.BaselineRequests)})", row);
        return new RecordedInterval(stage, counts);
    }

    private static double Count(Row values, PSObject row, string name, long number)
    {
        var value = values[name];
        var count = value switch
        {
            null or "" => throw Bad(number, $"{name} is missing", row),
            string text => Parse(text),
            double real => real,
            int whole => whole,
            long whole => whole,
            IConvertible other and not (bool or DateTime or char) => Parse(other.ToString(CultureInfo.InvariantCulture)),
            _ => double.NaN,
        };
        return double.IsFinite(count) && count >= 0 ? count : throw Bad(number, $"{name} is '{value}', not a number of at least 0", row);
    }

    private static double Parse(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : double.NaN;

    private static string Text(double count) => count.ToString("0.##", CultureInfo.InvariantCulture);

    private static RolloutException Bad(long number, string what, PSObject row) =>
        new("RecordedIntervalInvalid", RolloutErrorKind.InvalidInput, $"Row {number.ToString(CultureInfo.InvariantCulture)}: {what}. It was left out.", Remedy, row);

    private readonly record struct Row(IDictionary? Map, PSMemberInfoCollection<PSPropertyInfo>? Properties)
    {
        public object? this[string name]
        {
            get
            {
                var value = Map is not null ? Map[name] : Properties?[name]?.Value;
                return value is PSObject wrapped ? wrapped.BaseObject : value;
            }
        }
    }
}
