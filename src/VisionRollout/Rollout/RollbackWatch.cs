using VisionRollout.Core.Errors;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Traffic;

namespace VisionRollout;

/// <summary>Keeps the forecast of the way back, and holds the rollout when it exceeds what the plan allows.</summary>
internal static class RollbackWatch
{
    /// <summary>The forecast now; it is recorded when it has changed by more than a fifth and ten seconds.</summary>
    /// <exception cref="RolloutException">RollbackTooSlow: the plan's budget would not suffice, or it can't be told.</exception>
    public static async Task<RollbackForecast> RequireAsync(RolloutSession session, CancellationToken token)
    {
        var forecast = await ForecastAsync(session, token);
        var budget = session.Plan.Rollback.Budget;
        if (forecast.Fits(budget)) return forecast;
        throw new RolloutException("RollbackTooSlow", RolloutErrorKind.InvalidState,
            $"The way back would take {(forecast.Total is null ? "a time that is not known" : forecast.ToString())}; the plan allows {budget.TotalMinutes:0.#} min. {Capital(forecast.Reason)}.",
            "Nothing is moved on until the old version could take over in time: bring its pods up, then start the runbook again.", session.Plan.Rollback);
    }

    /// <summary>The forecast now, whatever it is.</summary>
    public static async Task<RollbackForecast> ForecastAsync(RolloutSession session, CancellationToken token)
    {
        var state = await session.StateAsync(token);
        var colour = state.Started.FromColour;
        var workloads = await session.World.Workloads.ListAsync(colour, token);
        var complete = workloads.Count == session.Plan.Services.Count && workloads.All(item => item.Ready >= Math.Max(1, item.Desired));
        var pods = complete ? [] : await session.World.Workloads.ListPodsAsync(colour, token);
        var forecast = RollbackForecast.Compute(session.Plan, colour, workloads, pods, state.SlowestMove);
        if (HasChanged(state.Forecast, forecast)) await session.RecordOrKeepAsync(new RollbackForecasted(forecast.Total?.TotalSeconds, forecast.Reason), token);
        return forecast;
    }

    private static bool HasChanged(RollbackForecasted? last, RollbackForecast now)
    {
        if (last is null || last.Seconds is null != now.Total is null) return true;
        if (last.Seconds is not { } before || now.Total is not { } total) return last.Reason != now.Reason;
        var change = Math.Abs(total.TotalSeconds - before);
        return change > 10 && change > 0.2 * before;
    }

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
