using VisionRollout.Core.Alerts;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Statistics;
using VisionRollout.Core.Success;

namespace VisionRollout;

/// <summary>Judges alerts of the past: was there something to alert about?</summary>
internal sealed class AlertJudge(RolloutSession session)
{
    /// <summary>How much history is read where nothing else is said.</summary>
    public static readonly TimeSpan History = TimeSpan.FromDays(30);

    // An alert looks back over some minutes before it fires.
    private static readonly TimeSpan Lead = TimeSpan.FromMinutes(5);

    /// <summary>The plan's limit of false alerts, a share.</summary>
    public static double Limit(RolloutSession session) =>
        session.Plan.SuccessCriteria.FirstOrDefault(criterion => string.Equals(criterion.Metric, "AlertFalsePositives", StringComparison.OrdinalIgnoreCase))?.Limit ?? 0.05;

    /// <summary>Reads the history, judges each alert, and bounds the share of false ones.</summary>
    /// <param name="from">Beginning (UTC).</param>
    /// <param name="until">End (UTC).</param>
    /// <param name="severities">Severities that count, lower case.</param>
    /// <param name="incidents">Times of real incidents that people have recorded.</param>
    /// <param name="onAlert">Told of each alert before it is judged.</param>
    /// <param name="token">Cancels.</param>
    public async Task<AlertAccuracy> MeasureAsync(DateTimeOffset from, DateTimeOffset until, IReadOnlyCollection<string> severities, IReadOnlyList<AlertIncident> incidents, Action<AlertEpisode, int, int> onAlert, CancellationToken token)
    {
        var episodes = (await session.World.AlertHistory.ReadAsync(from, until, token)).Where(episode => severities.Contains(episode.Severity)).ToList();
        var judged = new List<JudgedAlert>(episodes.Count);
        foreach (var episode in episodes)
        {
            onAlert(episode, judged.Count, episodes.Count);
            judged.Add(incidents.FirstOrDefault(incident => incident.Explains(episode)) is { } incident
                ? new(episode, true, $"incident from {incident.From:u} to {incident.Until:u}{(incident.Name.Length > 0 ? $": {incident.Name}" : "")}")
                : await OnMeshAsync(episode, token));
        }

        return AlertAccuracy.Of(judged, from, until, Limit(session), session.Plan.Canary.Alpha);
    }

    private double? LimitOf(string metric) => session.Plan.SuccessCriteria.FirstOrDefault(criterion => string.Equals(criterion.Metric, metric, StringComparison.OrdinalIgnoreCase))?.Limit;

    /// <summary>What users noticed: an alert was real when the counters of that time prove a limit of the plan broken.</summary>
    private async Task<JudgedAlert> OnMeshAsync(AlertEpisode episode, CancellationToken token)
    {
        var mesh = new SuccessWindow();
        var deployments = session.Plan.Services.SelectMany(service => service.Deployments.Values).ToArray();
        try
        {
            mesh.Add(await session.World.Metrics.ReadAsync(deployments, episode.From - Lead, token));
            mesh.Add(await session.World.Metrics.ReadAsync(deployments, episode.Until, token));
        }
        catch (RolloutException cause) when (cause.Kind == RolloutErrorKind.Unavailable)
        {
            return new(episode, null, cause.Message);
        }

        if (mesh.Requests <= 0) return new(episode, null, "no request counters are left of that time");
        var alpha = session.Plan.Canary.Alpha;
        var errors = BinomialInterval.Of(mesh.Requests, Math.Min(mesh.Errors, mesh.Requests), alpha);
        if (errors.Low > LimitOf("ErrorRate")) return new(episode, true, $"{errors.Share:P2} of the requests failed");
        var lost = BinomialInterval.Of(mesh.Requests, Math.Min(mesh.Unavailable, mesh.Requests), alpha);
        if (lost.Low > 1 - LimitOf("Availability")) return new(episode, true, $"{lost.Share:P2} of the requests found nobody");
        var slow = new QuantileSequence(0.99, alpha).On(mesh.Latency);
        if (slow.Low >= LimitOf("LatencyP99")) return new(episode, true, $"P99 was {slow.Estimate:0.#} ms");
        return new(episode, false, $"users noticed nothing: {errors.Share:P3} of {mesh.Requests:0} requests failed, P99 {slow.Estimate:0.#} ms");
    }
}
