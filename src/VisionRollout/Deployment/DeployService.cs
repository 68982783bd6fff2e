using System.Globalization;
using System.Management.Automation;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Plan;
using VisionRollout.Core.Workloads;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Brings the new version of each service up in the idle colour, at full size. No traffic is moved.</summary>
/// <remarks>The Deployment is a copy of the live colour's with another name, colour, version and image tag, written by server-side apply; where the
/// plan names the service's Manifests (a file, or a command that prints them: a Helm chart, a kustomization), it is theirs, with the same changes and
/// no fewer pods than the live colour has. Their ConfigMaps are created, never written over; everything else in them is left alone and named.
/// It is looked at first: preStop against the grace period, time for the longest request, readiness, disruption budgets, autoscalers, quota.
/// What stands already is left alone. Watch-Deployment follows the pods.</remarks>
/// <example><code>Get-RolloutService | Deploy-Service | Watch-Deployment</code><para>Deploys every service and waits until all pods are ready.</para></example>
[Cmdlet("Deploy", "Service", SupportsShouldProcess = true)]
[OutputType(typeof(Workload))]
public sealed class DeployService : SessionCmdlet
{
    /// <summary>Services.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    public string[] Service { get; set; } = [];

    /// <summary>Version: the image tag. Default: the rollout's.</summary>
    [Parameter]
    public string? Version { get; set; }

    /// <summary>Colour to deploy. Default: the idle one.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ColourCompleter))]
    public string? Colour { get; set; }

    /// <summary>Deploys although a check says that something is certain to go wrong.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var name in Service)
        {
            if (!ShouldProcess(name, $"Deploy {Version ?? "the rollout's version"} in the idle colour")) continue;
            RunItem(name, (shell, token) => DeployAsync(name, shell, token));
        }
    }

    private async Task DeployAsync(string name, IShell shell, CancellationToken token)
    {
        var session = Current;
        await session.ThrowIfStoppedAsync(token);
        var service = session.Plan.GetService(name);
        var route = await session.World.Router.ReadAsync(token);
        var state = await session.FindStateAsync(token);
        var colour = Colour ?? (state is { Completed: null } ? state.Started.ToColour : session.Plan.Colours.Other(route.LiveColour));
        var version = Version ?? state?.Started.Version ?? throw new RolloutException("VersionMissing", RolloutErrorKind.InvalidInput, "No version was given and no rollout is under way.", "Pass -Version.");
        if (route.Weights.GetValueOrDefault(colour) > 0)
        {
            var present = await session.World.Workloads.FindAsync(service, colour, token);
            if (present?.Version != version)
            {
                throw new RolloutException("ColourServes", RolloutErrorKind.InvalidState, $"{colour} serves {route.Weights[colour]:P0} of the traffic: {version} is not deployed over it.",
                    "Deploy to the idle colour, or move the traffic away first.", name) { Trigger = "deployment" };
            }
        }

        await RequireUnkeptAsync(session, service, colour, version, shell, token);
        shell.Progress("Deploying", $"{name} {version} in {colour}");
        await InspectAsync(session, service, colour, version, shell, token);
        var (workload, changed) = await session.World.Workloads.DeployAsync(service, session.Plan.Colours.Other(colour), colour, version, token);
        await session.RecordAsync(new ServiceDeployed(service.Name, colour, workload.Deployment, version, changed), token);
        shell.Write(workload);
    }

    /// <summary>A version that is kept for the way back of the last rollout is not deployed over before its time.</summary>
    private async Task RequireUnkeptAsync(RolloutSession session, PlanService service, string colour, string version, IShell shell, CancellationToken token)
    {
        if (await session.World.Workloads.FindAsync(service, colour, token) is not { } present || present.Version == version) return;
        if (!present.Annotations.TryGetValue(ProtectEnvironment.Annotation, out var text) || !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var until)) return;
        if (until <= await session.NowAsync(token)) return;
        var what = $"Deployment '{present.Deployment}' ({present.Version}) is kept for the way back until {until.UtcDateTime:u}";
        if (!Force)
            throw new RolloutException("ColourKept", RolloutErrorKind.InvalidState, $"{what}: {version} is not deployed over it.", "Wait until then, or give that way back up with -Force.", service.Name);
        shell.Warn($"{what}; it is deployed over all the same (-Force).");
    }

    /// <summary>What is certain to go wrong is not deployed; what a person should know is said.</summary>
    private async Task InspectAsync(RolloutSession session, PlanService service, string colour, string version, IShell shell, CancellationToken token)
    {
        var findings = await session.World.Workloads.InspectAsync(service, session.Plan.Colours.Other(colour), colour, version, await session.NowAsync(token), token);
        foreach (var finding in findings.Where(finding => finding.Verdict == Verdict.Undecided)) shell.Warn($"{finding.Subject}: {finding.Reason}.");
        var bad = findings.Where(finding => finding.Verdict == Verdict.NoGo).ToList();
        if (bad.Count == 0) return;
        if (Force)
        {
            foreach (var finding in bad) shell.Warn($"{finding.Subject}: {finding.Reason}. It is deployed all the same (-Force).");
            return;
        }

        throw new RolloutException("DeploymentUnfit", RolloutErrorKind.InvalidState, $"{version} of {service.Name} is not deployed: {string.Join("; ", bad.Select(finding => finding.Reason))}.",
            "Each finding names its fix. -Force deploys all the same.", service.Name) { Trigger = "deployment", Findings = findings };
    }

    /// <inheritdoc/>
    protected override void EndProcessing() => WriteProgress(new ProgressRecord(ShellPump.ProgressId("Deploying"), "Deploying", " ") { RecordType = ProgressRecordType.Completed });
}
