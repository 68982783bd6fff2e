using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace VisionRollout.Rehearsal.Tests.Hosting;

/// <summary>The process as PROTOCOL.md describes it: how it begins, and the many ways in which it ends.</summary>
public sealed class LifecycleTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task Closing_its_input_ends_it_and_leaves_nothing()
    {
        await using var rehearsal = await RehearsalProcess.StartAsync(TestScenario.Small, Token);

        rehearsal.CloseInput();
        await rehearsal.EndedAsync(Token);

        Assert.Equal(0, rehearsal.ExitCode);
        Assert.Null(await rehearsal.ReadLineAsync(Token));
        await rehearsal.NothingIsLeftAsync(Token);
    }

    [Fact(Timeout = 120_000)]
    public async Task Shutdown_by_request_is_acknowledged_and_ends_it()
    {
        await using var rehearsal = await RehearsalProcess.StartAsync(TestScenario.Small, Token);
        using var http = new HttpClient();

        using var answer = await http.PostAsync(new Uri(rehearsal["control"] + "/shutdown"), null, Token);
        await rehearsal.EndedAsync(Token);

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal(0, rehearsal.ExitCode);
        await rehearsal.NothingIsLeftAsync(Token);
    }

    [Fact(Timeout = 120_000)]
    public async Task It_leads_a_session_of_its_own_so_that_a_terminals_Ctrl_C_does_not_reach_it()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Sessions are read from /proc.");
        await using var rehearsal = await RehearsalProcess.StartAsync(TestScenario.Small, Token);

        // proc(5): pid (comm) state ppid pgrp session …
        var stat = await File.ReadAllTextAsync($"/proc/{rehearsal.ProcessId}/stat", Token);
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');

        Assert.Equal(rehearsal.ProcessId.ToString(CultureInfo.InvariantCulture), fields[3]);
    }

    [Fact(Timeout = 120_000)]
    public async Task SIGTERM_ends_it_in_good_order()
    {
        await using var rehearsal = await RehearsalProcess.StartAsync(TestScenario.Small, Token);

        using var kill = Process.Start("/bin/sh", ["-c", "kill -TERM \"$1\"", "sh", rehearsal.ProcessId.ToString(CultureInfo.InvariantCulture)]);
        await rehearsal.EndedAsync(Token);

        Assert.Equal(0, rehearsal.ExitCode);
        await rehearsal.NothingIsLeftAsync(Token);
    }

    [Fact(Timeout = 120_000)]
    public async Task SIGKILL_leaves_no_directory_no_port_and_no_PostgreSQL()
    {
        await using var rehearsal = await RehearsalProcess.StartAsync(TestScenario.Small, Token);
        Assert.True(Directory.Exists(rehearsal.RunDirectory));

        rehearsal.Kill();
        await rehearsal.EndedAsync(Token);

        await rehearsal.NothingIsLeftAsync(Token);
    }

    [Fact(Timeout = 120_000)]
    public async Task It_ends_when_its_parent_was_killed_although_its_input_stays_open()
    {
        var folder = RehearsalProcess.NewFolder();
        await File.WriteAllTextAsync(Path.Combine(folder, "scenario.json"), TestScenario.Small, Token);

        // The shell is the parent; the rehearsal's input is a pipe that this test holds open.
        const string script = "exec 3<&0; dotnet \"$@\" --parent $$ <&3 & wait";
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", script, "sh", .. RehearsalProcess.Arguments(folder, 1).SkipLast(2)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var line = JsonDocument.Parse((await shell.StandardOutput.ReadLineAsync(Token).AsTask().WaitAsync(RehearsalProcess.Limit, Token))!).RootElement;
        Assert.True(line.GetProperty("ready").GetBoolean(), line.GetRawText());

        shell.Kill();

        await Traces.GoneAsync(Path.Combine(folder, "run"), [line.GetProperty("postgresPort").GetInt32(), new Uri(line.GetProperty("control").GetString()!).Port], Token);
        Assert.Null(await shell.StandardOutput.ReadLineAsync(Token).AsTask().WaitAsync(RehearsalProcess.Limit, Token));
        Directory.Delete(folder, recursive: true);
    }

    [Fact(Timeout = 120_000)]
    public async Task It_survives_the_thread_that_started_it()
    {
        // The kernel sends the parent-death signal when the starting thread ends; that alone must not end the rehearsal.
        var started = new TaskCompletionSource<RehearsalProcess>();
        var starter = new Thread(() => started.SetResult(RehearsalProcess.StartAsync(TestScenario.Small, CancellationToken.None).GetAwaiter().GetResult()));
        starter.Start();
        starter.Join();
        await using var rehearsal = await started.Task;
        using var http = new HttpClient();

        var clock = await http.GetStringAsync(new Uri(rehearsal["clock"]), Token);

        Assert.Contains("2026-11-23T08:55", clock, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Two_run_side_by_side_and_the_end_of_one_does_not_touch_the_other()
    {
        var both = await Task.WhenAll(RehearsalProcess.StartAsync(TestScenario.Small, Token), RehearsalProcess.StartAsync(TestScenario.Small, Token));
        await using var first = both[0];
        await using var second = both[1];

        first.CloseInput();
        await first.NothingIsLeftAsync(Token);
        using var http = new HttpClient();
        var clock = await http.GetStringAsync(new Uri(second["clock"]), Token);

        Assert.Contains("now", clock, StringComparison.Ordinal);
        Assert.True(Directory.Exists(second.RunDirectory));
    }

    [Fact(Timeout = 120_000)]
    public async Task Without_PostgreSQL_it_names_the_package_and_the_other_way()
    {
        var empty = RehearsalProcess.NewFolder();
        await using var rehearsal = await RehearsalProcess.StartAsync(TestScenario.Small, Token, postgresFolder: empty, expectFailure: true);
        await rehearsal.EndedAsync(Token);

        Assert.Equal(1, rehearsal.ExitCode);
        Assert.Equal("postgres-missing", rehearsal["code"]);
        Assert.Contains("package 'postgresql'", rehearsal["error"], StringComparison.Ordinal);
        Assert.Contains("--postgres", rehearsal["error"], StringComparison.Ordinal);
        Assert.False(Directory.Exists(rehearsal.RunDirectory));
        Directory.Delete(empty);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("controlPort")]
    [InlineData("gatewayPort")]
    [InlineData("kubernetesPort")]
    public async Task A_busy_port_is_named_with_its_holder(string port)
    {
        using var holder = new TcpListener(IPAddress.Loopback, 0);
        holder.Start();
        var number = ((IPEndPoint)holder.LocalEndpoint).Port;

        await using var rehearsal = await RehearsalProcess.StartAsync(TestScenario.SmallWith(scenario => scenario[port] = number), Token, expectFailure: true);
        await rehearsal.EndedAsync(Token);

        Assert.Equal(1, rehearsal.ExitCode);
        Assert.Equal("port-busy", rehearsal["code"]);
        Assert.Contains($"{number} ({port})", rehearsal["error"], StringComparison.Ordinal);
        Assert.Contains($"process {Environment.ProcessId} ", rehearsal["error"], StringComparison.Ordinal);
        Assert.False(Directory.Exists(rehearsal.RunDirectory));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_scenario_with_two_mistakes_names_both()
    {
        var scenario = TestScenario.SmallWith(broken =>
        {
            broken["liveVersion"] = "v9.9.9";
            broken["faults"] = new JsonArray(new JsonObject { ["name"] = "latncy" });
        });

        await using var rehearsal = await RehearsalProcess.StartAsync(scenario, Token, expectFailure: true);
        await rehearsal.EndedAsync(Token);

        Assert.Equal(1, rehearsal.ExitCode);
        Assert.Equal("scenario-invalid", rehearsal["code"]);
        Assert.Contains("v9.9.9", rehearsal["error"], StringComparison.Ordinal);
        Assert.Contains("latncy", rehearsal["error"], StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_parent_that_does_not_exist_is_refused()
    {
        await using var rehearsal = await RehearsalProcess.StartAsync(TestScenario.Small, Token, parent: int.MaxValue, expectFailure: true);
        await rehearsal.EndedAsync(Token);

        Assert.Equal("start-failed", rehearsal["code"]);
        Assert.Contains("--parent", rehearsal["error"], StringComparison.Ordinal);
    }
}
