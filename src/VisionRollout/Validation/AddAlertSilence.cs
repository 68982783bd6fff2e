using System.Collections;
using System.Globalization;
using System.Management.Automation;
using VisionRollout.Core.Alerts;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Journal;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Silences alerts of the new version for the time of the release.</summary>
/// <remarks>A silence names the alert, the environment's namespace and the new version; a broader one is refused (error id SilenceTooBroad). It never
/// hides a critical alert, because the gates and guards rest on those. It has an end in Alertmanager itself, and it is removed as soon as the
/// rollout ends, however that is: signed off, rolled back or stopped.</remarks>
/// <example><code>Add-AlertSilence @{ alertname = 'PodRestarted'; namespace = 'vision-to-code-production'; deployment = 'core-service-blue' } -Reason 'Blue starts'</code>
/// <para>Silences one alert of one new Deployment until the planned end of the timeline.</para></example>
[Cmdlet(VerbsCommon.Add, "AlertSilence", SupportsShouldProcess = true)]
[OutputType(typeof(AlertSilence))]
public sealed class AddAlertSilence : SessionCmdlet
{
    /// <summary>Labels and values of the alerts: alertname, namespace, and what belongs to the new version alone.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public Hashtable Matcher { get; set; } = [];

    /// <summary>Why.</summary>
    [Parameter(Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string Reason { get; set; } = "";

    /// <summary>For how long, at most 24 hours. Default: until the planned end of the timeline.</summary>
    [Parameter]
    public TimeSpan? For { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        AlertSilence silence = null!;
        Run(async (_, token) => silence = await DescribeAsync(token));
        if (!ShouldProcess(string.Join(", ", silence.Matchers), $"Silence alerts until {silence.Until:u}")) return;
        Run(async (shell, token) =>
        {
            var made = silence with { Id = await Current.World.Silences.AddAsync(silence, token) };
            await Current.RecordAsync(new AlertSilenced(made.Id, string.Join(", ", made.Matchers), made.Until, Reason), token);
            shell.Write(made);
        });
    }

    private async Task<AlertSilence> DescribeAsync(CancellationToken token)
    {
        var state = await Current.StateAsync(token);
        await Current.ThrowIfStoppedAsync(token);
        if (state.Completed is not null)
            throw new RolloutException("RolloutCompleted", RolloutErrorKind.InvalidState, "The rollout has ended: nothing would remove the silence.", "Silence alerts during a rollout only.", state.Started.Id);
        var wanted = Matcher.Cast<DictionaryEntry>().ToDictionary(entry => Convert.ToString(entry.Key, CultureInfo.InvariantCulture)!, entry => Convert.ToString(entry.Value, CultureInfo.InvariantCulture) ?? "", StringComparer.Ordinal);
        var matchers = SilenceScope.Narrow(wanted, Current.Plan, Current.Environment, state.Started.ToColour, state.Started.Version);
        var now = await Current.NowAsync(token);
        var last = Current.Plan.Timeline[^1];
        var planned = new DateTimeOffset(state.Started.Day.ToDateTime(last.Start), TimeSpan.Zero) + last.Duration;
        var until = For is { } span ? now + span : planned > now ? planned : now + TimeSpan.FromHours(1);
        if (until <= now || until - now > SilenceScope.Longest)
            throw new RolloutException("SilenceTooLong", RolloutErrorKind.InvalidInput, $"A silence can't last for {until - now}.", $"Pass a -For above zero and of at most {SilenceScope.Longest.TotalHours:0} hours.", For);
        return new() { Matchers = matchers, From = now, Until = until, CreatedBy = await Current.World.Objects.WhoAmIAsync(token), Comment = $"Rollout {state.Started.Id}: {Reason}" };
    }
}
