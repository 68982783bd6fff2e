using VisionRollout.Rehearsal.Scenario;

namespace VisionRollout.Rehearsal.Tests.Scenario;

public sealed class ScenarioReaderTests
{
    internal const string Sample = """
        {
          "name": "vision-to-code", "namespace": "vision-to-code-production", "seed": 42,
          "start": "2026-11-23T08:55:00Z", // virtual time
          "demandPerSecond": 12000, "probesPerSecond": 60, "scrapeSeconds": 15,
          "route": { "kind": "VirtualService", "name": "vision-to-code", "hosts": { "green": "vision-to-code-green", "blue": "vision-to-code-blue" },
                     "header": "canary", "headerValue": "true", "host": "vision-to-code.example" },
          "colourLabel": "deployment-color", "liveColour": "green", "liveVersion": "v1.0.0",
          "gatewayPort": 0, "kubernetesPort": 0, "controlPort": 0,
          "services": [
            { "name": "business", "replicas": 3, "port": 8080, "container": "business", "image": "registry.example/vision-to-code/business",
              "deployments": { "green": "business-service", "blue": "business-service-blue" },
              "database": "business_production", "secret": "business-database", "external": ["payments"] },
            { "name": "core", "replicas": 2, "port": 8080, "container": "core", "image": "registry.example/vision-to-code/core",
              "deployments": { "green": "core-service", "blue": "core-service-blue" },
              "database": "core_production", "secret": "core-database" }
          ],
          "versions": { "v1.0.0": { "errorRate": 0.0003, "latencyMedianMs": 18, "latencyP99Ms": 62, "startupSeconds": 20, "cpu": 0.45, "memory": 0.55 },
                        "v1.1.0": { "errorRate": 0.0003, "latencyMedianMs": 17, "latencyP99Ms": 60, "startupSeconds": 25, "cpu": 0.44, "memory": 0.56 } },
          "faults": [ { "name": "latency", "afterSeconds": 9600, "target": { "version": "v1.1.0" }, "magnitude": 80 } ]
        }
        """;

    [Fact]
    public void The_scenario_of_the_protocol_is_read_whole()
    {
        var scenario = ScenarioReader.Read(Sample);

        Assert.Equal(new DateTimeOffset(2026, 11, 23, 8, 55, 0, TimeSpan.Zero), scenario.Start);
        Assert.Equal(2, scenario.Services.Count);
        Assert.Equal(["payments"], scenario.Services[0].External);
        Assert.Equal("business-service-blue", scenario.Services[0].Deployments["blue"]);
        Assert.Equal(62, scenario.Versions["v1.0.0"].LatencyP99Ms);
        Assert.Equal("blue", scenario.Route.ColourOf("vision-to-code-blue.vision-to-code-production.svc.cluster.local"));
        Assert.Equal("v1.1.0", Assert.Single(scenario.Faults).Target.Version);
    }

    [Fact]
    public void Every_mistake_is_reported_at_once_with_its_place()
    {
        var broken = Sample.Replace("\"seed\": 42", "\"seed\": \"x\"", StringComparison.Ordinal)
            .Replace("\"scrapeSeconds\": 15", "\"scrapeSeconds\": 0, \"colour\": 1", StringComparison.Ordinal)
            .Replace("\"replicas\": 3", "\"replicas\": 0", StringComparison.Ordinal)
            .Replace("\"errorRate\": 0.0003, \"latencyMedianMs\": 18", "\"latencyMedianMs\": -1", StringComparison.Ordinal);

        var error = Assert.Throws<ScenarioException>(() => ScenarioReader.Read(broken));

        Assert.Equal(6, error.Problems.Count);
        Assert.Contains("$.colour is unknown", error.Problems);
        Assert.Contains("$.versions.v1.0.0.errorRate is missing", error.Problems);
        Assert.Contains("$.services[0].replicas must be a whole number from 1 to 50", error.Problems);
    }

    [Theory]
    [InlineData("\"liveVersion\": \"v1.0.0\"", "\"liveVersion\": \"v9\"", "$.liveVersion 'v9' is not in $.versions")]
    [InlineData("\"liveColour\": \"green\"", "\"liveColour\": \"red\"", "$.liveColour 'red' has no host in $.route.hosts")]
    [InlineData("\"latencyP99Ms\": 60", "\"latencyP99Ms\": 6", "$.versions.v1.1.0.latencyP99Ms 6 lies below its median 17")]
    [InlineData("core_production", "business_production", "$.services[0].database 'business_production' belongs to another service too")]
    [InlineData("\"gatewayPort\": 0, \"kubernetesPort\": 0", "\"gatewayPort\": 81, \"kubernetesPort\": 81", "port 81 is given 2 times")]
    public void Values_that_contradict_each_other_are_reported(string from, string to, string problem)
    {
        var error = Assert.Throws<ScenarioException>(() => ScenarioReader.Read(Sample.Replace(from, to, StringComparison.Ordinal)));

        Assert.Contains(problem, error.Problems);
    }

    [Fact]
    public void An_unknown_fault_is_answered_with_the_names_that_exist()
    {
        var error = Assert.Throws<ScenarioException>(() => ScenarioReader.Read(Sample.Replace("\"latency\",", "\"slow\",", StringComparison.Ordinal)));

        Assert.Contains("performance-degradation", Assert.Single(error.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Text_that_is_not_json_is_a_scenario_mistake() => Assert.Throws<ScenarioException>(() => ScenarioReader.Read("{"));
}
