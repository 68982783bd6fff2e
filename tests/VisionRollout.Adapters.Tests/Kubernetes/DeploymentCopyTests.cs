using System.Text.Json.Nodes;
using VisionRollout.Adapters.Kubernetes;
using VisionRollout.Adapters.Tests.Fakes;
using VisionRollout.Core.Errors;

namespace VisionRollout.Adapters.Tests.Kubernetes;

public sealed class DeploymentCopyTests
{
    private const string Source = """
        {
          "apiVersion": "apps/v1", "kind": "Deployment",
          "metadata": {
            "name": "business-service", "namespace": "vision-to-code-production", "uid": "u1", "resourceVersion": "77", "generation": 4,
            "creationTimestamp": "2026-11-01T00:00:00Z", "managedFields": [ { "manager": "helm" } ], "ownerReferences": [ { "uid": "x" } ],
            "labels": { "app": "vision-to-code", "deployment-color": "green", "version": "v1.0.0", "app.kubernetes.io/version": "v1.0.0" },
            "annotations": { "team": "platform", "keep-until": "2026-11-24T00:00:00Z", "deployment.kubernetes.io/revision": "4",
              "kubectl.kubernetes.io/last-applied-configuration": "{}", "meta.helm.sh/release-name": "vtc" } },
          "spec": {
            "replicas": 3, "futureField": { "kept": true },
            "selector": { "matchLabels": { "app": "vision-to-code", "deployment-color": "green", "version": "v1.0.0" } },
            "template": {
              "metadata": { "creationTimestamp": null, "labels": { "app": "vision-to-code", "deployment-color": "green", "version": "v1.0.0" } },
              "spec": {
                "topologySpreadConstraints": [ { "maxSkew": 1, "labelSelector": { "matchLabels": { "deployment-color": "green" } } } ],
                "initContainers": [ { "name": "warm", "image": "registry.example/vision-to-code/business:v1.0.0" }, { "name": "wait", "image": "busybox:1.36" } ],
                "containers": [ { "name": "istio-proxy", "image": "istio/proxyv2:1.24" },
                  { "name": "business", "image": "registry.example/vision-to-code/business:v1.0.0", "env": [ { "name": "GREEN", "value": "green" } ] } ] } } },
          "status": { "readyReplicas": 3 }
        }
        """;

    private const string Copy = """
        {
          "apiVersion": "apps/v1", "kind": "Deployment",
          "metadata": {
            "name": "business-service-blue", "namespace": "vision-to-code-production",
            "labels": { "app": "vision-to-code", "deployment-color": "blue", "version": "v1.1.0", "app.kubernetes.io/version": "v1.1.0" },
            "annotations": { "team": "platform" } },
          "spec": {
            "replicas": 3, "futureField": { "kept": true },
            "selector": { "matchLabels": { "app": "vision-to-code", "deployment-color": "blue" } },
            "template": {
              "metadata": { "labels": { "app": "vision-to-code", "deployment-color": "blue", "version": "v1.1.0" } },
              "spec": {
                "topologySpreadConstraints": [ { "maxSkew": 1, "labelSelector": { "matchLabels": { "deployment-color": "blue" } } } ],
                "initContainers": [ { "name": "warm", "image": "registry.example/vision-to-code/business:v1.1.0" }, { "name": "wait", "image": "busybox:1.36" } ],
                "containers": [ { "name": "istio-proxy", "image": "istio/proxyv2:1.24" },
                  { "name": "business", "image": "registry.example/vision-to-code/business:v1.1.0", "env": [ { "name": "GREEN", "value": "green" } ] } ] } } }
        }
        """;

    private static JsonObject SourceObject => JsonNode.Parse(Source)!.AsObject();

    private static DeploymentCopy ToBlue => new(TestPlans.Business, "deployment-color", "green", "blue", "v1.1.0");

    [Fact]
    public void The_copy_changes_names_colour_and_version_and_nothing_else()
    {
        var copy = ToBlue.Make(SourceObject, existing: null);

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Copy), copy), copy.ToJsonString());
    }

    [Fact]
    public void The_source_is_not_changed()
    {
        var source = SourceObject;
        ToBlue.Make(source, existing: null);
        Assert.True(JsonNode.DeepEquals(SourceObject, source));
    }

    [Fact]
    public void A_selector_without_colour_gets_it_so_that_the_colours_do_not_claim_each_others_pods()
    {
        var source = SourceObject;
        source["spec"]!["selector"] = JsonNode.Parse("""{ "matchLabels": { "app": "vision-to-code" } }""");

        var selector = ToBlue.Make(source, existing: null)["spec"]!["selector"]!;

        Assert.Equal("blue", (string?)selector["matchLabels"]!["deployment-color"]);
    }

    [Fact]
    public void An_existing_selector_stays_because_it_cannot_be_changed()
    {
        var existing = JsonNode.Parse("""{ "spec": { "selector": { "matchLabels": { "deployment-color": "blue", "tier": "web" } } } }""")!.AsObject();

        var copy = ToBlue.Make(SourceObject, existing);

        Assert.True(JsonNode.DeepEquals(existing["spec"]!["selector"], copy["spec"]!["selector"]));
    }

    [Fact]
    public void A_container_that_is_not_there_is_named_with_those_that_are()
    {
        var source = SourceObject;
        source["spec"]!["template"]!["spec"]!["containers"]!.AsArray().RemoveAt(1);

        var error = Assert.Throws<RolloutException>(() => ToBlue.Make(source, existing: null));

        Assert.Equal("ContainerNotFound", error.Id);
        Assert.Contains("istio-proxy", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"a":1}""", """{"a":1,"b":2}""", true)]
    [InlineData("""{"a":[{"x":1}]}""", """{"a":[{"x":1,"default":true}]}""", true)]
    [InlineData("""{"a":[1]}""", """{"a":[1,2]}""", false)]
    [InlineData("""{"a":{"b":null}}""", """{"a":{}}""", true)]
    [InlineData("""{"a":1}""", """{"a":2}""", false)]
    [InlineData("""{"a":1}""", """{}""", false)]
    public void What_is_wanted_is_compared_with_what_stands_there(string wanted, string actual, bool contained) =>
        Assert.Equal(contained, DeploymentCopy.IsContained(JsonNode.Parse(wanted), JsonNode.Parse(actual)));
}
