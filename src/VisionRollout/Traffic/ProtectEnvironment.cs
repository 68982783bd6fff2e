using System.Globalization;
using System.Management.Automation;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Journal;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Keeps a colour for the way back: annotates each of its Deployments with keep-until.</summary>
/// <remarks>The time is RFC 3339 in UTC, as <c>kubectl annotate deployment -l deployment-color=green keep-until=…</c> would write it.</remarks>
/// <example><code>Protect-Environment green -For 1.00:00:00</code><para>Keeps green for 24 hours.</para></example>
[Cmdlet(VerbsSecurity.Protect, "Environment", SupportsShouldProcess = true)]
[OutputType(typeof(EnvironmentProtected))]
public sealed class ProtectEnvironment : SessionCmdlet
{
    /// <summary>Annotation that holds the time.</summary>
    internal const string Annotation = "keep-until";

    /// <summary>Colour to keep. Default: the rollout's old colour.</summary>
    [Parameter(Position = 0)]
    [ArgumentCompleter(typeof(ColourCompleter))]
    public string? Colour { get; set; }

    /// <summary>How long, as days.hours:minutes:seconds: 24:00:00 would be 24 days. Default: the plan's retention.</summary>
    [Parameter]
    public TimeSpan? For { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var session = Current;
        var colour = Colour ?? "";
        Run(async (_, token) => colour = Colour ?? (await session.StateAsync(token)).Started.FromColour);
        var span = For ?? session.Plan.Rollback.Retention;
        if (!ShouldProcess($"{colour} in {session.Environment.Namespace}", $"Keep for {span.TotalHours:0.##} h")) return;
        Run(async (shell, token) =>
        {
            // The second is the annotation's resolution; rounding up keeps the promise.
            var until = await session.NowAsync(token) + span;
            until = new DateTimeOffset(until.UtcDateTime.AddTicks(TimeSpan.TicksPerSecond - 1), TimeSpan.Zero);
            var text = until.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            var workloads = await session.World.Workloads.ListAsync(colour, token);
            if (workloads.Count == 0)
                throw new RolloutException("ColourEmpty", RolloutErrorKind.NotFound, $"There are no Deployments of {colour} in '{session.Environment.Namespace}'.", "Get-Traffic shows which colours exist.", colour);
            foreach (var workload in workloads)
                await session.World.Workloads.AnnotateAsync(workload.Deployment, new Dictionary<string, string?> { [Annotation] = text }, token);
            var seen = await session.World.Workloads.ListAsync(colour, token);
            if (seen.FirstOrDefault(item => item.Annotations.GetValueOrDefault(Annotation) != text) is { } unkept)
                throw new RolloutException("ProtectFailed", RolloutErrorKind.Failed, $"Deployment '{unkept.Deployment}' does not carry {Annotation}={text}.", "Look for another writer of its annotations, then run the step again.", unkept.Deployment);
            var entry = new EnvironmentProtected(colour, DateTimeOffset.Parse(text, CultureInfo.InvariantCulture), [.. seen.Select(item => item.Deployment)]);
            await session.RecordAsync(entry, token);
            shell.Write(entry);
        });
    }
}
