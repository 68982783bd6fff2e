using System.Globalization;
using System.Management.Automation;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Messages;
using VisionRollout.Core.Plan;
using VisionRollout.Plan;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Sends one of the plan's messages to its channels, once.</summary>
/// <remarks>Placeholders are filled from the rollout. A message that the journal shows as sent is not sent again; -Occasion tells repetitions of
/// the same message apart (a stage, an hour). A channel that does not answer is a non-terminating error: the others still get the message.</remarks>
/// <example><code>Send-RolloutMessage CanaryStage -Weight 10 -Occasion 10</code><para>Tells the chat that the canary is at 10 %.</para></example>
[Cmdlet(VerbsCommunications.Send, "RolloutMessage", SupportsShouldProcess = true)]
[OutputType(typeof(SentMessage))]
public sealed class SendRolloutMessage : SessionCmdlet
{
    /// <summary>Name of the message in the plan.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(MessageNameCompleter))]
    public string Name { get; set; } = "";

    /// <summary>Weight in per cent for {Weight}. Default: that of the running canary stage.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Percent")]
    public int? Weight { get; set; }

    /// <summary>Text for {Reason}.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string Reason { get; set; } = "";

    /// <summary>Tells repetitions of the same message apart.</summary>
    [Parameter]
    public string Occasion { get; set; } = "";

    /// <summary>Writes what was sent.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        PlanMessage? message = null;
        RunItem(Name, (_, _) =>
        {
            message = Current.Plan.GetMessage(Name);
            return Task.CompletedTask;
        });
        if (message is null) return;
        foreach (var channel in message.Channels.Select(name => Current.Plan.Channels.First(item => item.Name == name)))
        {
            if (!ShouldProcess(channel.Name, $"Send '{message.Name}'")) continue;
            RunItem(channel.Name, (shell, token) => SendAsync(message, channel, shell, token));
        }
    }

    private async Task SendAsync(PlanMessage message, PlanChannel channel, IShell shell, CancellationToken token)
    {
        var state = await Current.FindStateAsync(token);
        var now = await Current.NowAsync(token);
        var key = $"{state?.Started.Id ?? now.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture)}/{message.Name}{(Occasion.Length > 0 ? "/" + Occasion : "")}/{channel.Name}";
        var text = Fill(message.Text, state, now);
        var sent = state?.Messages.Contains(key) != true;
        if (sent)
        {
            await Current.World.Channel(channel).SendAsync(new RolloutMessage(key, channel.Name, Fill(message.Title, state, now), text, message.Status, now), token);
            await Current.RecordAsync(new MessageSent(key, message.Name, channel.Name, text), token);
        }

        if (PassThru) shell.Write(new SentMessage(message.Name, channel.Name, text, sent, now));
    }

    private string Fill(string text, Core.State.RolloutState? state, DateTimeOffset now) => text
        .Replace("{Date}", (state?.Started.Day ?? DateOnly.FromDateTime(now.UtcDateTime)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("{Time}", now.UtcDateTime.ToString("HH:mm", CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("{Version}", state?.Started.Version ?? Current.Plan.Version ?? "", StringComparison.Ordinal)
        .Replace("{Environment}", Current.Environment.Name, StringComparison.Ordinal)
        .Replace("{Weight}", $"{Weight ?? state?.Stage?.Percent ?? 0}%", StringComparison.Ordinal)
        .Replace("{Reason}", Reason, StringComparison.Ordinal);
}
