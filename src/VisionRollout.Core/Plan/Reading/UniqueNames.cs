namespace VisionRollout.Core.Plan.Reading;

/// <summary>Names that must not stand twice.</summary>
internal static class UniqueNames
{
    /// <summary>Checks every kind of name.</summary>
    public static void Check(RolloutPlan plan, PlanLog log)
    {
        Among(log, "environment", Names("Environments", plan.Environments, item => item.Name));
        Among(log, "service", Names("Services", plan.Services, item => item.Name));
        Among(log, "deployment", Deployments(plan));
        Among(log, "phase", Names("Timeline", plan.Timeline, item => item.Name));
        Among(log, "gate", Names("Gates", plan.Gates, item => item.Name));
        Among(log, "success criterion", Names("SuccessCriteria", plan.SuccessCriteria, item => item.Name));
        Among(log, "risk", Names("Risks", plan.Risks, item => item.Name));
        Among(log, "checklist", Names("Checklists", plan.Checklists, item => item.Name));
        Among(log, "contact", Names("Contacts", plan.Contacts, item => item.Role, "Role"));
        Among(log, "channel", Names("Channels", plan.Channels, item => item.Name));
        Among(log, "message", Names("Messages", plan.Messages, item => item.Name));
    }

    private static IEnumerable<(string Path, string Name)> Names<T>(string list, IReadOnlyList<T> items, Func<T, string> name, string key = "Name") =>
        items.Select((item, index) => ($"{list}[{index}].{key}", name(item)));

    private static IEnumerable<(string Path, string Name)> Deployments(RolloutPlan plan) =>
        plan.Services.SelectMany((service, index) =>
            service.Deployments.Select(item => ($"Services[{index}].Deployments.{item.Key}", item.Value)));

    /// <summary>Reports every name that stands among these a second time.</summary>
    public static void Among(PlanLog log, string what, IEnumerable<(string Path, string Name)> names)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (path, name) in names)
        {
            if (name.Length > 0 && !seen.Add(name)) log.Report(path, $"the {what} '{name}' stands in the plan twice.", "Give each its own name.");
        }
    }
}
