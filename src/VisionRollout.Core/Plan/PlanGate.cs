namespace VisionRollout.Core.Plan;

/// <summary>A go/no-go decision: criteria and the people who decide.</summary>
public sealed record PlanGate
{
    /// <summary>Name, e.g. <c>Canary</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Phase that it belongs to.</summary>
    public required string Phase { get; init; }

    /// <summary>Criteria; all must be Go.</summary>
    public required IReadOnlyList<PlanGateCriterion> Criteria { get; init; }

    /// <summary>Roles that decide.</summary>
    public required IReadOnlyList<string> Deciders { get; init; }

    /// <summary>True: every decider must approve (Tech Lead + DevOps Lead). False: one is enough (CTO/VP Engineering).</summary>
    public bool RequireAll { get; init; } = true;

    /// <summary>How long it waits for its deciders.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>What happens at the deadline.</summary>
    public UndecidedAction WhenUndecided { get; init; } = UndecidedAction.Hold;

    /// <summary>Name of the message that tells the deciders that it waits for them; null: nobody is told.</summary>
    public string? Message { get; init; }
}
