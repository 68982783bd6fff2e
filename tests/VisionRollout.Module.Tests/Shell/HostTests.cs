namespace VisionRollout.Module.Tests.Shell;

/// <summary>The console host as a user and a build server have it.</summary>
public sealed class HostTests
{
    private const string Parameters = """
        param([string] $Fault, [string[]] $List, [switch] $Flag, [int] $Number, [Parameter(Position = 0)] [string] $First)
        "fault=$Fault list=$($List -join '+')/$($List.Count) flag=$Flag number=$($Number + 1) first=$First"
        """;

    [Theory(Timeout = 120_000)]
    [InlineData("-Fault migration-failure -Flag", "fault=migration-failure list=/0 flag=True number=1 first=")]
    [InlineData("-List a,b,c -Number 41", "fault= list=a+b+c/3 flag=False number=42 first=")]
    [InlineData("-Flag one -Fault:x", "fault=x list=/0 flag=True number=1 first=one")]
    [InlineData("-Flag:$false -Num 1 -Fau a,b", "fault=a,b list=/0 flag=False number=2 first=")]
    [InlineData("v1.1.0 -Number -5", "fault= list=/0 flag=False number=-4 first=v1.1.0")]
    public async Task Arguments_are_bound_as_PowerShell_binds_them(string arguments, string expected)
    {
        var result = await HostProgram.RunScriptAsync(Parameters, arguments.Split(' '));
        Assert.Equal(expected, result.StandardOutput.Trim());
        Assert.Equal(0, result.ExitCode);
    }

    [Fact(Timeout = 120_000)]
    public async Task Value_with_blanks_and_quotes_arrives_whole()
    {
        var result = await HostProgram.RunScriptAsync("param($Text) $Text", "-Text", "it's \"two words\" $(1+1)");
        Assert.Equal("it's \"two words\" $(1+1)", result.StandardOutput.Trim());
    }

    [Theory(Timeout = 120_000)]
    [InlineData("exit 7", 7)]
    [InlineData("exit 0", 0)]
    [InlineData("& { exit 3 }", 3)]
    [InlineData("function f { exit 4 }; f", 4)]
    [InlineData("sh -c 'exit 9'", 0)]
    [InlineData("sh -c 'exit 9'; exit $LASTEXITCODE", 9)]
    [InlineData("'fine'", 0)]
    public async Task Exit_of_the_script_is_the_exit_code(string script, int code) => Assert.Equal(code, (await HostProgram.RunScriptAsync(script)).ExitCode);

    [Fact(Timeout = 120_000)]
    public async Task Error_that_ends_the_script_is_told_once_with_its_place()
    {
        var result = await HostProgram.RunScriptAsync("'before'\nthrow 'the roof is open'\n'after'");
        Assert.Equal(1, result.ExitCode);
        Assert.Equal("before", result.StandardOutput.Trim());
        Assert.Contains("the roof is open", result.StandardError, StringComparison.Ordinal);
        Assert.Contains(":2", result.StandardError, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Script_that_does_not_parse_is_told_with_its_place()
    {
        var result = await HostProgram.RunScriptAsync("'a'\nif (");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(":2", result.StandardError, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Unknown_parameter_fails_and_is_named()
    {
        var result = await HostProgram.RunScriptAsync("[CmdletBinding()] param($Known) $Known", "-Unknwon", "1");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("Unknwon", result.StandardError, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Missing_mandatory_parameter_fails_where_nobody_can_answer()
    {
        var result = await HostProgram.RunScriptAsync("param([Parameter(Mandatory)] $Version) $Version");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("Version", result.StandardError, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Missing_script_is_a_usage_error()
    {
        var result = await HostProgram.RunAsync("no-such-script.ps1");
        Assert.Equal(64, result.ExitCode);
        Assert.Contains("no-such-script.ps1", result.StandardError, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Version_names_program_and_engine()
    {
        var result = await HostProgram.RunAsync("--version");
        Assert.Equal(0, result.ExitCode);
        Assert.Matches(@"^VisionRollout\.Host \d+\.\d+\.\d+ on PowerShell 7\.\d+\.\d+", result.StandardOutput);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task Signal_stops_the_script_lets_it_clean_up_and_exits_130(string signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent with kill.");
        var (code, output) = await HostProgram.SignalAsync(
            "try { 'ready'; while ($true) { [System.Threading.Thread]::Sleep(10) } } finally { [Console]::Out.WriteLine('cleaned up') }", "ready", signal);
        Assert.Equal(130, code);
        Assert.Contains("cleaned up", output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Progress_is_seen_in_a_log()
    {
        var result = await HostProgram.RunScriptAsync("""
            $record = [System.Management.Automation.ProgressRecord]::new(1, 'Canary', '5% for 30 minutes')
            $Host.UI.WriteProgress(1, $record)
            $record.RecordType = 'Completed'
            $Host.UI.WriteProgress(1, $record)
            """);
        Assert.Contains("Canary: 5% for 30 minutes", result.StandardError, StringComparison.Ordinal);
        Assert.Contains("Canary: done", result.StandardError, StringComparison.Ordinal);
        Assert.Empty(result.StandardOutput);
    }

    [Fact(Timeout = 120_000)]
    public async Task Module_is_found_by_name_and_its_objects_use_its_views()
    {
        var result = await HostProgram.RunScriptAsync("param($Plan) Import-Module VisionRollout; Import-RolloutPlan $Plan", Path.Combine(Repository.Root, "examples", "rollout.psd1"));
        Assert.Equal(0, result.ExitCode);
        Assert.Empty(result.StandardError);
        Assert.Contains("business, core, swarm, development", result.StandardOutput, StringComparison.Ordinal);
        Assert.All(result.StandardOutput.Split('\n'), line => Assert.True(line.Length <= 120, line));
    }

    [Fact(Timeout = 120_000)]
    public async Task Output_keeps_every_character()
    {
        var result = await HostProgram.RunScriptAsync("'🚀 Zürich ✅'");
        Assert.Equal("🚀 Zürich ✅", result.StandardOutput.Trim());
    }
}
