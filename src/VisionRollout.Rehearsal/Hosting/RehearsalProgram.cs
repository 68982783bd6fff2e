using VisionRollout.Rehearsal.Scenario;

namespace VisionRollout.Rehearsal.Hosting;

/// <summary>The program from its command line to its exit code.</summary>
internal static class RehearsalProgram
{
    /// <summary>Starts the rehearsal, writes the ready line, waits until it is time to end, and cleans up.</summary>
    /// <returns>0, or 1 when the rehearsal could not start.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, TextWriter diagnostics)
    {
        using var end = new CancellationTokenSource();
        try
        {
            var parsed = RehearsalArguments.Parse(arguments);
            await using var parent = ParentWatch.Start(parsed.ParentProcessId, end);
            var scenario = await ScenarioReader.ReadFileAsync(parsed.ScenarioFile, end.Token);
            await using var run = await RehearsalRun.StartAsync(parsed, scenario, parent, end.Token);
            await output.WriteLineAsync(run.Ready.ToJson());
            await output.FlushAsync(CancellationToken.None);
            await EndedAsync(end.Token);
            await diagnostics.WriteLineAsync($"rehearsal: ends, because {parent.Reason}");
            return 0;
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            return await FailAsync(output, StartFailureException.StartFailed, "The rehearsal was told to end before it was ready.");
        }
        catch (ScenarioException e)
        {
            return await FailAsync(output, StartFailureException.ScenarioInvalid, e.Message);
        }
        catch (StartFailureException e)
        {
            return await FailAsync(output, e.Code, e.Message);
        }
        catch (Exception e)
        {
            await diagnostics.WriteLineAsync(e.ToString());
            return await FailAsync(output, StartFailureException.StartFailed, e.Message);
        }
    }

    private static async Task EndedAsync(CancellationToken end)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = end.Register(ended.SetResult);
        await ended.Task;
    }

    private static async Task<int> FailAsync(TextWriter output, string code, string message)
    {
        await output.WriteLineAsync(ReadyLine.Failure(code, message));
        await output.FlushAsync(CancellationToken.None);
        return 1;
    }
}
