using System.Globalization;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Statistics;

namespace VisionRollout.Core.Alerts;

/// <summary>How many alerts of the past were false, with exact bounds of their share.</summary>
public sealed record AlertAccuracy
{
    /// <summary>Beginning of the history (UTC).</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>Its end (UTC).</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>Alerts that fired.</summary>
    public required int Alerts { get; init; }

    /// <summary>Those that were false.</summary>
    public required int FalsePositives { get; init; }

    /// <summary>Those of which it can't be told any more.</summary>
    public required int Unknown { get; init; }

    /// <summary>Share of false ones among those that could be judged, 0 to 1; null without any.</summary>
    public required double? Share { get; init; }

    /// <summary>Lower bound of the share; the unknown ones count as real.</summary>
    public required double Low { get; init; }

    /// <summary>Upper bound of the share; the unknown ones count as false.</summary>
    public required double High { get; init; }

    /// <summary>The limit.</summary>
    public required double Limit { get; init; }

    /// <summary>Go: the upper bound lies below the limit. NoGo: the lower bound does not. Else Undecided.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>One sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>How many more alerts, all of them real, it takes to show that the share lies below the limit; 0 when decided.</summary>
    public required long AlertsMissing { get; init; }

    /// <summary>About how much more history that is, at the rate at which alerts fired; null when that can't be told.</summary>
    public required TimeSpan? HistoryMissing { get; init; }

    /// <summary>Every alert with its judgement.</summary>
    public IReadOnlyList<JudgedAlert> Judged { get; init => field = IndexedList.Of(value); } = [];

    /// <summary>Bounds the share of false alerts.</summary>
    /// <param name="judged">The alerts.</param>
    /// <param name="from">Beginning of the history (UTC).</param>
    /// <param name="until">Its end (UTC).</param>
    /// <param name="limit">Highest tolerated share, 0 to 1 exclusive.</param>
    /// <param name="alpha">Error probability of each bound, 0 to 1 exclusive.</param>
    public static AlertAccuracy Of(IReadOnlyList<JudgedAlert> judged, DateTimeOffset from, DateTimeOffset until, double limit, double alpha)
    {
        ArgumentNullException.ThrowIfNull(judged);
        var (wrong, unknown) = (judged.Count(alert => alert.WasReal == false), judged.Count(alert => alert.WasReal is null));
        var high = BinomialInterval.Of(judged.Count, wrong + unknown, alpha).High;
        var low = BinomialInterval.Of(judged.Count, wrong, alpha).Low;
        var verdict = judged.Count == 0 ? Verdict.Undecided : high < limit ? Verdict.Go : low >= limit ? Verdict.NoGo : Verdict.Undecided;
        var missing = verdict == Verdict.Undecided ? BinomialInterval.TrialsToStayBelow(wrong + unknown, limit, alpha) - judged.Count : 0;
        var accuracy = new AlertAccuracy
        {
            From = from, Until = until, Alerts = judged.Count, FalsePositives = wrong, Unknown = unknown,
            Share = judged.Count > unknown ? (double)wrong / (judged.Count - unknown) : null,
            Low = low, High = high, Limit = limit, Verdict = verdict, Reason = "", AlertsMissing = missing,
            HistoryMissing = verdict != Verdict.Undecided ? TimeSpan.Zero : judged.Count == 0 ? null : (until - from) * ((double)missing / judged.Count),
            Judged = judged,
        };
        return accuracy with { Reason = accuracy.Explain() };
    }

    private string Explain()
    {
        var found = string.Create(CultureInfo.InvariantCulture, $"{FalsePositives} of {Alerts} alerts in {(Until - From).TotalDays:0.#} days were false{(Unknown > 0 ? $", of {Unknown} it can't be told" : "")}");
        if (Verdict != Verdict.Undecided) return string.Create(CultureInfo.InvariantCulture, $"{found}: the share lies between {Low:P1} and {High:P1}");
        var time = HistoryMissing is { } more ? string.Create(CultureInfo.InvariantCulture, $", about {more.TotalDays:0} days of history at this rate") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{found}: that does not show whether the share lies below {Limit:P0}; {AlertsMissing} more alerts without a false one would{time}");
    }
}
