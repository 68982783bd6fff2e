using System.Management.Automation;
using VisionRollout.Core.Canary;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Plan;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Compares error rate and response time of two colours over the last minutes, as one answer.</summary>
/// <remarks>The judge of the canary on the counters of the window: Go, NoGo or Undecided with the reason, both error rates and both 99th
/// percentiles with their intervals.</remarks>
/// <example><code>Compare-Deployment green blue</code><para>Compares blue with green over the last five minutes.</para></example>
[Cmdlet(VerbsData.Compare, "Deployment")]
[OutputType(typeof(CanarySample))]
public sealed class CompareDeployment : SessionCmdlet
{
    /// <summary>Colour to compare with. Default: the rollout's old colour, else the live one.</summary>
    [Parameter(Position = 0)]
    [ArgumentCompleter(typeof(ColourCompleter))]
    public string? Baseline { get; set; }

    /// <summary>Colour to judge. Default: the other one.</summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(ColourCompleter))]
    public string? Canary { get; set; }

    /// <summary>How far back to look.</summary>
    [Parameter]
    public TimeSpan Window { get; set; } = TimeSpan.FromMinutes(5);

    /// <inheritdoc/>
    protected override void EndProcessing() => Run(async (shell, token) =>
    {
        var session = Current;
        var route = await session.World.Router.ReadAsync(token);
        var baseline = Colour(Baseline) ?? (await session.FindStateAsync(token))?.Started.FromColour ?? route.LiveColour;
        var canary = Colour(Canary) ?? session.Plan.Colours.Other(baseline);
        if (baseline == canary) throw new RolloutException("ColoursEqual", RolloutErrorKind.InvalidInput, $"{baseline} can't be compared with itself.", "Name two colours.", canary);
        var arms = new[] { canary, baseline }.Select(colour => new CanaryArm(colour, [.. session.Plan.Services.Select(service => service.Deployments[colour])])).ToArray();
        var judge = new CanaryJudge(session.Plan.Canary, (int)Math.Round(route.Weights.GetValueOrDefault(canary) * 100), arms[0], arms[1]);
        var now = await session.NowAsync(token);
        var deployments = arms.SelectMany(arm => arm.Deployments).ToArray();
        judge.Add(await session.World.Metrics.ReadAsync(deployments, now - Window, token));
        shell.Write(judge.Add(await session.World.Metrics.ReadAsync(deployments, now, token)));
    });

    private string? Colour(string? name) => name is null ? null : Current.Plan.GetColour(name);
}
