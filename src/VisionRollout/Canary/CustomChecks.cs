using System.Collections;
using System.Management.Automation;
using VisionRollout.Core.Evidence;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Checks of the runbook's own: script blocks that answer with a verdict.</summary>
internal sealed class CustomChecks(IDictionary? checks, RolloutSession session, IShell shell)
{
    /// <summary>Runs every check. What it gives last counts: a finding, a verdict (or its name), true or false, or an object with Verdict and if
    /// there are Reason and Trigger. One that gives none of these, or fails, is Undecided.</summary>
    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken token)
    {
        if (checks is null) return [];
        var findings = new List<Finding>();
        foreach (DictionaryEntry check in checks)
        {
            var name = $"{check.Key}";
            var now = await session.NowAsync(token);
            try
            {
                findings.Add(await shell.CallAsync(() => Read(name, Invoke(check.Value), now), token));
            }
            catch (RuntimeException cause)
            {
                findings.Add(Of(name, Verdict.Undecided, $"the check failed: {cause.Message}", now));
            }
        }

        return findings;
    }

    private static PSObject? Invoke(object? block) =>
        ((block is PSObject wrapped ? wrapped.BaseObject : block) as ScriptBlock ?? throw new RuntimeException("it is no script block")).Invoke().LastOrDefault();

    private static Finding Read(string name, PSObject? answer, DateTimeOffset now)
    {
        if (answer?.BaseObject is Finding finding) return finding;
        if (VerdictOf(answer?.BaseObject) is { } plain) return Of(name, plain, plain == Verdict.Go ? "the check passed" : "the check did not pass", now);
        object? Value(string key) => answer?.BaseObject is IDictionary map ? map[key] : answer?.Properties[key]?.Value;
        return VerdictOf(Value("Verdict")) is { } verdict
            ? Of(name, verdict, $"{Value("Reason")}", now) with { Trigger = $"{Value("Trigger")}" is { Length: > 0 } trigger ? trigger : "health" }
            : Of(name, Verdict.Undecided, "the check gave no verdict (Go, NoGo, Undecided, $true or $false)", now);
    }

    private static Verdict? VerdictOf(object? value) => (value is PSObject wrapped ? wrapped.BaseObject : value) switch
    {
        Verdict verdict => verdict,
        bool passed => passed ? Verdict.Go : Verdict.NoGo,
        string text when Enum.TryParse<Verdict>(text, ignoreCase: true, out var verdict) && Enum.IsDefined(verdict) => verdict,
        _ => null,
    };

    private static Finding Of(string name, Verdict verdict, string reason, DateTimeOffset now) =>
        new() { Criterion = name, Subject = "rollout", Verdict = verdict, Reason = reason, Source = "check of the runbook", At = now, Trigger = "health" };
}
