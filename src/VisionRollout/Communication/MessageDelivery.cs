using System.Globalization;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Leases;
using VisionRollout.Core.Messages;
using VisionRollout.Core.Plan;
using VisionRollout.Core.State;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Fills a message of the plan and sends it to a channel, once for each occasion.</summary>
internal sealed class MessageDelivery(RolloutSession session)
{
    /// <summary>Day for {Date} before a rollout was started; null for today.</summary>
    public DateTime? Day { get; init; }

    /// <summary>Weight for {Weight} in per cent; null for that of the running stage.</summary>
    public int? Weight { get; init; }

    /// <summary>Text for {Reason}.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Tells repetitions of the same message apart.</summary>
    public string Occasion { get; init; } = "";

    /// <summary>Sends it, unless the journal shows that it was sent.</summary>
    /// <exception cref="RolloutException">The channel does not take it.</exception>
    public async Task<SentMessage> SendAsync(PlanMessage message, PlanChannel channel, CancellationToken token)
    {
        var state = await session.FindStateAsync(token);
        var now = await session.NowAsync(token);
        var key = Key(message, channel, state, now);
        var text = Fill(message.Text, state, now);
        var sent = state?.Messages.Contains(key) != true;
        if (sent)
        {
            await session.World.Channel(channel).SendAsync(new RolloutMessage(key, channel.Name, Fill(message.Title, state, now), text, message.Status, now), token);
            await session.RecordAsync(new MessageSent(key, message.Name, channel.Name, text), token);
        }

        return new SentMessage(message.Name, channel.Name, text, sent, now);
    }

    /// <summary>Sends it to all its channels. One that does not take it is a warning: a message must not end a rollout.</summary>
    public async Task SendAsync(PlanMessage message, IShell shell, CancellationToken token)
    {
        foreach (var channel in session.Plan.Channels.Where(channel => message.Channels.Contains(channel.Name, StringComparer.OrdinalIgnoreCase)))
        {
            try
            {
                await SendAsync(message, channel, token);
            }
            catch (RolloutException cause) when (cause is not LeaseLostException)
            {
                shell.Warn($"'{message.Name}'{(Occasion.Length > 0 ? $" ({Occasion})" : "")} did not reach {channel.Name}: {cause.Message}");
            }
        }
    }

    // The same message for the same rollout has the same key wherever it is sent from, so that a channel can tell a repetition.
    private string Key(PlanMessage message, PlanChannel channel, RolloutState? state, DateTimeOffset now)
    {
        var rollout = state?.Started.Id ?? (Day ?? now.UtcDateTime).ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        return $"{rollout}/{message.Name}{(Occasion.Length > 0 ? "/" + Occasion : "")}/{channel.Name}";
    }

    private string Fill(string text, RolloutState? state, DateTimeOffset now) => text
        .Replace("{Date}", (state?.Started.Day ?? DateOnly.FromDateTime(Day ?? now.UtcDateTime)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("{Time}", now.UtcDateTime.ToString("HH:mm", CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("{Version}", state?.Started.Version ?? session.Plan.Version ?? "", StringComparison.Ordinal)
        .Replace("{Environment}", session.Environment.Name, StringComparison.Ordinal)
        .Replace("{Weight}", $"{Weight ?? state?.Stage?.Percent ?? 0}%", StringComparison.Ordinal)
        .Replace("{Reason}", Reason, StringComparison.Ordinal);
}
