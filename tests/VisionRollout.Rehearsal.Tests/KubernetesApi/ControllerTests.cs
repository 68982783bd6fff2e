#pragma warning disable xUnit1051 // Every call goes to this process; the timeout of the test bounds them all.
using k8s;
using k8s.Models;
using VisionRollout.Rehearsal.Cluster;

namespace VisionRollout.Rehearsal.Tests.KubernetesApi;

public sealed class ControllerTests : IAsyncLifetime
{
    private const string Ns = TestCluster.Namespace;
    private TestCluster cluster = null!;

    private Kubernetes Client => cluster.Client;

    public async ValueTask InitializeAsync() => cluster = await TestCluster.StartAsync();

    public ValueTask DisposeAsync() => cluster.DisposeAsync();

    [Fact(Timeout = 120_000)]
    public async Task A_deployment_becomes_available_when_its_pods_have_started_and_not_before()
    {
        await cluster.DeployAsync("web", 3, ready: false);
        await cluster.PassAsync(TimeSpan.FromSeconds(19));
        var early = await Client.ReadNamespacedDeploymentAsync("web", Ns);
        Assert.Null(early.Status.AvailableReplicas);
        Assert.Equal("False", Condition(early, "Available").Status);
        await cluster.PassAsync(TimeSpan.FromSeconds(2));
        var ready = await Client.ReadNamespacedDeploymentAsync("web", Ns);
        Assert.Equal((3, 3, 3, 1L), (ready.Status.ReadyReplicas, ready.Status.UpdatedReplicas, ready.Status.AvailableReplicas, ready.Status.ObservedGeneration));
        Assert.Equal("NewReplicaSetAvailable", Condition(ready, "Progressing").Reason);
        Assert.Equal("1", ready.Metadata.Annotations["deployment.kubernetes.io/revision"]);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_rolling_update_stays_within_surge_and_unavailability_at_every_moment()
    {
        await cluster.DeployAsync("web", 4);
        var most = 0;
        var least = int.MaxValue;
        cluster.Store.Changed += change =>
        {
            if (change.Key is not { Group: "apps", Plural: "replicasets" })
                return;
            var sets = cluster.Store.List("apps", "replicasets", Ns);
            most = Math.Max(most, sets.Sum(set => set.Int("spec", "replicas") ?? 0));
            least = Math.Min(least, cluster.Store.List("", "pods", Ns).Count(PodFacts.IsReady));
        };
        await SetImageAsync("web", "v1.1.0");
        await cluster.PassAsync(TimeSpan.FromMinutes(5));
        var done = await Client.ReadNamespacedDeploymentAsync("web", Ns);
        Assert.Equal((4, 4), (done.Status.UpdatedReplicas, done.Status.AvailableReplicas));
        Assert.Equal((5, 3), (most, least));
        Assert.All((await Client.ListNamespacedPodAsync(Ns)).Items, pod => Assert.EndsWith(":v1.1.0", pod.Spec.Containers[0].Image, StringComparison.Ordinal));
    }

    [Fact(Timeout = 120_000)]
    public async Task An_image_that_is_missing_keeps_the_old_pods_and_exceeds_the_progress_deadline()
    {
        await cluster.DeployAsync("web", 2);
        await SetImageAsync("web", "missing");
        await cluster.PassAsync(TimeSpan.FromMinutes(11));
        var deployment = await Client.ReadNamespacedDeploymentAsync("web", Ns);
        Assert.Equal("ProgressDeadlineExceeded", Condition(deployment, "Progressing").Reason);
        Assert.Equal("True", Condition(deployment, "Available").Status);
        var waiting = Assert.Single((await Client.ListNamespacedPodAsync(Ns)).Items, pod => pod.Status.ContainerStatuses[0].State.Waiting is not null);
        Assert.Equal("ImagePullBackOff", waiting.Status.ContainerStatuses[0].State.Waiting.Reason);
        var events = await Client.CoreV1.ListNamespacedEventAsync(Ns, fieldSelector: $"involvedObject.name={waiting.Metadata.Name},reason=Failed");
        Assert.True(Assert.Single(events.Items).Count > 1);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_rollback_uses_the_replica_set_of_the_template_again()
    {
        await cluster.DeployAsync("web", 2);
        await SetImageAsync("web", "v1.1.0");
        await cluster.PassAsync(TimeSpan.FromMinutes(5));
        await SetImageAsync("web", "v1.0.0");
        await cluster.PassAsync(TimeSpan.FromMinutes(5));
        var sets = (await Client.ListNamespacedReplicaSetAsync(Ns)).Items;
        Assert.Equal(2, sets.Count);
        var current = Assert.Single(sets, set => set.Spec.Replicas == 2);
        Assert.Equal("3", current.Metadata.Annotations["deployment.kubernetes.io/revision"]);
        Assert.EndsWith(":v1.0.0", current.Spec.Template.Spec.Containers[0].Image, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_pod_is_in_its_services_endpoints_only_while_it_is_ready()
    {
        await Client.CreateNamespacedServiceAsync(TestCluster.Service("web", "web"), Ns);
        await cluster.DeployAsync("web", 2, ready: false);
        var starting = Assert.Single((await Client.ReadNamespacedEndpointsAsync("web", Ns)).Subsets);
        Assert.Null(starting.Addresses);
        Assert.Equal(2, starting.NotReadyAddresses.Count);
        await cluster.PassAsync(TimeSpan.FromSeconds(30));
        var pod = (await Client.ListNamespacedPodAsync(Ns)).Items[0];
        cluster.Health.SetReady(Ns, pod.Metadata.Name, false, "HTTP probe failed with statuscode: 503");
        await cluster.SettleAsync();
        var subset = Assert.Single((await Client.ReadNamespacedEndpointsAsync("web", Ns)).Subsets);
        Assert.NotEqual(pod.Metadata.Name, Assert.Single(subset.Addresses).TargetRef.Name);
        var slices = await Client.ListNamespacedEndpointSliceAsync(Ns, labelSelector: "kubernetes.io/service-name=web");
        Assert.Equal([false, true], slices.Items.SelectMany(slice => slice.Endpoints).Select(endpoint => endpoint.Conditions.Ready == true).Order());
        Assert.Equal(1, (await Client.ReadNamespacedDeploymentAsync("web", Ns)).Status.AvailableReplicas);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_crashed_container_is_started_again_after_a_pause_and_counts_its_restarts()
    {
        await cluster.DeployAsync("web", 1);
        var name = (await Client.ListNamespacedPodAsync(Ns)).Items[0].Metadata.Name;
        cluster.Health.Crash(Ns, name, 137, "out of memory");
        await cluster.SettleAsync();
        var crashed = await Client.ReadNamespacedPodAsync(name, Ns);
        Assert.Equal("CrashLoopBackOff", crashed.Status.ContainerStatuses[0].State.Waiting.Reason);
        Assert.Equal(137, crashed.Status.ContainerStatuses[0].LastState.Terminated.ExitCode);
        await cluster.PassAsync(TimeSpan.FromSeconds(40));
        var again = await Client.ReadNamespacedPodAsync(name, Ns);
        Assert.Equal((1, true), (again.Status.ContainerStatuses[0].RestartCount, again.Status.ContainerStatuses[0].Ready));
    }

    [Fact(Timeout = 120_000)]
    public async Task What_a_deleted_deployment_owned_goes_with_it()
    {
        await cluster.DeployAsync("web", 2);
        await Client.DeleteNamespacedDeploymentAsync("web", Ns);
        await cluster.SettleAsync();
        Assert.Empty((await Client.ListNamespacedReplicaSetAsync(Ns)).Items);
        Assert.Empty((await Client.ListNamespacedPodAsync(Ns)).Items);
        Assert.Equal(2, cluster.Node.Stopped.Distinct().Count());
    }

    [Fact(Timeout = 120_000)]
    public async Task Orphaned_pods_outlive_their_replica_set()
    {
        await cluster.DeployAsync("web", 1);
        await Client.DeleteNamespacedDeploymentAsync("web", Ns, propagationPolicy: "Orphan");
        await cluster.SettleAsync();
        Assert.Single((await Client.ListNamespacedReplicaSetAsync(Ns)).Items);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_deleted_pod_is_replaced()
    {
        await cluster.DeployAsync("web", 2);
        var pod = (await Client.ListNamespacedPodAsync(Ns)).Items[0];
        await Client.DeleteNamespacedPodAsync(pod.Metadata.Name, Ns);
        await cluster.PassAsync(TimeSpan.FromSeconds(30));
        var pods = (await Client.ListNamespacedPodAsync(Ns)).Items;
        Assert.Equal(2, pods.Count);
        Assert.DoesNotContain(pods, other => other.Metadata.Name == pod.Metadata.Name);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_quota_stops_new_pods_until_it_allows_more()
    {
        var quota = new V1ResourceQuota
        {
            Metadata = new V1ObjectMeta { Name = "pods" },
            Spec = new V1ResourceQuotaSpec { Hard = new Dictionary<string, ResourceQuantity> { ["pods"] = new("2") } },
        };
        await Client.CreateNamespacedResourceQuotaAsync(quota, Ns);
        var limited = await cluster.DeployAsync("web", 3);
        Assert.Equal(2, limited.Status.Replicas);
        Assert.Contains("exceeded quota", Condition(limited, "ReplicaFailure").Message, StringComparison.Ordinal);
        await Client.PatchNamespacedResourceQuotaAsync(new V1Patch("""{"spec":{"hard":{"pods":"5"}}}""", V1Patch.PatchType.MergePatch), "pods", Ns);
        await cluster.PassAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(3, (await Client.ReadNamespacedDeploymentAsync("web", Ns)).Status.AvailableReplicas);
    }

    private static V1DeploymentCondition Condition(V1Deployment deployment, string type) =>
        Assert.Single(deployment.Status.Conditions, condition => condition.Type == type);

    private async Task SetImageAsync(string name, string tag)
    {
        var patch = """{"spec":{"template":{"spec":{"containers":[{"name":"app","image":"IMAGE"}]}}}}""".Replace("IMAGE", $"registry.example/{name}:{tag}", StringComparison.Ordinal);
        await Client.PatchNamespacedDeploymentAsync(new V1Patch(patch, V1Patch.PatchType.StrategicMergePatch), name, Ns);
        await cluster.SettleAsync();
    }
}
