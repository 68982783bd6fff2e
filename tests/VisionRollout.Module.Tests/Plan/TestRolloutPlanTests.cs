namespace VisionRollout.Module.Tests.Plan;

public sealed class TestRolloutPlanTests
{
    [Fact(Timeout = 120_000)]
    public async Task Emits_one_object_for_each_mistake()
    {
        var plan = new PlanText().With("Dwell = '30 min'", "¦Dwel = '30 min'").With("Limit = '10,000 RPS'", "Limit = ¦10000");
        using var folder = new PlanFolder(plan.Text);
        using var module = await ModuleHost.OfAssemblyAsync();
        var result = await module.RunAsync("param($path) Test-RolloutPlan $path", folder.Plan);
        Assert.Empty(result.Errors);
        var mistakes = result.As<PlanMistake>();
        Assert.Equal(plan.Marked, mistakes.Select(mistake => (mistake.Line, mistake.Column)));
        Assert.All(mistakes, mistake => Assert.Equal(folder.Plan, mistake.File));
        Assert.Equal("Did you mean 'Dwell'?", mistakes[0].Suggestion);
    }

    [Fact(Timeout = 120_000)]
    public async Task Emits_nothing_for_a_plan_without_mistakes()
    {
        using var module = await ModuleHost.OfAssemblyAsync();
        var result = await module.RunAsync("param($path) Test-RolloutPlan $path", ExamplePlan.Path);
        Assert.Empty(result.Output);
        Assert.Empty(result.Errors);
    }

    [Fact(Timeout = 120_000)]
    public async Task Quiet_emits_true_or_false()
    {
        using var folder = new PlanFolder("@{}");
        using var module = await ModuleHost.OfAssemblyAsync();
        var result = await module.RunAsync("param($good, $bad) Test-RolloutPlan $good -Quiet; Test-RolloutPlan $bad -Quiet", ExamplePlan.Path, folder.Plan);
        Assert.Equal([true, false], result.As<bool>());
    }

    [Fact(Timeout = 120_000)]
    public async Task One_missing_file_does_not_keep_the_others_from_being_checked()
    {
        using var folder = new PlanFolder("@{}");
        using var module = await ModuleHost.OfAssemblyAsync();
        var result = await module.RunAsync("param($good, $bad) $good, 'absent.psd1', $bad | Test-RolloutPlan -Quiet", ExamplePlan.Path, folder.Plan);
        Assert.Equal([true, false], result.As<bool>());
        Assert.StartsWith("PlanNotFound,", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
    }
}
