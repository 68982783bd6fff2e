using VisionRollout.Core.Errors;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Leases;
using VisionRollout.Core.Plan;
using VisionRollout.Core.State;
using VisionRollout.Database;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Carries out the plan's contingency when a risk becomes real, and ends the rollout on the old version.</summary>
internal sealed class Contingency(RolloutSession session, IShell shell, CancellationToken token)
{
    private static readonly PlanRisk DecisionRisk = new()
    {
        Name = "Decision against the rollout", Probability = "", Impact = "", Mitigation = "", Contingency = "Use previous version",
        Triggers = [OpenNoGo.Decision], Actions = [ContingencyAction.RollBackTraffic],
    };

    /// <summary>What happens to a NoGo that no row of the risk matrix describes while the new version receives traffic: the old version serves.</summary>
    public static PlanRisk Unforeseen { get; } = new()
    {
        Name = "Trouble without a row in the risk matrix", Probability = "", Impact = "", Mitigation = "", Contingency = "Use previous version",
        Triggers = [], Actions = [ContingencyAction.RollBackTraffic],
    };

    /// <summary>The row of the risk matrix that a trigger makes real; null when there is none.</summary>
    public static PlanRisk? Find(RolloutPlan plan, string trigger) =>
        trigger.Length == 0 ? null : plan.Risks.Append(DecisionRisk).FirstOrDefault(risk => risk.Triggers.Contains(trigger, StringComparer.OrdinalIgnoreCase));

    /// <summary>The row of that name, also after a restart; null when the plan has none.</summary>
    public static PlanRisk? FindByName(RolloutPlan plan, string name) => plan.Risks.Append(DecisionRisk).Append(Unforeseen).FirstOrDefault(risk => risk.Name == name);

    /// <summary>Carries the contingency out. Each action can be repeated without harm, so that a crash in between is made good by running it again.</summary>
    /// <returns>True when every action did what it should; then the rollout is recorded as rolled back.</returns>
    public async Task<bool> RunAsync(PlanRisk risk, string trigger, string cause, IReadOnlyList<Finding> findings)
    {
        var began = await session.NowAsync(token);
        await session.RecordOrKeepAsync(new ContingencyStarted(risk.Name, risk.Contingency, trigger, cause), token);
        shell.Warn($"{risk.Name}: {cause} Contingency: {risk.Contingency}.");
        var succeeded = true;
        // Users first: whatever else a contingency does, the old version serves everything before.
        var moved = await RunAsync(risk, ContingencyAction.RollBackTraffic, cause, findings);
        foreach (var action in risk.Actions.Where(action => action != ContingencyAction.RollBackTraffic)) succeeded &= await RunAsync(risk, action, cause, findings);
        // What the others did may be what the old version lacked.
        succeeded &= moved || await RunAsync(risk, ContingencyAction.RollBackTraffic, cause, findings);
        await session.RecordOrKeepAsync(new ContingencyCompleted(risk.Name, succeeded, (await session.NowAsync(token) - began).TotalSeconds), token);
        if (succeeded)
            await session.RecordOrKeepAsync(new RolloutCompleted(RolloutOutcome.RolledBack, $"{risk.Name}: {cause} {risk.Contingency}: done; the old version serves everything."), token);
        await session.HandInAsync(shell, token);
        return succeeded;
    }

    private async Task<bool> RunAsync(PlanRisk risk, ContingencyAction action, string cause, IReadOnlyList<Finding> findings)
    {
        shell.Progress("Contingency", $"{risk.Contingency}: {action}");
        var (succeeded, detail) = await TryAsync(risk, action, cause, findings);
        await session.RecordOrKeepAsync(new ContingencyActionDone(risk.Name, action, succeeded, detail), token);
        if (succeeded) shell.Verbose(detail);
        else shell.Warn($"{action} failed: {detail}");
        return succeeded;
    }

    private async Task<(bool Succeeded, string Detail)> TryAsync(PlanRisk risk, ContingencyAction action, string cause, IReadOnlyList<Finding> findings)
    {
        try
        {
            return action switch
            {
                ContingencyAction.RollBackTraffic => await RollBackTrafficAsync($"{risk.Name}: {cause}"),
                ContingencyAction.UndoMigrations => await UndoMigrationsAsync(),
                ContingencyAction.EnableFallback => await EnableFallbackAsync(findings),
                ContingencyAction.ScaleUp => await ScaleUpAsync(),
                _ => (false, $"{action} is not known"),
            };
        }
        catch (Exception failure) when (failure is not (OperationCanceledException or LeaseLostException or System.Management.Automation.PipelineStoppedException))
        {
            // Whatever it is: the other actions are still carried out.
            return (false, failure.Message);
        }
    }

    private async Task<(bool, string)> RollBackTrafficAsync(string reason)
    {
        var back = await WayBack.UndoAsync(session, reason, withSchema: false, shell, token);
        return (true, $"{string.Join("; ", back.Done)} in {back.Seconds:0.#} s");
    }

    private async Task<(bool, string)> UndoMigrationsAsync()
    {
        var state = await session.StateAsync(token);
        List<string> done = [], failed = [];
        foreach (var service in session.Plan.Services.Reverse().Where(service => MigrationHistory.MayHaveChanged(state, service.Name)))
        {
            try
            {
                var undone = await MigrationUndo.RunAsync(session, service, shell, token);
                if (undone.Versions.Count > 0) done.Add($"{service.Name} back to {(undone.After.Length > 0 ? undone.After : "none")}");
            }
            catch (RolloutException failure)
            {
                failed.Add($"{service.Name}: {failure.Message}");
            }
        }

        return (failed.Count == 0, done.Count + failed.Count == 0 ? "no migration of this rollout stands" : string.Join("; ", done.Concat(failed)));
    }

    private async Task<(bool, string)> EnableFallbackAsync(IReadOnlyList<Finding> findings)
    {
        // Findings name the service as "service" or "service: external system". Without findings every service with a fallback is affected.
        var affected = findings.Where(finding => finding.Verdict == Verdict.NoGo).Select(finding => finding.Subject.Split(':')[0]).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var services = session.Plan.Services.Where(service => service.Fallback is not null && (affected.Count == 0 || affected.Contains(service.Name))).ToList();
        if (services.Count == 0) return (false, "no affected service has a fallback in the plan");
        foreach (var service in services)
        {
            var fallback = service.Fallback!;
            await session.World.Objects.SetConfigurationAsync(fallback.ConfigMap, fallback.Key, fallback.On, token);
            if (await session.World.Objects.ReadConfigurationAsync(fallback.ConfigMap, fallback.Key, token) != fallback.On)
                return (false, $"{fallback.ConfigMap} does not keep {fallback.Key}={fallback.On}");
        }

        return (true, $"fallback on: {string.Join(", ", services.Select(service => $"{service.Name} (it stays on until {service.Fallback!.Key} in ConfigMap {service.Fallback.ConfigMap} is '{service.Fallback.Off}' again)"))}");
    }

    private async Task<(bool, string)> ScaleUpAsync()
    {
        var state = await session.StateAsync(token);
        List<string> done = [];
        foreach (var workload in await session.World.Workloads.ListAsync(state.Started.FromColour, token))
        {
            // The size before is kept on the Deployment, so that a repeated contingency of this rollout does not grow it again.
            const string annotation = "visionrollout/replicas-before-scale-up";
            var mine = state.Started.Id + ":";
            var before = workload.Annotations.TryGetValue(annotation, out var kept) && kept.StartsWith(mine, StringComparison.Ordinal) && int.TryParse(kept[mine.Length..], out var parsed) ? parsed : workload.Desired;
            var wanted = Math.Max(workload.Desired, before + Math.Max(1, before / 2));
            await session.World.Workloads.AnnotateAsync(workload.Deployment, new Dictionary<string, string?> { [annotation] = $"{mine}{before}" }, token);
            await session.World.Workloads.ScaleAsync(workload.Deployment, wanted, token);
            done.Add($"{workload.Deployment} {before} → {wanted}");
        }

        return (done.Count > 0, done.Count > 0 ? $"scaled: {string.Join(", ", done)}" : "no Deployments were found");
    }
}
