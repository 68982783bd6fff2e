using VisionRollout.Core.Canary;
using VisionRollout.Core.Journal;

namespace VisionRollout.Core.Report;

/// <summary>A rollout for readers: all that its journal and its plan tell, in the order in which a reader asks.</summary>
public sealed record RolloutReport
{
    /// <summary>Title of the plan.</summary>
    public required string Title { get; init; }

    /// <summary>How it started: versions, colours, environment, plan, and by whom.</summary>
    public required RolloutStarted Started { get; init; }

    /// <summary>When it started (UTC).</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Time of the last record (UTC).</summary>
    public required DateTimeOffset LastAt { get; init; }

    /// <summary>How it ended; null while it runs.</summary>
    public RolloutOutcome? Outcome { get; init; }

    /// <summary>One sentence about the end; empty while it runs.</summary>
    public string Summary { get; init; } = "";

    /// <summary>Where it was run from: user@machine/process, in order of appearance.</summary>
    public IReadOnlyList<string> Writers { get; init; } = [];

    /// <summary>Each time the runbook was started again, and by whom.</summary>
    public IReadOnlyList<ReportEvent> Resumes { get; init; } = [];

    /// <summary>The timeline.</summary>
    public IReadOnlyList<ReportPhase> Phases { get; init; } = [];

    /// <summary>Steps in the order in which they were started.</summary>
    public IReadOnlyList<ReportStep> Steps { get; init; } = [];

    /// <summary>Gates in the plan's order.</summary>
    public IReadOnlyList<ReportGate> Gates { get; init; } = [];

    /// <summary>Success criteria in the plan's order.</summary>
    public IReadOnlyList<ReportCriterion> Criteria { get; init; } = [];

    /// <summary>What an independent probe saw; null when nobody measured.</summary>
    public TrafficMeasured? Traffic { get; init; }

    /// <summary>Moves of traffic.</summary>
    public IReadOnlyList<ReportMove> Moves { get; init; } = [];

    /// <summary>Canary stages.</summary>
    public IReadOnlyList<ReportStage> Stages { get; init; } = [];

    /// <summary>Judgements of the canary, without their findings.</summary>
    public IReadOnlyList<CanarySample> Samples { get; init; } = [];

    /// <summary>What went wrong and what was done about it, in order; empty when all went well.</summary>
    public IReadOnlyList<ReportEvent> Contingency { get; init; } = [];

    /// <summary>Other checks that were made.</summary>
    public IReadOnlyList<EvidenceTaken> Checks { get; init; } = [];

    /// <summary>Checklist items that were confirmed, and by whom.</summary>
    public IReadOnlyList<ReportEvent> Confirmations { get; init; } = [];

    /// <summary>Messages that were sent.</summary>
    public IReadOnlyList<ReportEvent> Messages { get; init; } = [];

    /// <summary>Backups.</summary>
    public IReadOnlyList<BackupTaken> Backups { get; init; } = [];

    /// <summary>Test restores.</summary>
    public IReadOnlyList<BackupVerified> Restores { get; init; } = [];

    /// <summary>Preflights of migrations.</summary>
    public IReadOnlyList<MigrationsPreflighted> Preflights { get; init; } = [];

    /// <summary>Migrations, applied and taken back, in order.</summary>
    public IReadOnlyList<ReportEvent> Migrations { get; init; } = [];

    /// <summary>Deployments.</summary>
    public IReadOnlyList<ServiceDeployed> Deployments { get; init; } = [];

    /// <summary>Limit for the 99th percentile of the response time in ms; null when the plan has none.</summary>
    public double? LatencyLimit { get; init; }

    /// <summary>Limit for the error rate, a share; null when the plan has none.</summary>
    public double? ErrorRateLimit { get; init; }
}
