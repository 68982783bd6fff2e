using VisionRollout.Core.Plan;
using VisionRollout.Plan;

namespace VisionRollout.Module.Tests.Plan;

public sealed class PlanArgumentTests
{
    private const string Take = "function Take { param([VisionRollout.Plan.PlanArgument()] $Plan) $Plan }; ";

    [Fact(Timeout = 120_000)]
    public async Task Takes_a_path_relative_to_the_current_location()
    {
        using var module = await ModuleHost.OfAssemblyAsync();
        var result = await module.RunAsync($"param($folder) {Take} $ExecutionContext.SessionState.Path.SetLocation($folder) > $null; Take rollout.psd1", Path.GetDirectoryName(ExamplePlan.Path));
        Assert.Equal(ExamplePlan.Path, Assert.Single(result.As<RolloutPlan>()).Path);
    }

    [Fact(Timeout = 120_000)]
    public async Task Takes_a_plan_as_it_is()
    {
        var plan = PlanFile.Load(ExamplePlan.Path);
        using var module = await ModuleHost.OfAssemblyAsync();
        var result = await module.RunAsync($"param($plan) {Take} Take $plan", plan);
        Assert.Same(plan, Assert.Single(result.As<RolloutPlan>()));
    }

    [Fact(Timeout = 120_000)]
    public async Task Names_every_mistake_of_a_plan_that_has_some()
    {
        using var folder = new PlanFolder(new PlanText().With("Dwell = '30 min'", "Dwel = '30 min'").With("Limit = '10,000 RPS'", "Limit = 10000").Text);
        using var module = await ModuleHost.OfAssemblyAsync();
        var result = await module.RunAsync($"param($path) {Take} Take $path -ErrorAction Stop", folder.Plan);
        var message = Assert.Single(result.Errors.Select(error => error.Exception.Message).Append(result.Failure?.Message).OfType<string>());
        Assert.Contains("Did you mean 'Dwell'?", message, StringComparison.Ordinal);
        Assert.Contains("a rate is needed", message, StringComparison.Ordinal);
    }
}
