using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace VisionRollout.EndToEnd.Tests;

/// <summary>What is missing or wrong before a rollout: a clear message, an exit code, nothing left behind.</summary>
public sealed partial class BadSetUpTests
{
    private const int Limit = 1_200_000;
    private const int Failed = 1;
    private const int RolledBack = 3;
    private const int Held = 5;

    [Fact(Timeout = Limit)]
    public async Task Without_PostgreSQLs_programs_it_says_what_to_install()
    {
        using var empty = new WorkFolder();
        using var run = await RehearsalRun.RunAsync("", TestContext.Current.CancellationToken, environment: new Dictionary<string, string> { ["VISIONROLLOUT_POSTGRES_BIN"] = empty.Temporary });
        AssertRefused(run, "PostgreSQL", "postgresql");
    }

    [Fact(Timeout = Limit)]
    public async Task A_busy_port_is_named()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using var run = await RehearsalRun.RunAsync($"-GatewayPort {port}", TestContext.Current.CancellationToken);
        AssertRefused(run, $"{port}");
    }

    [Fact(Timeout = Limit)]
    public async Task A_plan_with_ten_mistakes_names_all_ten_with_their_lines()
    {
        using var folder = new WorkFolder();
        var (text, mistakes) = MistakenPlan();
        var plan = folder.In("rollout.psd1");
        await File.WriteAllTextAsync(plan, text, TestContext.Current.CancellationToken);
        using var run = await RehearsalRun.RunAsync($"-Plan '{plan}'", TestContext.Current.CancellationToken);
        AssertRefused(run, [.. mistakes.Select(line => $"line {line}")]);
    }

    [Fact(Timeout = Limit)]
    public async Task A_version_that_does_not_exist_is_named_and_the_old_one_serves_everything()
    {
        using var run = await RehearsalRun.RunAsync("-Version v9.9.9", TestContext.Current.CancellationToken);
        Assert.True(run.ExitCode == Held, $"exit code {run.ExitCode}\n{run.Story}");
        Assert.Matches("ErrImagePull|ImagePullBackOff", run.Story);
        Assert.Contains("v9.9.9", run.Story, StringComparison.Ordinal);
        run.World!.AssertServedBy("green", "blue");
        Assert.Empty(run.Leftovers);
    }

    [Fact(Timeout = Limit)]
    public async Task A_report_that_cannot_be_written_does_not_hide_how_the_rollout_ended()
    {
        using var folder = new WorkFolder();
        await File.WriteAllTextAsync(folder.In("file"), "", TestContext.Current.CancellationToken);
        await using var host = HostRun.Start(folder, Repository.Rehearse, ["-Fault", "migration-failure", "-JournalPath", folder.Journals, "-ReportPath", folder.In("file/report")]);
        var code = await host.WaitAsync(TestContext.Current.CancellationToken);
        Assert.True(code == RolledBack, $"exit code {code}\n{host.Story}");
        Assert.Contains("could not be written", Unwrapped(host.Story), StringComparison.Ordinal);
        Assert.Contains("RolledBack", host.Output, StringComparison.Ordinal);
    }

    private static void AssertRefused(RehearsalRun run, params string[] words)
    {
        Assert.True(run.ExitCode == Failed, $"exit code {run.ExitCode}\n{run.Story}");
        Assert.All(words, word => Assert.Contains(word, Unwrapped(run.Story), StringComparison.Ordinal));
        Assert.DoesNotContain("   at VisionRollout", run.Story, StringComparison.Ordinal); // no stack trace
        Assert.Null(run.World);
        Assert.Empty(run.Leftovers);
        Assert.Empty(Directory.GetFiles(run.Folder.Journals));
    }

    // An error is shown wrapped at the width of the console, behind a margin.
    private static string Unwrapped(string story) => Margin().Replace(story, " ");

    [GeneratedRegex(@"\s*\n\s*\|?\s*")]
    private static partial Regex Margin();

    // The plan with ten mistakes of different kinds, and their lines.
    private static (string Text, IReadOnlyList<int> Lines) MistakenPlan()
    {
        (string Right, string Wrong)[] changes =
        [
            ("Names = @('green', 'blue')", "Names = @('green')"),
            ("= 'VirtualService'   # or", "= 'VirtualServise'   # or"),
            ("Port        = 8080", "Port        = 'http'"),
            ("@{ Name = 'Database';      Start = '09:30'", "@{ Name = 'Database';      Start = '09:20'"),
            ("@{ Weight = '25%'; Dwell = '20 min' }", "@{ Weight = '5%'; Dwell = '20 min' }"),
            ("Poll           = '30 s'", "Poll           = '30 parsecs'"),
            ("WhenUndecided  = 'Extend'", "WhenUndecided  = 'Perhaps'"),
            ("Deciders      = @('Tech Lead', 'DevOps Lead')", "Deciders      = @('Tech Laed', 'DevOps Lead')"),
            ("Metric = 'LatencyP99'", "Metric = 'LatencyP98'"),
            ("Actions     = @('UndoMigrations')", "Action      = @('UndoMigrations')"),
        ];
        var text = File.ReadAllText(Repository.Plan);
        var lines = new List<int>();
        foreach (var (right, wrong) in changes)
        {
            var at = text.IndexOf(right, StringComparison.Ordinal);
            Assert.True(at >= 0, right);
            text = text[..at] + wrong + text[(at + right.Length)..];
            lines.Add(text[..at].Count(letter => letter == '\n') + 1);
        }

        return (text, lines);
    }
}
