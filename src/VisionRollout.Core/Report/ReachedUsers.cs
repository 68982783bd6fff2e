using System.Globalization;
using VisionRollout.Core.Canary;
using VisionRollout.Core.Journal;

namespace VisionRollout.Core.Report;

/// <summary>How long users met the new version in the canary, and how many of their requests.</summary>
internal sealed class ReachedUsers
{
    private readonly Dictionary<int, CanarySample> stages = [];
    private DateTimeOffset? begin;
    private DateTimeOffset? stageBegin;

    /// <summary>Takes a record of the journal.</summary>
    public void Add(JournalRecord record)
    {
        if (record.Entry is CanaryStageStarted)
        {
            begin ??= record.At;
            stageBegin = record.At;
        }

        if (record.Entry is CanarySampled { Sample: var sample }) stages[sample.Percent] = sample;
    }

    /// <summary>One sentence; empty when no canary has begun.</summary>
    public string Tell(DateTimeOffset at)
    {
        if (begin is not { } first || stageBegin is not { } stage) return "";
        var (requests, errors, slower) = (stages.Values.Sum(sample => sample.Canary.Requests), stages.Values.Sum(sample => sample.Canary.Errors), stages.Values.LastOrDefault());
        var p99 = slower is { Canary.P99: { } now, Baseline.P99: { } before } ? string.Create(CultureInfo.InvariantCulture, $", P99 {now:0.#} ms against {before:0.#} ms") : "";
        return string.Create(CultureInfo.InvariantCulture, $"That was {Minutes(at - stage)} after this stage had begun and {Minutes(at - first)} after the canary had: the new version had answered {requests:N0} requests of users, of which {errors:N0} failed{p99}.");
    }

    private static string Minutes(TimeSpan span) => span < TimeSpan.FromMinutes(2) ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0} s") : string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:0.#} min");
}
