using System.Management.Automation;
using VisionRollout.Core.Metrics;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Shows where traffic goes: per colour the configured weight, the observed share of requests, since when and by whom.</summary>
/// <example><code>Get-Traffic</code><para>One row per colour.</para></example>
[Cmdlet(VerbsCommon.Get, "Traffic")]
[OutputType(typeof(TrafficInfo))]
public sealed class GetTraffic : SessionCmdlet
{
    /// <summary>How far back requests are counted.</summary>
    [Parameter]
    public TimeSpan Window { get; set; } = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    protected override void EndProcessing() => Run(async (shell, token) =>
    {
        var session = Current;
        var route = await session.World.Router.ReadForWayBackAsync(token);
        foreach (var part in route.Parts.Where(part => part.Failure is not null)) shell.Warn(part.Failure!.Message);
        var workloads = await session.World.Workloads.ListAsync(null, token);
        var counts = await CountAsync(session, token);
        var total = counts?.Values.Sum();
        foreach (var colour in session.Plan.Colours.Names)
        {
            var requests = counts?.GetValueOrDefault(colour);
            shell.Write(new TrafficInfo
            {
                Environment = session.Environment.Name,
                Route = $"{route.Kind}/{route.Name}",
                Colour = colour,
                IsLive = route.LiveColour == colour,
                Version = string.Join(", ", workloads.Where(item => item.Colour == colour).Select(item => item.Version).Distinct()),
                Weight = route.Weights.GetValueOrDefault(colour),
                ObservedShare = total > 0 ? requests / total : null,
                Requests = requests,
                Window = Window,
                ByRoute = route.Parts.Where(part => part.Failure is null).ToDictionary(part => part.Name, part => part.Weights.GetValueOrDefault(colour)),
                HasHeaderRoute = route.HeaderColour == colour,
                Since = route.ChangedAt,
                By = route.Managers,
            });
        }
    });

    private async Task<Dictionary<string, double>?> CountAsync(RolloutSession session, CancellationToken token)
    {
        if (session.Environment.Endpoints.Prometheus is null) return null;
        var now = await session.NowAsync(token);
        var colours = session.Plan.Services.SelectMany(service => service.Deployments).ToDictionary(pair => pair.Value, pair => pair.Key);
        var earlier = await session.World.Metrics.ReadAsync([.. colours.Keys], now - Window, token);
        var counts = RequestDelta.Between(earlier, await session.World.Metrics.ReadAsync([.. colours.Keys], now, token));
        return colours.GroupBy(pair => pair.Value).ToDictionary(group => group.Key, group => group.Sum(pair => counts.GetValueOrDefault(pair.Key)));
    }
}
