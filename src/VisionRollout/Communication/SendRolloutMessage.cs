using System.Management.Automation;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Leases;
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

    /// <summary>Day of the rollout (UTC) for {Date}, in a notice that goes out before one was started. Default: the rollout's day, else today.</summary>
    [Parameter]
    public DateTime? Day { get; set; }

    /// <summary>A channel that does not take the message is a warning and no error: in a runbook that must not end because a chat is down.</summary>
    [Parameter]
    public SwitchParameter BestEffort { get; set; }

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
            RunItem(channel.Name, async (shell, token) =>
            {
                try
                {
                    var sent = await new MessageDelivery(Current) { Day = Day, Weight = Weight, Reason = Reason, Occasion = Occasion }.SendAsync(message, channel, token);
                    if (PassThru) shell.Write(sent);
                }
                catch (RolloutException cause) when (BestEffort && cause is not LeaseLostException)
                {
                    shell.Warn($"'{message.Name}' did not reach {channel.Name}: {cause.Message}");
                }
            });
        }
    }
}
