using VisionRollout.Core.Plan;
using VisionRollout.Plan;

namespace VisionRollout.Module.Tests.Plan;

public sealed class ExamplePlanTests
{
    private static readonly RolloutPlan Plan = PlanFile.Load(ExamplePlan.Path);

    [Fact]
    public void Loads_without_a_mistake() => Assert.Empty(PlanFile.Read(ExamplePlan.Path).Problems);

    [Fact]
    public void Holds_the_timeline_of_the_document() =>
        Assert.Equal(
            ["09:00 Preparation 30 min", "09:30 Database 30 min", "10:00 Blue Deploy 1 h 30 min", "11:30 Canary 1 h 30 min",
             "13:00 Cutover 1 h", "14:00 Validation 1 h", "15:00 Stabilization 2 h", "17:00 Complete 0 s"],
            Plan.Timeline.Select(phase => $"{PlanUnits.FormatTime(phase.Start)} {phase.Name} {PlanUnits.FormatDuration(phase.Duration)}"));

    [Fact]
    public void Holds_the_canary_stages_of_the_document() =>
        Assert.Equal([(5, 30), (10, 20), (25, 20), (50, 20)], Plan.Canary.Stages.Select(stage => (stage.Percent, (int)stage.Dwell.TotalMinutes)));

    [Fact]
    public void Gives_each_of_the_four_services_two_deployments_and_a_database()
    {
        Assert.Equal(["business", "core", "swarm", "development"], Plan.Services.Select(service => service.Name));
        Assert.All(Plan.Services, service =>
        {
            Assert.Equal($"{service.Name}-service", service.Deployments["green"]);
            Assert.Equal($"{service.Name}-service-blue", service.Deployments["blue"]);
            Assert.Equal($"{service.Name}_production", service.Database.Name);
            Assert.Equal(["mix", "ecto.migrate", "--log-sql"], service.Database.Migrate);
        });
    }

    [Fact]
    public void Lets_both_leads_decide_on_the_canary_and_either_executive_on_the_cutover()
    {
        Assert.Equal((true, "Tech Lead+DevOps Lead"), Deciders("Canary"));
        Assert.Equal((false, "CTO+VP Engineering"), Deciders("Cutover"));
    }

    [Fact]
    public void Writes_limits_in_the_unit_of_their_metric()
    {
        double Limit(string metric) => Plan.SuccessCriteria.Single(item => item.Metric == metric).Limit;
        Assert.Equal(0.9999, Limit("Availability"), 12);
        Assert.Equal(100, Limit("LatencyP99"));
        Assert.Equal(10_000, Limit("Throughput"));
        Assert.Equal(28_800, Limit("DeploymentDuration"));
        Assert.Equal(14, Plan.SuccessCriteria.Count);
    }

    [Fact]
    public void Keeps_the_emoji_of_the_status_lines() =>
        Assert.Equal("[{Time}] 🚀 Production deployment started", Plan.Messages.Single(message => message.Name == "Started").Text);

    private static (bool All, string Roles) Deciders(string gate) => (Plan.FindGate(gate)!.RequireAll, string.Join('+', Plan.FindGate(gate)!.Deciders));
}
