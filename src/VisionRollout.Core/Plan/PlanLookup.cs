using VisionRollout.Core.Errors;

namespace VisionRollout.Core.Plan;

/// <summary>Finds named things of a plan, or fails with the nearest name.</summary>
public static class PlanLookup
{
    /// <summary>The environment of that name.</summary>
    /// <exception cref="RolloutException">EnvironmentNotFound.</exception>
    public static PlanEnvironment GetEnvironment(this RolloutPlan plan, string name) =>
        plan.FindEnvironment(name) ?? throw NotFound(plan, "Environment", name, plan.Environments.Select(item => item.Name));

    /// <summary>The service of that name.</summary>
    /// <exception cref="RolloutException">ServiceNotFound.</exception>
    public static PlanService GetService(this RolloutPlan plan, string name) =>
        plan.FindService(name) ?? throw NotFound(plan, "Service", name, plan.Services.Select(item => item.Name));

    /// <summary>The phase of that name.</summary>
    /// <exception cref="RolloutException">PhaseNotFound.</exception>
    public static PlanPhase GetPhase(this RolloutPlan plan, string name) =>
        plan.FindPhase(name) ?? throw NotFound(plan, "Phase", name, plan.Timeline.Select(item => item.Name));

    /// <summary>The gate of that name.</summary>
    /// <exception cref="RolloutException">GateNotFound.</exception>
    public static PlanGate GetGate(this RolloutPlan plan, string name) =>
        plan.FindGate(name) ?? throw NotFound(plan, "Gate", name, plan.Gates.Select(item => item.Name));

    /// <summary>The message of that name.</summary>
    /// <exception cref="RolloutException">MessageNotFound.</exception>
    public static PlanMessage GetMessage(this RolloutPlan plan, string name) =>
        plan.Messages.FirstOrDefault(item => Same(item.Name, name)) ?? throw NotFound(plan, "Message", name, plan.Messages.Select(item => item.Name));

    /// <summary>The checklist of that name.</summary>
    /// <exception cref="RolloutException">ChecklistNotFound.</exception>
    public static PlanChecklist GetChecklist(this RolloutPlan plan, string name) =>
        plan.Checklists.FirstOrDefault(item => Same(item.Name, name)) ?? throw NotFound(plan, "Checklist", name, plan.Checklists.Select(item => item.Name));

    /// <summary>The colour of that name, in the plan's spelling.</summary>
    /// <exception cref="RolloutException">ColourNotFound.</exception>
    public static string GetColour(this RolloutPlan plan, string name) =>
        plan.Colours.Names.FirstOrDefault(item => Same(item, name)) ?? throw NotFound(plan, "Colour", name, plan.Colours.Names);

    /// <summary>The failure for a name that the plan does not have.</summary>
    public static RolloutException NotFound(RolloutPlan plan, string kind, string name, IEnumerable<string> names) =>
        new($"{kind}NotFound", RolloutErrorKind.NotFound, $"The plan '{plan.Path}' has no {char.ToLowerInvariant(kind[0])}{kind[1..]} '{name}'.", NearestName.Suggest(name, [.. names]), name);

    private static bool Same(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}
