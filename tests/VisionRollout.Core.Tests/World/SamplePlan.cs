using VisionRollout.Core.Plan;
using VisionRollout.Core.Tests.Report;

namespace VisionRollout.Core.Tests.World;

/// <summary>The sample plan with two services.</summary>
internal static class SamplePlan
{
    public static RolloutPlan Plan { get; } = SampleRollout.Plan with { Services = [Service("shop"), Service("stock")] };

    public static PlanEnvironment Environment { get; } = new()
    {
        Name = "production",
        Namespace = "shop-production",
        Route = new PlanRoute { Kind = "VirtualService", Name = "shop", Hosts = new Dictionary<string, string> { ["green"] = "shop-green", ["blue"] = "shop-blue" } },
        Endpoints = new RolloutEndpoints(),
    };

    private static PlanService Service(string name) => new()
    {
        Name = name,
        Deployments = new Dictionary<string, string> { ["green"] = name, ["blue"] = name + "-blue" },
        Container = name,
        Image = "registry.example/" + name,
        External = ["payments"],
        Features = [new PlanFeature("Orders", $"/{name}/orders")],
        Database = new PlanDatabase { Name = name, Migrate = ["migrate"] },
    };
}
