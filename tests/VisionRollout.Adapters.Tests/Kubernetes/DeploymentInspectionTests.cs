using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using VisionRollout.Adapters.Kubernetes;
using VisionRollout.Adapters.Tests.Fakes;
using VisionRollout.Core.Evidence;

namespace VisionRollout.Adapters.Tests.Kubernetes;

public sealed class DeploymentInspectionTests
{
    [Theory]
    [InlineData("""{"exec":{"command":["sleep","5"]}}""", 30, 10, "PreStop Go", "Drain Go")]
    [InlineData("""{"sleep":{"seconds":30}}""", 30, 10, "PreStop NoGo", null)]
    [InlineData("""{"exec":{"command":["sh","-c","sleep 25; echo end"]}}""", 30, 10, "PreStop Go", "Drain NoGo")]
    [InlineData("""{"exec":{"command":["/bin/sh","-c","/usr/bin/sleep 10s"]}}""", null, 20, "PreStop Go", "Drain Go")]
    [InlineData("""{"exec":{"command":["/drain.sh"]}}""", 30, 10, "PreStop Undecided", null)]
    [InlineData("null", 30, 10, "PreStop Undecided", null)]
    [InlineData("null", 5, 10, "PreStop Undecided", "Drain NoGo")]
    public void Pods_have_time_to_finish_their_longest_request(string hook, int? grace, int longest, string preStop, string? drain)
    {
        var deployment = Deployment();
        Pod(deployment)["terminationGracePeriodSeconds"] = grace;
        Container(deployment)["lifecycle"] = new JsonObject { ["preStop"] = JsonNode.Parse(hook) };
        var findings = Inspect(deployment, longest).Ending().Select(Short).ToList();
        Assert.Equal(drain is null ? [preStop] : [preStop, drain], findings);
    }

    [Fact]
    public void A_fix_names_the_value_to_write()
    {
        var deployment = Deployment();
        Container(deployment)["lifecycle"] = new JsonObject { ["preStop"] = new JsonObject { ["sleep"] = new JsonObject { ["seconds"] = 28 } } };
        Assert.Contains("Raise terminationGracePeriodSeconds to 38", Inspect(deployment, 10).Ending().Single(finding => finding.Criterion == "Drain").Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Readiness_needs_a_probe_and_gates_that_somebody_sets()
    {
        var deployment = Deployment();
        Assert.Empty(Inspect(deployment).Readiness([]));
        Pod(deployment)["readinessGates"] = new JsonArray(new JsonObject { ["conditionType"] = "mesh/ready" }, new JsonObject { ["conditionType"] = "lb/ready" });
        Container(deployment).Remove("readinessProbe");
        var live = Read<V1Pod>("""{"metadata":{"name":"p"},"status":{"conditions":[{"type":"mesh/ready","status":"True"},{"type":"lb/ready","status":"False"}]}}""");
        var findings = Inspect(deployment).Readiness([live]).ToList();
        Assert.Equal(["ReadinessProbe NoGo", "ReadinessGates NoGo"], findings.Select(Short));
        Assert.Contains("'lb/ready'", findings[1].Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"maxUnavailable":1,"selector":{"matchLabels":{"app":"shop"}}}""", null)]
    [InlineData("""{"maxUnavailable":0,"selector":{"matchLabels":{"app":"shop"}}}""", "lets none of 3 pods go")]
    [InlineData("""{"minAvailable":3,"selector":{"matchLabels":{"app":"shop"}}}""", "lets none of 3 pods go")]
    [InlineData("""{"minAvailable":"80%","selector":{"matchExpressions":[{"key":"app","operator":"In","values":["shop"]}]}}""", "lets none of 3 pods go")]
    [InlineData("""{"minAvailable":2,"selector":{"matchLabels":{"app":"shop"}}}""", null)]
    [InlineData("""{"maxUnavailable":1,"selector":{"matchLabels":{"app":"other"}}}""", "no PodDisruptionBudget covers")]
    public void A_disruption_budget_covers_it_and_lets_one_pod_go(string spec, string? told)
    {
        var budget = Read<V1PodDisruptionBudget>($$"""{"metadata":{"name":"shop"},"spec":{{spec}}}""");
        var findings = Inspect(Deployment()).Disruption([budget]).ToList();
        if (told is null) Assert.Empty(findings);
        else Assert.Contains(told, Assert.Single(findings).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("business-service-blue", 6, null)]
    [InlineData("business-service-blue", 3, "no headroom")]
    [InlineData("business-service", 6, "none scales business-service-blue")]
    public void An_autoscaler_is_there_and_has_headroom(string target, int most, string? told)
    {
        var scaler = Read<V2HorizontalPodAutoscaler>($$$$"""{"metadata":{"name":"shop"},"spec":{"maxReplicas":{{{{most}}}},"scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"{{{{target}}}}"}}}""");
        var findings = Inspect(Deployment()).Autoscaling([scaler], "business-service").ToList();
        if (told is null) Assert.Empty(findings);
        else Assert.Contains(told, Assert.Single(findings).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pods", "10", "8", 0, "3 more pods need 3 pods")]
    [InlineData("pods", "10", "7", 0, null)]
    [InlineData("pods", "10", "8", 2, null)]
    [InlineData("requests.cpu", "2", "1500m", 0, "3 more pods need 0.75 requests.cpu")]
    [InlineData("limits.memory", "2Gi", "0", 0, null)]
    [InlineData("limits.memory", "1Gi", "0", 0, "ResourceQuota 'team'")]
    [InlineData("services", "1", "1", 0, null)]
    public void It_fits_into_the_quota(string resource, string hard, string used, int standing, string? told)
    {
        var quota = Read<V1ResourceQuota>($$$$"""{"metadata":{"name":"team"},"spec":{"hard":{"{{{{resource}}}}":"{{{{hard}}}}"}},"status":{"hard":{"{{{{resource}}}}":"{{{{hard}}}}"},"used":{"{{{{resource}}}}":"{{{{used}}}}"}}}""");
        var findings = Inspect(Deployment()).Quota([quota], standing).ToList();
        if (told is null) Assert.Empty(findings);
        else Assert.Contains(told, Assert.Single(findings).Reason, StringComparison.Ordinal);
        Assert.All(findings, finding => Assert.Equal((Verdict.NoGo, "deployment"), (finding.Verdict, finding.Trigger)));
    }

    private static string Short(Finding finding) => $"{finding.Criterion} {finding.Verdict}";

    private static T Read<T>(string json) => KubernetesJson.Deserialize<T>(json);

    private static JsonObject Pod(JsonObject deployment) => deployment["spec"]!["template"]!["spec"]!.AsObject();

    private static JsonObject Container(JsonObject deployment) => Pod(deployment)["containers"]![0]!.AsObject();

    private static DeploymentInspection Inspect(JsonObject deployment, int longest = 10) =>
        new(TestPlans.Business with { LongestRequest = TimeSpan.FromSeconds(longest) }, deployment, DateTimeOffset.UnixEpoch);

    private static JsonObject Deployment() => JsonNode.Parse("""
        { "metadata": { "name": "business-service-blue" },
          "spec": { "replicas": 3, "template": { "metadata": { "labels": { "app": "shop" } }, "spec": {
            "containers": [ { "name": "business", "readinessProbe": { "httpGet": { "path": "/" } }, "resources": { "requests": { "cpu": "250m" }, "limits": { "cpu": "500m", "memory": "512Mi" } } } ] } } } }
        """)!.AsObject();
}
