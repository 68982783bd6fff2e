using System.Text.RegularExpressions;

namespace VisionRollout.Core.Plan.Reading;

/// <summary>Gates and checklists name what exists: phases, roles with a contact, checklists.</summary>
internal static partial class DecisionRules
{
    /// <summary>Name of the checklist behind <see cref="GateCriteria.BusinessApproval"/>.</summary>
    public const string ApprovalChecklist = "Business approval";

    /// <summary>Checks gates and checklists.</summary>
    public static void Check(RolloutPlan plan, PlanLog log)
    {
        var phases = plan.Timeline.Select(phase => phase.Name).Where(name => name.Length > 0).ToArray();
        for (var index = 0; index < plan.Gates.Count; index++) CheckGate(plan, phases, index, log);
        for (var index = 0; index < plan.Checklists.Count; index++) CheckDue(plan.Checklists[index], phases, $"Checklists[{index}].When", log);
    }

    private static void CheckGate(RolloutPlan plan, string[] phases, int index, PlanLog log)
    {
        var (gate, path) = (plan.Gates[index], $"Gates[{index}]");
        if (log.IsSound($"{path}.Phase") && phases.Length > 0 && plan.FindPhase(gate.Phase) is null)
            log.Report($"{path}.Phase", $"the timeline has no phase '{gate.Phase}'.", NearestName.Suggest(gate.Phase, phases));
        CheckDeciders(plan, gate, $"{path}.Deciders", log);
        CheckCriteria(plan, gate, $"{path}.Criteria", log);
        var messages = plan.Messages.Select(message => message.Name).Where(name => name.Length > 0).ToArray();
        if (gate.Message is { Length: > 0 } message && messages.Length > 0 && !messages.Contains(message, StringComparer.OrdinalIgnoreCase))
            log.Report($"{path}.Message", $"there is no message '{message}'.", NearestName.Suggest(message, messages));
    }

    private static void CheckDeciders(RolloutPlan plan, PlanGate gate, string path, PlanLog log)
    {
        var roles = plan.Contacts.Select(contact => contact.Role).Where(role => role.Length > 0).ToArray();
        for (var index = 0; index < gate.Deciders.Count; index++)
        {
            var (decider, place) = (gate.Deciders[index], $"{path}[{index}]");
            if (!log.IsSound(place) || roles.Length == 0) continue;
            if (gate.Deciders.Take(index).Contains(decider, StringComparer.OrdinalIgnoreCase))
                log.Report(place, $"'{decider}' stands among the deciders twice.", "Name each decider once.");
            else if (!roles.Contains(decider, StringComparer.OrdinalIgnoreCase))
                log.Report(place, $"the decider '{decider}' has no contact.", $"{NearestName.Suggest(decider, roles)} Or add a contact with that role.".TrimStart());
            else if (!plan.Contacts.Any(contact => contact.Identity is not null && string.Equals(contact.Role, decider, StringComparison.OrdinalIgnoreCase)))
                log.Report(place, $"the contact of the decider '{decider}' has no Identity, so nobody could approve in that role.", "Add Identity to the contact: the user name in the cluster, or 'group:NAME'.");
        }
    }

    private static void CheckCriteria(RolloutPlan plan, PlanGate gate, string path, PlanLog log)
    {
        for (var index = 0; index < gate.Criteria.Count; index++)
        {
            var (name, place) = (gate.Criteria[index].Name, $"{path}[{index}]");
            if (!log.IsSound(place)) continue;
            if (gate.Criteria.Take(index).Any(item => item.Name == name))
                log.Report(place, $"the criterion '{name}' stands here twice.", "Keep one of them.");
            else if (name == GateCriteria.BusinessApproval && log.IsSound("Checklists") && !HasApproval(plan))
                log.Report(place, $"the criterion '{name}' needs a checklist named '{ApprovalChecklist}', and there is none.", $"Add a checklist named '{ApprovalChecklist}'.");
        }
    }

    private static bool HasApproval(RolloutPlan plan) =>
        plan.Checklists.Any(list => string.Equals(list.Name, ApprovalChecklist, StringComparison.OrdinalIgnoreCase));

    private static void CheckDue(PlanChecklist checklist, string[] phases, string path, PlanLog log)
    {
        if (!log.IsSound(path) || phases.Length == 0) return;
        if (RelativeTime().IsMatch(checklist.When) || phases.Contains(checklist.When, StringComparer.OrdinalIgnoreCase)) return;
        var nearest = NearestName.Find(checklist.When, phases);
        log.Report(path, $"'{checklist.When}' is no time relative to the rollout.",
            $"{(nearest is null ? "" : $"Did you mean '{nearest}'? ")}Write 'T-7 days', the name of a phase, 'Day 1' or 'Week 1'.");
    }

    [GeneratedRegex(@"^(?:T-\d+ ?(?:days?|h)|Day \d+|Week \d+)$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex RelativeTime();
}
