namespace VisionRollout.Core.Plan;

/// <summary>Everything that is decided before a rollout starts, as read from <c>rollout.psd1</c>.</summary>
public sealed record RolloutPlan
{
    /// <summary>Name of the platform, e.g. <c>vision-to-code</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Title for people.</summary>
    public required string Title { get; init; }

    /// <summary>Version to roll out when <c>Start-Rollout</c> is given none; may be null.</summary>
    public string? Version { get; init; }

    /// <summary>Full path of the file it was read from.</summary>
    public required string Path { get; init; }

    /// <summary>SHA-256 of the file's content, lower-case hexadecimal.</summary>
    public required string Hash { get; init; }

    /// <summary>The two colours.</summary>
    public required PlanColours Colours { get; init; }

    /// <summary>Environments.</summary>
    public required IReadOnlyList<PlanEnvironment> Environments { get; init; }

    /// <summary>Services, in the order in which they are rolled out.</summary>
    public required IReadOnlyList<PlanService> Services { get; init; }

    /// <summary>Rows of the timeline, in order.</summary>
    public required IReadOnlyList<PlanPhase> Timeline { get; init; }

    /// <summary>The canary.</summary>
    public required PlanCanary Canary { get; init; }

    /// <summary>Go/no-go gates.</summary>
    public required IReadOnlyList<PlanGate> Gates { get; init; }

    /// <summary>Success criteria.</summary>
    public required IReadOnlyList<PlanCriterion> SuccessCriteria { get; init; }

    /// <summary>Risk matrix.</summary>
    public required IReadOnlyList<PlanRisk> Risks { get; init; }

    /// <summary>Checklists.</summary>
    public required IReadOnlyList<PlanChecklist> Checklists { get; init; }

    /// <summary>Contacts.</summary>
    public required IReadOnlyList<PlanContact> Contacts { get; init; }

    /// <summary>Channels for messages.</summary>
    public required IReadOnlyList<PlanChannel> Channels { get; init; }

    /// <summary>Status lines and notices.</summary>
    public required IReadOnlyList<PlanMessage> Messages { get; init; }

    /// <summary>The way back and how long it stays open.</summary>
    public required PlanRollback Rollback { get; init; }

    /// <summary>What the request metrics are called.</summary>
    public PlanMetrics Metrics { get; init; } = new();

    /// <summary>Encryption and retention of backups.</summary>
    public PlanBackups Backups { get; init; } = new();

    /// <summary>Alerts that the release itself causes.</summary>
    public IReadOnlyList<PlanSilence> Silences { get; init; } = [];

    /// <summary>Links for people.</summary>
    public IReadOnlyDictionary<string, string> Links { get; init; } = new Dictionary<string, string>();

    /// <summary>Finds an environment by name (case-insensitive); null when there is none.</summary>
    public PlanEnvironment? FindEnvironment(string name) => Environments.FirstOrDefault(item => Same(item.Name, name));

    /// <summary>Finds a service by name (case-insensitive); null when there is none.</summary>
    public PlanService? FindService(string name) => Services.FirstOrDefault(item => Same(item.Name, name));

    /// <summary>Finds a phase by name (case-insensitive); null when there is none.</summary>
    public PlanPhase? FindPhase(string name) => Timeline.FirstOrDefault(item => Same(item.Name, name));

    /// <summary>Finds a gate by name (case-insensitive); null when there is none.</summary>
    public PlanGate? FindGate(string name) => Gates.FirstOrDefault(item => Same(item.Name, name));

    private static bool Same(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}
