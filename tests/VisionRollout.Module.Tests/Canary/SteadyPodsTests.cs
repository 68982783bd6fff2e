using VisionRollout.Core.Evidence;

namespace VisionRollout.Module.Tests.Canary;

public sealed class SteadyPodsTests
{
    private readonly SteadyPods pods = new();
    private DateTimeOffset now = DateTimeOffset.UnixEpoch;

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

    [Fact]
    public void What_is_read_twice_within_a_look_is_one_look()
    {
        Assert.Equal(Verdict.Undecided, Look(("core", 4)));
        now -= TimeSpan.FromSeconds(28);
        Assert.Equal(Verdict.Undecided, Look(("core", 4)));
        Assert.Equal(Verdict.NoGo, Look(("core", 4)));
    }

    [Fact]
    public void Alerts_are_no_pods_that_come_and_go()
    {
        var alert = new Finding { Criterion = "CriticalAlerts", Subject = "rollout", Verdict = Verdict.NoGo, Measured = 1, Reason = "PodCrash", At = now };
        Assert.False(SteadyPods.MayPass(alert));
        Assert.Equal(alert, Assert.Single(pods.Judge([alert])));
    }

    // Ready pods of six; null: all are. Half a minute passes before each look.
    private Verdict Look((string Service, int? Ready) seen) => Assert.Single(pods.Judge([new Finding
    {
        Criterion = "PodsReady", Subject = seen.Service, Verdict = seen.Ready is null ? Verdict.Go : Verdict.NoGo, Measured = seen.Ready ?? 6, Reason = "pods", At = now += TimeSpan.FromSeconds(30),
    }])).Verdict;
}
