using System.Collections;
using System.Globalization;
using System.Management.Automation;
using VisionRollout.Core.Alerts;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Leases;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Silences alerts of the new version for the time of the release.</summary>
/// <remarks>A silence names the alert, the environment's namespace and the new version; a broader one is refused (error id SilenceTooBroad). It never
/// hides a critical alert, because the gates and guards rest on those. It has an end in Alertmanager itself, and it is removed as soon as the
/// rollout ends, however that is: signed off, rolled back or stopped. One that holds already is not made twice. An Alertmanager that can't be reached or
/// refuses is a warning for the silences of the plan: alerts that are heard are no reason to hold a rollout.</remarks>
/// <example><code>Add-AlertSilence @{ alertname = 'PodRestarted'; namespace = 'vision-to-code-production'; deployment = 'core-service-blue' } -Reason 'Blue starts'</code>
/// <para>Silences one alert of one new Deployment until the planned end of the timeline.</para></example>
/// <example><code>Add-AlertSilence -Planned</code><para>Makes the silences that the plan names.</para></example>
[Cmdlet(VerbsCommon.Add, "AlertSilence", DefaultParameterSetName = "Matcher", SupportsShouldProcess = true)]
[OutputType(typeof(AlertSilence))]
public sealed class AddAlertSilence : SessionCmdlet
{
    /// <summary>Labels and values of the alerts: alertname, namespace, and what belongs to the new version alone.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Matcher")]
    public Hashtable Matcher { get; set; } = [];

    /// <summary>Why.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Matcher")]
    [ValidateNotNullOrEmpty]
    public string Reason { get; set; } = "";

    /// <summary>For how long, at most 24 hours. Default: until the planned end of the timeline.</summary>
    [Parameter(ParameterSetName = "Matcher")]
    public TimeSpan? For { get; set; }

    /// <summary>Makes the silences that the plan names; none where it names none.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Planned")]
    public SwitchParameter Planned { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        IReadOnlyList<AlertSilence> silences = [];
        Run(async (shell, token) => silences = await DescribeAsync(shell, token));
        foreach (var silence in silences)
        {
            if (!ShouldProcess(string.Join(", ", silence.Matchers), $"Silence alerts until {silence.Until:u}")) continue;
            Run(async (shell, token) =>
            {
                AlertSilence made;
                try
                {
                    // One whose record a crash has prevented is found again.
                    made = await Current.World.Silences.FindAsync(silence, token) ?? silence with { Id = await Current.World.Silences.AddAsync(silence, token) };
                }
                catch (RolloutException cause) when (Planned && cause is not (LeaseLostException or RolloutStoppedException))
                {
                    shell.Warn($"{string.Join(", ", silence.Matchers)} is not silenced: {cause.Message}");
                    return;
                }

                if (!(await Current.StateAsync(token)).Silences.ContainsKey(made.Id))
                    await Current.RecordAsync(new AlertSilenced(made.Id, string.Join(", ", made.Matchers), made.Until, made.Comment[(made.Comment.IndexOf(": ", StringComparison.Ordinal) + 2)..]), token);
                shell.Write(made);
            });
        }
    }

    private async Task<IReadOnlyList<AlertSilence>> DescribeAsync(IShell shell, CancellationToken token)
    {
        var state = await Current.StateAsync(token);
        await Current.ThrowIfStoppedAsync(token);
        if (state.Completed is not null)
            throw new RolloutException("RolloutCompleted", RolloutErrorKind.InvalidState, "The rollout has ended: nothing would remove the silence.", "Silence alerts during a rollout only.", state.Started.Id);
        var (plan, environment, colour, version) = (Current.Plan, Current.Environment, state.Started.ToColour, state.Started.Version);
        if (Planned && plan.Silences.Count == 0) return [];
        if (Planned && environment.Endpoints.Alertmanager is null)
        {
            shell.Warn($"The plan names alerts to silence, but '{environment.Name}' has no Alertmanager.");
            return [];
        }

        var now = await Current.NowAsync(token);
        var who = await Current.World.Objects.WhoAmIAsync(token);
        AlertSilence Describe(IReadOnlyDictionary<string, string> wanted, DateTimeOffset until, string reason) =>
            new() { Matchers = SilenceScope.Narrow(wanted, plan, environment, colour, version), From = now, Until = until, CreatedBy = who, Comment = $"Rollout {state.Started.Id}: {reason}" };
        if (Planned)
            return [.. plan.Silences.SelectMany(silence => SilenceScope.Covered(silence, plan, environment, colour, version).Select(wanted => Describe(wanted, now + silence.For, silence.Reason)))];
        var last = plan.Timeline[^1];
        var planned = new DateTimeOffset(state.Started.Day.ToDateTime(last.Start), TimeSpan.Zero) + last.Duration;
        var until = For is { } span ? now + span : planned > now ? planned : now + TimeSpan.FromHours(1);
        if (until <= now || until - now > SilenceScope.Longest)
            throw new RolloutException("SilenceTooLong", RolloutErrorKind.InvalidInput, $"A silence can't last for {until - now}.", $"Pass a -For above zero and of at most {SilenceScope.Longest.TotalHours:0} hours.", For);
        var given = Matcher.Cast<DictionaryEntry>().ToDictionary(entry => Convert.ToString(entry.Key, CultureInfo.InvariantCulture)!, entry => Convert.ToString(entry.Value, CultureInfo.InvariantCulture) ?? "", StringComparer.Ordinal);
        return [Describe(given, until, Reason)];
    }
}
