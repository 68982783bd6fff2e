using VisionRollout.Core.Evidence;

namespace VisionRollout.Module.Tests.Canary;

public sealed class SteadyPodsTests
{
    private readonly SteadyPods pods = new();

    [Fact]
    public void Some_missing_pods_are_a_NoGo_only_when_two_looks_in_a_row_say_so()
    {
        Assert.Equal(Verdict.Undecided, Look(("core", 4)));
        Assert.Equal(Verdict.Go, Look(("core", null)));
        Assert.Equal(Verdict.Undecided, Look(("core", 4)));
        Assert.Equal(Verdict.NoGo, Look(("core", 5)));
    }

    [Fact]
    public void A_service_without_any_ready_pod_is_a_NoGo_at_once() => Assert.Equal(Verdict.NoGo, Look(("core", 0)));

    [Fact]
    public void Another_service_in_the_next_look_is_a_first_look_at_that_one()
    {
        Assert.Equal(Verdict.Undecided, Look(("core", 4)));
        Assert.Equal(Verdict.Undecided, Look(("swarm", 4)));
    }

    // Ready pods of six; null: all are.
    private Verdict Look((string Service, int? Ready) seen) => Assert.Single(pods.Judge([new Finding
    {
        Criterion = "PodsReady", Subject = seen.Service, Verdict = seen.Ready is null ? Verdict.Go : Verdict.NoGo, Measured = seen.Ready ?? 6, Reason = "pods", At = DateTimeOffset.UnixEpoch,
    }])).Verdict;
}
