using System.Collections;
using System.Management.Automation;
using VisionRollout.Plan;

namespace VisionRollout.Module.Tests.Plan;

public sealed class GetRolloutServiceTests
{
    [Theory(Timeout = 120_000)]
    [InlineData("", "business,core,swarm,development")]
    [InlineData("*e*", "business,core,development")]
    [InlineData("CORE", "core")]
    [InlineData("swarm,core", "swarm,core")]
    [InlineData("x*", "")]
    public async Task Emits_the_services_that_match_in_order(string name, string expected)
    {
        using var module = await ModuleHost.OfAssemblyAsync();
        using var session = Session();
        var result = await module.RunAsync($"param($session) Get-RolloutService {name} -Session $session", session);
        Assert.Empty(result.Errors);
        Assert.Equal(expected, string.Join(',', result.As<RolloutService>().Select(service => service.Name)));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_name_that_does_not_exist_is_an_error_and_the_others_are_emitted()
    {
        using var module = await ModuleHost.OfAssemblyAsync();
        using var session = Session();
        var result = await module.RunAsync("param($session) 'core', 'swram', 'business' | Get-RolloutService -Session $session", session);
        Assert.Equal(["core", "business"], result.As<RolloutService>().Select(service => service.Name));
        var error = Assert.Single(result.Errors);
        Assert.Equal((ErrorCategory.ObjectNotFound, "swram"), (error.CategoryInfo.Category, error.TargetObject));
        Assert.Contains("Did you mean 'swarm'?", error.ErrorDetails.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Without_a_session_it_says_how_to_get_one()
    {
        using var module = await ModuleHost.OfAssemblyAsync();
        var result = await module.RunAsync("Get-RolloutService");
        Assert.StartsWith("NotConnected,", result.OnlyError().FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Emits_what_other_cmdlets_bind_by_property_name()
    {
        using var module = await ModuleHost.OfAssemblyAsync();
        using var session = Session();
        var result = await module.RunAsync("param($session) Get-RolloutService core -Session $session", session);
        var service = Assert.Single(result.As<RolloutService>());
        Assert.Equal(("core", "core_production", "core-service-blue"), (service.Service, service.Database, service.Deployments["Blue"]));
    }

    [Fact]
    public void Completes_names_of_the_given_session()
    {
        using var session = Session();
        var bound = new Hashtable { ["Session"] = session };
        Assert.Equal(["swarm"], Complete(new ServiceNameCompleter(), "s", bound));
        Assert.Equal(["'Blue Deploy'"], Complete(new PhaseNameCompleter(), "'bl", bound));
        Assert.Equal(["Canary", "Cutover"], Complete(new GateNameCompleter(), "c", bound));
    }

    [Fact]
    public void Completes_nothing_without_a_session() => Assert.Empty(Complete(new ServiceNameCompleter(), "s", []));

    private static IEnumerable<string> Complete(PlanNameCompleter completer, string word, Hashtable bound) =>
        completer.CompleteArgument("Get-RolloutService", "Name", word, null!, bound).Select(result => result.CompletionText);

    private static RolloutSession Session()
    {
        var plan = PlanFile.Load(ExamplePlan.Path);
        return new RolloutSession(plan, plan.Environments[0], Path.GetTempPath());
    }
}
