using System.Management.Automation;
using VisionRollout.Core.Plan;

namespace VisionRollout.Module.Tests.Plan;

public sealed class ImportRolloutPlanTests
{
    private static readonly string TwoMistakes =
        new PlanText().With("Dwell = '30 min'", "Dwel = '30 min'").With("Limit = '10,000 RPS'", "Limit = 10000").Text;

    [Fact(Timeout = 120_000)]
    public async Task Emits_the_plan_with_its_path_and_hash()
    {
        using var module = await ModuleHost.OfAssemblyAsync();
        var result = await module.RunAsync("param($path) Import-RolloutPlan $path", ExamplePlan.Path);
        var plan = Assert.Single(result.As<RolloutPlan>());
        Assert.Equal(ExamplePlan.Path, plan.Path);
        Assert.Matches("^[0-9a-f]{64}$", plan.Hash);
    }

    [Fact(Timeout = 120_000)]
    public async Task Ends_with_one_error_that_names_every_mistake_and_carries_them_as_objects()
    {
        using var folder = new PlanFolder(TwoMistakes);
        using var module = await ModuleHost.OfAssemblyAsync();
        var result = await module.RunAsync("param($path) Import-RolloutPlan $path", folder.Plan);
        Assert.Empty(result.Output);
        var error = result.OnlyError();
        Assert.StartsWith("PlanInvalid,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.InvalidData, error.CategoryInfo.Category);
        Assert.Equal(folder.Plan, error.TargetObject);
        var problems = Assert.IsType<PlanInvalidException>(error.Exception).Problems;
        Assert.Equal(2, problems.Count);
        Assert.All(problems, problem => Assert.Contains($"line {problem.Line}, {problem.Where}: {problem.Message}", error.ErrorDetails.Message, StringComparison.Ordinal));
    }

    [Fact(Timeout = 120_000)]
    public async Task Can_be_caught()
    {
        using var folder = new PlanFolder(TwoMistakes);
        using var module = await ModuleHost.OfAssemblyAsync();
        var result = await module.RunAsync("param($path) try { Import-RolloutPlan $path } catch { $_.Exception.Problems | ForEach-Object Line }", folder.Plan);
        Assert.Null(result.Failure);
        Assert.Equal(2, result.Output.Count);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("Import-RolloutPlan ./absent.psd1")]
    [InlineData("Test-RolloutPlan ./absent.psd1 -ErrorAction Stop")]
    public async Task Says_that_a_file_does_not_exist(string script)
    {
        using var folder = new PlanFolder("@{}");
        using var module = await ModuleHost.OfAssemblyAsync();
        var result = await module.RunAsync($"param($folder) $ExecutionContext.SessionState.Path.SetLocation($folder) > $null; {script}", folder.Path);
        var error = result.OnlyError();
        Assert.Equal(ErrorCategory.ObjectNotFound, error.CategoryInfo.Category);
        Assert.Equal(Path.Combine(folder.Path, "absent.psd1"), error.TargetObject);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_folder_is_no_plan()
    {
        using var folder = new PlanFolder("@{}");
        using var module = await ModuleHost.OfAssemblyAsync();
        var result = await module.RunAsync("param($path) Import-RolloutPlan $path", folder.Path);
        Assert.StartsWith("PlanUnreadable,", result.OnlyError().FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Paths_are_relative_to_the_current_location()
    {
        using var folder = new PlanFolder(File.ReadAllText(ExamplePlan.Path));
        using var module = await ModuleHost.OfAssemblyAsync();
        var result = await module.RunAsync("param($folder) $ExecutionContext.SessionState.Path.SetLocation($folder) > $null; Import-RolloutPlan rollout.psd1", folder.Path);
        Assert.Equal(folder.Plan, Assert.Single(result.As<RolloutPlan>()).Path);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("@{ Name = $([System.IO.File]::WriteAllText('MARK', '')) }")]
    [InlineData("@{ Name = \"$([System.IO.File]::WriteAllText('MARK', ''))\" }")]
    [InlineData("[System.IO.File]::WriteAllText('MARK', ''); @{}")]
    [InlineData("@{ Name = & { [System.IO.File]::WriteAllText('MARK', '') } }")]
    [InlineData("using module './evil.psm1'\n@{}")]
    [InlineData("using module @{ ModuleName = './evil.psm1'; ModuleVersion = '0.0' }\n@{}")]
    [InlineData("configuration Evil { Import-DscResource -ModuleName ./evil.psm1 }\n@{}")]
    [InlineData("param($x = [System.IO.File]::WriteAllText('MARK', ''))\n@{}")]
    [InlineData("@{ [System.IO.File]::WriteAllText('MARK', '') = 1 }")]
    public async Task Nothing_in_a_plan_is_executed(string plan)
    {
        using var folder = new PlanFolder("@{}");
        var mark = Path.Combine(folder.Path, "mark");
        await File.WriteAllTextAsync(folder.Plan, plan.Replace("MARK", mark, StringComparison.Ordinal), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "evil.psm1"), $"[System.IO.File]::WriteAllText('{mark}', '')", TestContext.Current.CancellationToken);
        using var module = await ModuleHost.OfAssemblyAsync();
        var result = await module.RunAsync("param($folder) $ExecutionContext.SessionState.Path.SetLocation($folder) > $null; Test-RolloutPlan ./rollout.psd1", folder.Path);
        Assert.NotEmpty(result.Output);
        Assert.False(File.Exists(mark));
    }
}
