using System.Diagnostics;
using System.Management.Automation;

namespace VisionRollout.Module.Tests.World;

internal static class ModuleRunWaits
{
    /// <summary>The id of the one error of a script.</summary>
    public static string OnlyErrorId(this ModuleResult result)
    {
        Assert.True(result.Failure is not null || result.Errors.Count > 0, "There is no error.");
        return (result.Failure?.ErrorRecord ?? result.Errors[^1]).FullyQualifiedErrorId;
    }

    /// <summary>Waits until a progress record of the activity is out.</summary>
    public static async Task UntilProgressAsync(this ModuleRun run, string activity)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look(object? sender, EventArgs change)
        {
            if (run.Progress.ToArray().Any(record => record.Activity == activity && record.RecordType == ProgressRecordType.Processing)) seen.TrySetResult();
        }

        run.Progress.DataAdded += Look;
        Look(null, EventArgs.Empty);
        await seen.Task.WaitAsync(ModuleRun.Limit, TestContext.Current.CancellationToken);
    }

    /// <summary>Stops the script as Ctrl-C does and fails when that takes longer.</summary>
    public static async Task StopWithinAsync(this ModuleRun run, TimeSpan limit)
    {
        var clock = Stopwatch.StartNew();
        await run.StopAsync();
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, limit);
    }
}
