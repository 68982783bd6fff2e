using System.Globalization;
using VisionRollout.Core.Messages;
using VisionRollout.Core.Plan;
using VisionRollout.Core.State;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>The messages that the plan repeats (<c>Every</c>): sent by whoever runs the rollout, whenever it waits.</summary>
internal sealed class RecurringMessages(RolloutSession session)
{
    private readonly IReadOnlyList<PlanMessage> messages = [.. session.Plan.Messages.Where(message => message.Every > TimeSpan.Zero)];
    private readonly Dictionary<string, DateTimeOffset> handled = [];

    /// <summary>Sends what is due. A channel that does not take it is a warning: a message must not end a rollout, and the next one comes soon.</summary>
    /// <returns>When the next one is due; null when the plan repeats none.</returns>
    public async Task<DateTimeOffset?> SendDueAsync(RolloutState state, DateTimeOffset now, IShell shell, CancellationToken token)
    {
        DateTimeOffset? next = null;
        foreach (var message in messages)
        {
            var schedule = new MessageSchedule(session.Plan.Timeline, state.Started.Day, message.Every!.Value);
            if (schedule.Due(now) is { } due && handled.GetValueOrDefault(message.Name) < due)
            {
                handled[message.Name] = due;
                await new MessageDelivery(session) { Occasion = due.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) }.SendAsync(message, shell, token);
            }

            if (schedule.Next(now) is var coming && !(next < coming)) next = coming;
        }

        return next;
    }
}
