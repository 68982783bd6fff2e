using System.Management.Automation;
using System.Text.Json.Nodes;
using VisionRollout.Adapters.Rehearsal;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Plans a fault in a rehearsal cluster.</summary>
/// <remarks>An unknown name is answered with the list of those that the cluster knows; among them are migration-failure, service-communication,
/// performance-degradation, external-service and resource-exhaustion, one for each row of the risk matrix.</remarks>
/// <example><code>Add-RehearsalFault latency -TargetVersion v1.1.0 -Magnitude 80 -After 2:40:00</code><para>Makes v1.1.0 slower by 80 ms from 2 h 40 min on.</para></example>
[Cmdlet(VerbsCommon.Add, "RehearsalFault", SupportsShouldProcess = true)]
[OutputType(typeof(RehearsalFault))]
public sealed class AddRehearsalFault : RehearsalControlCmdlet
{
    /// <summary>Name of the fault.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public string Name { get; set; } = "";

    /// <summary>When it begins, from now on the cluster's clock.</summary>
    [Parameter]
    public TimeSpan After { get; set; }

    /// <summary>How long it lasts. Default: to the end.</summary>
    [Parameter]
    public TimeSpan? For { get; set; }

    /// <summary>Service that it hits. Default: all.</summary>
    [Parameter]
    public string? TargetService { get; set; }

    /// <summary>Colour that it hits. Default: all.</summary>
    [Parameter]
    public string? TargetColour { get; set; }

    /// <summary>Version that it hits. Default: all.</summary>
    [Parameter]
    public string? TargetVersion { get; set; }

    /// <summary>Pod that it hits. Default: all.</summary>
    [Parameter]
    public string? TargetPod { get; set; }

    /// <summary>Strength in the fault's unit (milliseconds, a share, seconds). Default: the fault's own.</summary>
    [Parameter]
    public double? Magnitude { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (!ShouldProcess(Name, "Plan a fault in the rehearsal cluster")) return;
        RunItem(Name, async (shell, token) =>
        {
            using var control = Open();
            shell.Write(await control.AddFaultAsync(Describe(), token));
        });
    }

    private JsonObject Describe()
    {
        var fault = new JsonObject { ["name"] = Name };
        if (After > TimeSpan.Zero) fault["afterSeconds"] = After.TotalSeconds;
        if (For is { } span) fault["forSeconds"] = span.TotalSeconds;
        if (Magnitude is { } magnitude) fault["magnitude"] = magnitude;
        var target = new JsonObject();
        foreach (var (key, value) in new[] { ("service", TargetService), ("colour", TargetColour), ("version", TargetVersion), ("pod", TargetPod) })
            if (value is not null) target[key] = value;
        if (target.Count > 0) fault["target"] = target;
        return fault;
    }
}
