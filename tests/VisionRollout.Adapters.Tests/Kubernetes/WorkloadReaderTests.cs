using k8s;
using k8s.Models;
using VisionRollout.Adapters.Kubernetes;
using VisionRollout.Adapters.Tests.Fakes;

namespace VisionRollout.Adapters.Tests.Kubernetes;

public sealed class WorkloadReaderTests
{
    private static readonly WorkloadReader Reader = new(TestPlans.Make());

    [Theory]
    [InlineData("\"observedGeneration\":2,\"replicas\":3,\"updatedReplicas\":3,\"availableReplicas\":3", true)]
    [InlineData("\"observedGeneration\":1,\"replicas\":3,\"updatedReplicas\":3,\"availableReplicas\":3", false)] // the controller has not seen it
    [InlineData("\"observedGeneration\":2,\"replicas\":3,\"updatedReplicas\":2,\"availableReplicas\":3", false)] // one of the old template
    [InlineData("\"observedGeneration\":2,\"replicas\":4,\"updatedReplicas\":3,\"availableReplicas\":3", false)] // an old one still ends
    [InlineData("\"observedGeneration\":2,\"replicas\":3,\"updatedReplicas\":3,\"availableReplicas\":2", false)]
    [InlineData("\"observedGeneration\":2", false)]
    public void Ready_is_decided_as_kubectl_rollout_status_does(string status, bool ready) =>
        Assert.Equal(ready, Reader.Read(Deployment(status))!.IsReady);

    [Fact]
    public void A_deadline_exceeded_is_told_as_the_reason_why_it_does_not_progress()
    {
        var workload = Reader.Read(Deployment("""
            "observedGeneration":2,"replicas":3,"updatedReplicas":3,"availableReplicas":3,
            "conditions":[{"type":"Progressing","status":"False","reason":"ProgressDeadlineExceeded","message":"timed out"}]
            """))!;

        Assert.Equal("ProgressDeadlineExceeded: timed out", workload.Stalled);
        Assert.False(workload.IsReady);
    }

    [Fact]
    public void Service_colour_and_version_come_from_the_plan_and_the_image()
    {
        var workload = Reader.Read(Deployment(""))!;

        Assert.Equal(("business", "green", "v1.0.0", 3), (workload.Service, workload.Colour, workload.Version, workload.Desired));
    }

    [Fact]
    public void A_pod_tells_what_it_waits_for_and_its_limits()
    {
        var pod = Reader.Read(KubernetesJson.Deserialize<V1Pod>("""
            { "metadata": { "name": "business-service-7d9f-x1", "ownerReferences": [ { "kind": "ReplicaSet", "name": "business-service-7d9f", "apiVersion": "apps/v1", "uid": "u" } ] },
              "spec": { "containers": [ { "name": "business", "resources": { "limits": { "cpu": "500m", "memory": "512Mi" } } }, { "name": "proxy", "resources": { "limits": { "cpu": "1", "memory": "1Gi" } } } ] },
              "status": { "phase": "Pending", "containerStatuses": [
                { "name": "proxy", "image": "p", "imageID": "", "ready": false, "restartCount": 1, "state": { "waiting": { "reason": "ContainerCreating" } } },
                { "name": "business", "image": "b", "imageID": "", "ready": false, "restartCount": 2, "state": { "waiting": { "reason": "ImagePullBackOff", "message": "no such tag" } } } ] } }
            """))!;

        Assert.Equal(("business", "green", "ImagePullBackOff: no such tag", 3, false), (pod.Service, pod.Colour, pod.Waiting, pod.Restarts, pod.Ready));
        Assert.Equal(1.5, pod.CpuLimit);
        Assert.Equal(1536.0 * 1024 * 1024, pod.MemoryLimit);
    }

    private static V1Deployment Deployment(string status) => KubernetesJson.Deserialize<V1Deployment>($$"""
        { "metadata": { "name": "business-service", "generation": 2 },
          "spec": { "replicas": 3, "selector": {}, "template": { "spec": { "containers": [ { "name": "proxy", "image": "p:1" }, { "name": "business", "image": "registry.example/business:v1.0.0" } ] } } },
          "status": { {{status}} } }
        """);
}
