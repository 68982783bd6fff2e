using VisionRollout.Core.Plan;

namespace VisionRollout.Adapters.Tests.Fakes;

/// <summary>A plan with what the adapters look at.</summary>
public static class TestPlans
{
    public const string Namespace = "vision-to-code-production";

    public static PlanRoute Route { get; } = new()
    {
        Kind = "VirtualService",
        Name = "vision-to-code",
        Hosts = new Dictionary<string, string> { ["green"] = "vision-to-code-green", ["blue"] = "vision-to-code-blue" },
    };

    public static PlanService Business { get; } = Service("business");

    public static RolloutPlan Make(RolloutEndpoints? endpoints = null, PlanRoute? route = null, params string[] services) => new()
    {
        Name = "vision-to-code",
        Title = "Vision-to-Code",
        Path = "rollout.psd1",
        Hash = "",
        Colours = new PlanColours("deployment-color", ["green", "blue"]),
        Environments = [new PlanEnvironment { Name = "production", Namespace = Namespace, Route = route ?? Route, Endpoints = endpoints ?? new() }],
        Services = services.Length == 0 ? [Business] : [.. services.Select(Service)],
        Timeline = [],
        Canary = new PlanCanary { Stages = [] },
        Gates = [],
        SuccessCriteria = [],
        Risks = [],
        Checklists = [],
        Contacts = [],
        Channels = [],
        Messages = [],
        Rollback = new PlanRollback(TimeSpan.FromMinutes(15), TimeSpan.FromHours(24)),
    };

    public static PlanEnvironment Environment(this RolloutPlan plan) => plan.Environments[0];

    public static PlanService Service(string name) => new()
    {
        Name = name,
        Deployments = new Dictionary<string, string> { ["green"] = name + "-service", ["blue"] = name + "-service-blue" },
        Container = name,
        Image = "registry.example/vision-to-code/" + name,
        Database = new PlanDatabase { Name = name + "_production", Secret = name + "-database", Migrate = ["mix", "ecto.migrate", "--log-sql"] },
    };
}
