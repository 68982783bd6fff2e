using System.Management.Automation;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Journal;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Tests a colour: pods ready, health checks, database connections, external integrations, metrics arriving, features answering.</summary>
/// <remarks>Everything is asked through the API server, so that it works from anywhere. Metrics of fresh pods take a scrape or two:
/// an Undecided answer, and one that only some pods of a service fail, is asked again until -Timeout. With -PassThru the answer is written whatever it is; without, anything but Go is an error.</remarks>
/// <example><code>Test-Deployment blue</code><para>Fails unless blue is fit for traffic.</para></example>
/// <example><code>(Test-Deployment blue -PassThru).Findings</code><para>Shows every finding.</para></example>
[Cmdlet(VerbsDiagnostic.Test, "Deployment")]
[OutputType(typeof(DeploymentTest))]
public sealed class TestDeployment : SessionCmdlet
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(10);

    /// <summary>Colour. Default: the rollout's new colour, else the idle one.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ColourCompleter))]
    public string? Colour { get; set; }

    /// <summary>How long an answer that may pass is asked again.</summary>
    [Parameter]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Writes the answer even when it is not Go, and does not fail.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private readonly HashSet<string> colours = [];

    /// <inheritdoc/>
    protected override void ProcessRecord() => colours.Add(Colour ?? "");

    /// <inheritdoc/>
    protected override void EndProcessing() => Run(async (shell, token) =>
    {
        foreach (var colour in colours)
            await TestAsync(colour.Length > 0 ? colour : await DefaultColourAsync(token), shell, token);
    });

    private async Task<string> DefaultColourAsync(CancellationToken token) =>
        (await Current.FindStateAsync(token))?.Started.ToColour ?? Current.Plan.Colours.Other((await Current.World.Router.ReadAsync(token)).LiveColour);

    private async Task TestAsync(string colour, IShell shell, CancellationToken token)
    {
        var session = Current;
        var start = await session.NowAsync(token);
        DeploymentTest result;
        for (var now = start; ; now = await session.NowAsync(token))
        {
            var findings = await FindAsync(session, colour, shell, token);
            var against = findings.Where(finding => finding.Verdict != Verdict.Go).Select(finding => $"{finding.Subject}: {finding.Reason}").ToList();
            result = new(colour, Verdicts.All(findings), string.Join("; ", against), findings, now);
            var mayPass = findings.All(finding => finding.Verdict != Verdict.NoGo || SteadyPods.MayPass(finding));
            if (result.Verdict == Verdict.Go || !mayPass || now - start >= Timeout) break;
            await session.WaitUntilAsync(now + Poll, shell, null, token);
        }

        shell.Progress("Testing the deployment", "", done: true);
        await session.RecordAsync(new EvidenceTaken($"Test-Deployment {colour}", result.Verdict, result.Findings), token);
        if (result.Verdict == Verdict.Go || PassThru)
        {
            shell.Write(result);
            return;
        }

        var worst = result.Findings.FirstOrDefault(finding => finding.Verdict == Verdict.NoGo);
        throw new RolloutException("DeploymentUnfit", RolloutErrorKind.Failed, $"{colour} is not fit for traffic: {result.Reason.TrimEnd('.')}.", "Test-Deployment -PassThru shows every finding.", colour)
        {
            Trigger = worst?.Trigger ?? "", Findings = result.Findings,
        };
    }

    private static async Task<IReadOnlyList<Finding>> FindAsync(RolloutSession session, string colour, IShell shell, CancellationToken token)
    {
        shell.Progress("Testing the deployment", $"{colour}: pods");
        List<Finding> findings = [.. await session.Checks.PodsReadyAsync(colour, token)];
        shell.Progress("Testing the deployment", $"{colour}: health");
        var health = await session.Checks.ReadHealthAsync(colour, token);
        findings.AddRange(await session.Checks.HealthAsync(health, token));
        findings.AddRange(await session.Checks.DatabaseConnectionsAsync(health, token));
        findings.AddRange(await session.Checks.ExternalAsync(health, token));
        shell.Progress("Testing the deployment", $"{colour}: metrics and features");
        findings.AddRange(await session.Checks.MetricsAsync(colour, token));
        findings.AddRange(await session.Checks.FeaturesAsync(colour, token));
        return findings;
    }
}
