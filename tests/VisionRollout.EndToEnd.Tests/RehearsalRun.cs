namespace VisionRollout.EndToEnd.Tests;

/// <summary><c>Rehearse-VisionRollout.ps1</c> from its start to its end, with a look around just before its cluster is stopped.</summary>
public sealed class RehearsalRun : IDisposable
{
    private RehearsalRun(WorkFolder folder) => Folder = folder;

    /// <summary>Where it ran.</summary>
    public WorkFolder Folder { get; }

    /// <summary>Exit code.</summary>
    public int ExitCode { get; private set; }

    /// <summary>What it printed.</summary>
    public string Output { get; private set; } = "";

    /// <summary>All that a failed assertion should show.</summary>
    public string Story { get; private set; } = "";

    /// <summary>Lines of progress that were there before it ended.</summary>
    public int LiveProgress { get; private set; }

    /// <summary>Standard output before the end.</summary>
    public string LiveOutput { get; private set; } = "";

    /// <summary>The cluster just before it was stopped; null when none was up.</summary>
    public World? World { get; private set; }

    /// <summary>The journal.</summary>
    public JournalView Journal => JournalView.Read(Folder);

    /// <summary>What it left behind.</summary>
    public IReadOnlyList<string> Leftovers { get; private set; } = [];

    /// <summary>Runs it.</summary>
    /// <param name="arguments">Arguments as they are written in PowerShell.</param>
    /// <param name="token">Cancels.</param>
    /// <param name="atTheEnd">What else to do while the cluster still runs; gets the path of the kubeconfig.</param>
    /// <param name="environment">Variables on top of those of the tests.</param>
    public static async Task<RehearsalRun> RunAsync(string arguments, CancellationToken token, Func<string, Task>? atTheEnd = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var run = new RehearsalRun(new WorkFolder());
        try
        {
            await using var host = HostRun.Start(run.Folder, run.WriteScript(arguments), [], environment);
            try
            {
                if (await Appears.FileAsync(run.Folder.In("world"), () => host.HasEnded, token)) await run.LookAroundAsync(host, atTheEnd, token);
                run.ExitCode = await host.WaitAsync(token);
            }
            catch (OperationCanceledException cause)
            {
                throw new TimeoutException($"The rehearsal did not end in time.\n{host.Story}", cause);
            }

            run.Output = host.Output;
            run.Story = host.Story;
            run.Leftovers = run.Folder.Leftovers();
            return run;
        }
        catch
        {
            run.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Folder.Dispose();

    private async Task LookAroundAsync(HostRun host, Func<string, Task>? atTheEnd, CancellationToken token)
    {
        LiveProgress = host.ErrorLines;
        LiveOutput = host.Output;
        var lines = await File.ReadAllLinesAsync(Folder.In("world"), token);
        World = await World.InspectAsync(lines[0], lines[1], token);
        if (atTheEnd is not null) await atTheEnd(lines[1]);
        await File.WriteAllTextAsync(Folder.In("seen"), "", token);
    }

    // A function is found before a cmdlet of the same name: the cluster is stopped only after the test has looked at it.
    private string WriteScript(string arguments)
    {
        var script = Folder.In("rehearse.ps1");
        File.WriteAllText(script, $$"""
            function Stop-Rehearsal {
                if ($rehearsal) {
                    [System.IO.File]::WriteAllLines('{{Folder.In("world.part")}}', [string[]] @($rehearsal.Control, $rehearsal.KubeConfig))
                    [System.IO.File]::Move('{{Folder.In("world.part")}}', '{{Folder.In("world")}}')
                    while (-not [System.IO.File]::Exists('{{Folder.In("seen")}}')) { [System.Threading.Thread]::Sleep(50) }
                }
                VisionRollout\Stop-Rehearsal
            }
            & '{{Repository.Rehearse}}' -ReportPath '{{Folder.Reports}}' -JournalPath '{{Folder.Journals}}' {{arguments}}
            exit $(if ($?) { 0 } elseif ($LASTEXITCODE) { $LASTEXITCODE } else { 1 })
            """);
        return script;
    }
}
