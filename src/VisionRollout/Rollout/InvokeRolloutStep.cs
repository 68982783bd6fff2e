using System.Management.Automation;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Journal;
using VisionRollout.Core.State;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Runs a step of a phase once: journals it and its output, and skips it when the journal shows it completed.</summary>
/// <remarks>The output is written after the step stands in the journal as completed. A completed step of a resumed rollout is not run
/// again: its recorded output is written instead. The step fails when its script block throws or writes an error.</remarks>
/// <example><code>Invoke-RolloutStep 'Back up' { Get-RolloutService | Backup-ServiceDatabase }</code><para>Backs up every database once, however often the runbook is started.</para></example>
[Cmdlet(VerbsLifecycle.Invoke, "RolloutStep")]
[OutputType(typeof(object))]
public sealed class InvokeRolloutStep : SessionCmdlet
{
    // Errors come out with the objects, so that a step that wrote one does not count as done.
    private static readonly ScriptBlock Merge = ScriptBlock.Create("& $args[0] 2>&1");

    /// <summary>Name of the step, unique within its phase.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "";

    /// <summary>What the step does.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    public ScriptBlock ScriptBlock { get; set; } = null!;

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var session = Current;
        var phase = session.Phase ?? "";
        if (session.Step is { } outer)
            ThrowTerminatingError(ErrorRecords.From(new RolloutException("StepNested", RolloutErrorKind.InvalidState, $"Step '{Name}' was started inside step '{outer}'.", "Put the steps one after the other.")));
        if (IsWhatIf)
        {
            // What would happen is shown by the cmdlets of the block; nothing of it is done, so nothing is recorded as done.
            foreach (var item in InvokeCommand.InvokeScript(useLocalScope: true, ScriptBlock, input: null)) WriteObject(item);
            return;
        }

        StepState? known = null;
        Run(async (_, token) => known = (await session.StateAsync(token)).FindStep(phase, Name));
        if (known is { Status: ActivityStatus.Completed, Output: { } output })
        {
            Say($"{known.EndedAt:HH:mm:ss}    {Name}: was done before");
            WriteObject(RecordedOutput.Replay(output), enumerateCollection: true);
            return;
        }

        Run(async (_, token) =>
        {
            await session.ThrowIfStoppedAsync(token);
            await session.RecordAsync(new StepStarted(phase, Name), token);
        });
        WriteObject(RunBlock(session, phase), enumerateCollection: true);
    }

    private List<object?> RunBlock(RolloutSession session, string phase)
    {
        session.Step = Name;
        try
        {
            var output = new List<object?>();
            var errors = new List<ErrorRecord>();
            foreach (var item in InvokeCommand.InvokeScript(useLocalScope: true, Merge, input: null, ScriptBlock))
            {
                if (item?.BaseObject is ErrorRecord error) errors.Add(error);
                else output.Add(item);
            }

            if (errors.Count > 0) Fail(session, phase, errors);
            DateTimeOffset now = default;
            Run(async (_, token) =>
            {
                await session.RecordAsync(new StepCompleted(phase, Name, RecordedOutput.Record(output)), token);
                now = await session.NowAsync(token);
            });
            Say($"{now:HH:mm:ss}    {Name}: done{Summary(output)}");
            return output;
        }
        catch (RuntimeException exception) when (exception is not PipelineStoppedException)
        {
            RecordFailure(session, phase, Failure.From(exception));
            throw;
        }
        finally
        {
            session.Step = null;
        }
    }

    // The last object that gives a reason speaks for the step.
    private static string Summary(List<object?> output) =>
        output.OfType<PSObject>().Select(item => item.Properties["Reason"]?.Value as string).LastOrDefault(reason => reason is { Length: > 0 }) is { } reason ? $". {reason.TrimEnd('.')}." : "";

    private void Fail(RolloutSession session, string phase, List<ErrorRecord> errors)
    {
        foreach (var error in errors) WriteError(error);
        var first = Failure.From(errors.FirstOrDefault(error => Failure.From(error).Trigger.Length > 0) ?? errors[0]);
        RecordFailure(session, phase, first);
        ThrowTerminatingError(ErrorRecords.From(new RolloutException("StepFailed", RolloutErrorKind.Failed,
            $"Step '{Name}' failed: {first.Message}{(errors.Count > 1 ? $" (and {errors.Count - 1} more errors)" : "")}", target: Name, inner: first.Record.Exception)
        {
            Trigger = first.Trigger,
            Findings = first.Cause?.Findings ?? [],
        }));
    }

    private void RecordFailure(RolloutSession session, string phase, Failure failure) =>
        Run((_, token) => session.RecordOrKeepAsync(new StepFailed(phase, Name, failure.Message, failure.Trigger, failure.Cause?.Findings ?? []), token));
}
