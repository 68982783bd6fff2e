using System.Collections;
using System.Globalization;
using System.Management.Automation;
using VisionRollout.Core.Alerts;
using VisionRollout.Core.Errors;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Replays the history of alerts and bounds the share of false ones against the plan's limit, or says how much history it lacks.</summary>
/// <remarks>An alert was real when it fired during an incident that people have recorded (piped in), or when the request counters of that time
/// prove that a limit of the plan was broken: error rate, availability or the 99th percentile of the response time. It was false when the counters
/// are there and show none of that. The bounds are exact (Clopper and Pearson); alerts of which nothing can be told any more count against a Go.
/// The history is that of Prometheus (the series ALERTS); nothing is recorded or changed.</remarks>
/// <example><code>Measure-AlertAccuracy</code><para>Judges the critical alerts of the last 30 days.</para></example>
/// <example><code>Import-Csv ./incidents.csv | Measure-AlertAccuracy -Since 2026-08-01 -Severity critical, warning</code>
/// <para>Takes the incidents' columns From, Until, and if there are Name and Alert.</para></example>
[Cmdlet(VerbsDiagnostic.Measure, "AlertAccuracy")]
[OutputType(typeof(AlertAccuracy))]
public sealed class MeasureAlertAccuracy : SessionCmdlet
{
    private readonly List<AlertIncident> incidents = [];

    /// <summary>A real incident: From and Until (UTC), optionally Name and Alert (the alert that it explains; without, any).</summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject? Incident { get; set; }

    /// <summary>Beginning of the history (UTC). Default: 30 days ago.</summary>
    [Parameter]
    public DateTime? Since { get; set; }

    /// <summary>Severities that count.</summary>
    [Parameter]
    public string[] Severity { get; set; } = ["critical"];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (Incident is null) return;
        RunItem(Incident, (_, _) =>
        {
            incidents.Add(new(Text("Name"), Time("From"), Time("Until"), Text("Alert")));
            return Task.CompletedTask;
        });
    }

    /// <inheritdoc/>
    protected override void EndProcessing() => Run(async (shell, token) =>
    {
        var until = await Current.NowAsync(token);
        var from = Since is { } since ? new DateTimeOffset(DateTime.SpecifyKind(since, DateTimeKind.Utc)) : until - AlertJudge.History;
        if (from >= until) throw new RolloutException("HistoryEmpty", RolloutErrorKind.InvalidInput, $"The history begins at {from:u}, which is not in the past.", "Pass an earlier -Since.", Since);
        var accuracy = await new AlertJudge(Current).MeasureAsync(from, until, [.. Severity.Select(severity => severity.ToLowerInvariant())], incidents,
            (episode, done, all) => shell.Progress("Judging alerts", $"{episode.Name} of {episode.From:u}", done * 100 / all), token);
        shell.Progress("Judging alerts", "", done: true);
        shell.Write(accuracy);
    });

    private object? Value(string name) => Incident!.BaseObject is IDictionary map ? map[name] : Incident.Properties[name]?.Value;

    private string Text(string name) => Value(name) is { } value ? Convert.ToString(value, CultureInfo.InvariantCulture) ?? "" : "";

    private DateTimeOffset Time(string name) => (Value(name) is PSObject wrapped ? wrapped.BaseObject : Value(name)) switch
    {
        DateTimeOffset at => at.ToUniversalTime(),
        DateTime at => new DateTimeOffset(at.Kind == DateTimeKind.Local ? at.ToUniversalTime() : DateTime.SpecifyKind(at, DateTimeKind.Utc)),
        string text when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) => at,
        var other => throw new RolloutException("IncidentInvalid", RolloutErrorKind.InvalidInput, $"The incident's {name} is '{other}', which is no time. It was left out.", "An incident has From and Until, e.g. 2026-11-23T10:00:00Z.", Incident),
    };
}
