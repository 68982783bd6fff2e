using System.Management.Automation;
using VisionRollout.Core.Errors;
using VisionRollout.Shell;

namespace VisionRollout.Module.Tests.Shell;

/// <summary>How asynchronous work reaches PowerShell's streams.</summary>
public sealed class PumpTests
{
    [Fact(Timeout = 60_000)]
    public async Task First_object_is_out_before_the_work_ends()
    {
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var host = await Host();
        var run = Start(host, async (shell, token) =>
        {
            shell.Write("first");
            await go.Task.WaitAsync(token);
            shell.Write("second");
        });
        await run.OutputCountAsync(1);
        Assert.Equal(["first"], run.Output.Select(item => item.ToString()));
        go.SetResult();
        Assert.Equal(["first", "second"], (await run.ResultAsync()).As<string>());
    }

    [Fact(Timeout = 60_000)]
    public async Task Stop_cancels_the_work_and_waits_for_its_cleanup()
    {
        var cleaned = false;
        using var host = await Host();
        var run = Start(host, async (shell, token) =>
        {
            shell.Write("started");
            try
            {
                await Task.Delay(Timeout.Infinite, token);
            }
            finally
            {
                await Task.Yield();
                cleaned = true;
            }
        });
        await run.OutputCountAsync(1);
        await run.StopAsync();
        var result = await run.ResultAsync();
        Assert.True(cleaned);
        Assert.IsType<PipelineStoppedException>(result.Failure);
        Assert.Empty(result.Errors);
    }

    [Fact(Timeout = 60_000)]
    public async Task Failure_that_follows_a_stop_is_not_an_error()
    {
        using var host = await Host();
        var run = Start(host, async (shell, token) =>
        {
            shell.Write("started");
            try
            {
                await Task.Delay(Timeout.Infinite, token);
            }
            catch (OperationCanceledException exception)
            {
                throw new RolloutException("Broken", RolloutErrorKind.Unavailable, "The call was cut.", inner: exception);
            }
        });
        await run.OutputCountAsync(1);
        await run.StopAsync();
        var result = await run.ResultAsync();
        Assert.IsType<PipelineStoppedException>(result.Failure);
        Assert.DoesNotContain("Broken", result.AllText, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Failure_of_the_whole_is_terminating_with_id_category_target_and_remedy()
    {
        using var host = await Host();
        var result = await host.RunAsync("param($work) try { Test-Pump -Work $work } catch { $_ }",
            Work((_, _) => throw new RolloutException("NoSuchThing", RolloutErrorKind.NotFound, "There is no thing.", "Name another.", "thing")));
        var record = Assert.Single(result.As<ErrorRecord>());
        Assert.StartsWith("NoSuchThing,", record.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.ObjectNotFound, record.CategoryInfo.Category);
        Assert.Equal("thing", record.TargetObject);
        Assert.Equal("There is no thing. Name another.", record.ToString());
    }

    [Fact(Timeout = 60_000)]
    public async Task Failure_of_one_item_leaves_the_others_done()
    {
        var calls = 0;
        using var host = await Host();
        var result = await host.RunAsync("param($work) 1..10 | Test-Pump -Work $work", Work((shell, _) =>
        {
            if (++calls == 4) throw new RolloutException("BadItem", RolloutErrorKind.Failed, "It is bad.");
            shell.Write(calls);
            return Task.CompletedTask;
        }));
        Assert.Null(result.Failure);
        Assert.Equal(9, result.Output.Count);
        var error = Assert.Single(result.Errors);
        Assert.StartsWith("BadItem,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal("4", error.TargetObject);
    }

    [Fact(Timeout = 60_000)]
    public async Task Error_action_stop_ends_the_work_and_can_be_caught()
    {
        var cancelled = false;
        using var host = await Host();
        var result = await host.RunAsync("param($work) try { Test-Pump -Work $work -ErrorAction Stop; 'went on' } catch { $_.FullyQualifiedErrorId }", Work(async (shell, token) =>
        {
            shell.Error(new RolloutException("OneOfMany", RolloutErrorKind.Failed, "One of many."));
            try
            {
                await Task.Delay(Timeout.Infinite, token);
            }
            catch (OperationCanceledException)
            {
                cancelled = true;
                throw;
            }
        }));
        Assert.True(cancelled);
        Assert.StartsWith("OneOfMany,", Assert.Single(result.As<string>()), StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Progress_is_throttled_has_one_stable_id_and_is_completed_even_when_the_work_fails()
    {
        using var host = await Host();
        var result = await host.RunAsync("param($work) Test-Pump -Work $work", Work((shell, _) =>
        {
            for (var step = 0; step < 1000; step++) shell.Progress("Copying", $"file {step}", step / 10);
            throw new RolloutException("DiskFull", RolloutErrorKind.Failed, "The disk is full.");
        }));
        Assert.InRange(result.Progress.Count, 2, 100);
        Assert.Single(result.Progress.Select(record => record.ActivityId).Distinct());
        Assert.Equal(ProgressRecordType.Completed, result.Progress[^1].RecordType);
        Assert.Single(result.Progress, record => record.RecordType == ProgressRecordType.Completed);
    }

    [Fact(Timeout = 60_000)]
    public async Task All_streams_keep_their_order()
    {
        using var host = await Host();
        var result = await host.RunAsync("param($work) Test-Pump -Work $work -Verbose *>&1", Work((shell, _) =>
        {
            shell.Write("object");
            shell.Verbose("verbose");
            shell.Warn("warning");
            shell.Write("last");
            return Task.CompletedTask;
        }));
        Assert.Equal(["object", "verbose", "warning", "last"], result.Output.Select(item => item.ToString()));
    }

    private static Func<IShell, CancellationToken, Task> Work(Func<IShell, CancellationToken, Task> work) => work;

    private static ModuleRun Start(ModuleHost host, Func<IShell, CancellationToken, Task> work) => host.Start("param($work) Test-Pump -Work $work", work);

    private static async Task<ModuleHost> Host()
    {
        var host = ModuleHost.Bare();
        await host.RunAsync("param($assembly) Import-Module -Assembly $assembly", typeof(PumpCmdlet).Assembly);
        return host;
    }
}
