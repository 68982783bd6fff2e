using VisionRollout.Core.Journal;
using VisionRollout.Core.State;

namespace VisionRollout;

/// <summary>A rollout as Get-Rollout shows it: a view of its journal.</summary>
public sealed record RolloutInfo
{
    /// <summary>Identity of the rollout.</summary>
    public required string Id { get; init; }

    /// <summary>Environment.</summary>
    public required string Environment { get; init; }

    /// <summary>Version that is rolled out.</summary>
    public required string Version { get; init; }

    /// <summary>Prepared (for a later day), Running, Held, Succeeded, RollingBack or Stopping (under way, or interrupted), RolledBack or Stopped.</summary>
    public required string Status { get; init; }

    /// <summary>Phase that runs or ran last; empty before the first.</summary>
    public string Phase { get; init; } = "";

    /// <summary>Step that runs or ran last; empty before the first.</summary>
    public string Step { get; init; } = "";

    /// <summary>Weights after the last confirmed move, e.g. <c>green 95 %, blue 5 %</c>.</summary>
    public string Traffic { get; init; } = "";

    /// <summary>Version that was live at the start.</summary>
    public string FromVersion { get; init; } = "";

    /// <summary>Colour that was live at the start.</summary>
    public string FromColour { get; init; } = "";

    /// <summary>Colour of the new version.</summary>
    public string ToColour { get; init; } = "";

    /// <summary>When it started (UTC).</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>Time of the newest record (UTC).</summary>
    public DateTimeOffset LastAt { get; init; }

    /// <summary>Who started it.</summary>
    public string StartedBy { get; init; } = "";

    /// <summary>How often it was resumed.</summary>
    public int Resumes { get; init; }

    /// <summary>Why it is held, stopped or rolled back; the summary when it has ended.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Until when the old colour is kept (UTC); null before the cutover.</summary>
    public DateTimeOffset? KeepUntil { get; init; }

    /// <summary>How long a way back would take, as forecast last; null when it can't be told, or before the first forecast.</summary>
    public TimeSpan? RollbackForecast { get; init; }

    /// <summary>What the forecast depends on; empty before the first.</summary>
    public string RollbackReason { get; init; } = "";

    /// <summary>Exit code for a runbook: 0 succeeded or running, 3 rolled back, 4 stopped, 5 held, or its rollback or stop not finished.</summary>
    public int ExitCode { get; init; }

    /// <summary>The journal.</summary>
    public required string Journal { get; init; }

    internal static RolloutInfo From(RolloutState state, string journal)
    {
        var failed = state.Phases.FindLast(phase => phase.Status == ActivityStatus.Failed);
        var undone = state.Completed is { Outcome: RolloutOutcome.Succeeded } ? state.RolledBack : null; // taken back after the sign-off
        var stopped = IsAway(state) ? "Stopping" : nameof(RolloutOutcome.Stopped);
        // A stop after the sign-off whose way back has not been recorded: the sign-off no longer stands.
        var status = state.Undo is not null ? "RollingBack" : undone is not null ? nameof(RolloutOutcome.RolledBack) : state is { Stop: not null, Completed.Outcome: RolloutOutcome.Succeeded } ? stopped : state.Completed?.Outcome.ToString() ?? (state.Stop is not null ? stopped : failed is not null ? "Held" : state.IsAhead ? "Prepared" : "Running");
        return new()
        {
            Id = state.Started.Id,
            Environment = state.Started.Environment,
            Version = state.Started.Version,
            Status = status,
            Phase = state.Phases.LastOrDefault()?.Phase ?? "",
            Step = state.Steps.LastOrDefault()?.Step ?? "",
            Traffic = state.Traffic is { } traffic ? Weights(traffic.Weights) : "",
            FromVersion = state.Started.FromVersion,
            FromColour = state.Started.FromColour,
            ToColour = state.Started.ToColour,
            StartedAt = state.StartedAt,
            LastAt = state.LastAt,
            StartedBy = state.Started.StartedBy,
            Resumes = state.Resumes,
            Reason = state.Undo?.Reason ?? undone?.Reason ?? (status is nameof(RolloutOutcome.Stopped) or "Stopping" ? state.Stop?.Reason : null) ?? state.Completed?.Summary ?? state.Stop?.Reason ?? failed?.Error ?? "",
            KeepUntil = state.KeepUntil,
            RollbackForecast = state.Forecast?.Seconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            RollbackReason = state.Forecast?.Reason ?? "",
            ExitCode = status switch { "RolledBack" => 3, "Stopped" => 4, "Held" or "RollingBack" or "Stopping" => 5, _ => 0 },
            Journal = journal,
        };
    }

    // The new version has traffic, as far as the journal tells; a move that is not confirmed may have left it there.
    private static bool IsAway(RolloutState state) =>
        state.NewVersionHadTraffic && (state.Moving is not null || state.Traffic is null || state.Traffic.Weights.GetValueOrDefault(state.Started.ToColour) > 0);

    internal static string Weights(IReadOnlyDictionary<string, double> weights) =>
        string.Join(", ", weights.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key} {pair.Value * 100:0.##} %"));
}
