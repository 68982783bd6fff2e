using NSubstitute;
using VisionRollout.Core.Workloads;

namespace VisionRollout.Core.Tests.World;

/// <summary>Deployments and pods of the sample plan's services.</summary>
internal static class SampleWorkloads
{
    /// <summary>The port, with that many of <paramref name="desired"/> pods ready by Deployment; a Deployment that is not named does not exist.</summary>
    public static IWorkloads With(int desired, params (string Deployment, int Ready)[] deployments)
    {
        var workloads = Substitute.For<IWorkloads>();
        var all = deployments.Select(item => Workload(item.Deployment, item.Ready, desired)).ToArray();
        workloads.ListAsync(Arg.Any<string?>(), Arg.Any<CancellationToken>())
            .Returns(call => [.. all.Where(item => call.ArgAt<string?>(0) is not { } colour || item.Colour == colour)]);
        var pods = all.SelectMany(item => Enumerable.Range(1, item.Desired).Select(number => Pod(item, number, number <= item.Ready))).ToArray();
        workloads.ListPodsAsync(Arg.Any<string?>(), Arg.Any<CancellationToken>())
            .Returns(call => [.. pods.Where(pod => call.ArgAt<string?>(0) is not { } colour || pod.Colour == colour)]);
        return workloads;
    }

    /// <summary>Everything ready in both colours.</summary>
    public static IWorkloads AllReady() => With(2, ("shop", 2), ("stock", 2), ("shop-blue", 2), ("stock-blue", 2));

    private static Workload Workload(string deployment, int ready, int desired) => new()
    {
        Service = deployment.Split('-')[0],
        Colour = deployment.EndsWith("-blue", StringComparison.Ordinal) ? "blue" : "green",
        Deployment = deployment,
        Image = "registry.example/image:v1",
        Version = "v1",
        Desired = desired,
        Ready = ready,
        Updated = desired,
        IsReady = ready == desired,
    };

    private static PodState Pod(Workload owner, int number, bool ready) => new()
    {
        Name = $"{owner.Deployment}-{number}", Service = owner.Service, Colour = owner.Colour, Deployment = owner.Deployment, Phase = "Running", Ready = ready, CpuLimit = 2, MemoryLimit = 1000,
    };
}
