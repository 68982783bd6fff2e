using System.Text.Json.Nodes;

namespace VisionRollout.Rehearsal.Tests.Hosting;

/// <summary>Scenarios for tests.</summary>
public static class TestScenario
{
    /// <summary>The four services of the plan.</summary>
    public static string Whole { get; } = Make(("business", 3), ("core", 3), ("swarm", 2), ("development", 2));

    /// <summary>One service with one pod, for tests of the process.</summary>
    public static string Small { get; } = Make(("business", 1));

    /// <summary>The small scenario with something changed.</summary>
    public static string SmallWith(Action<JsonObject> change)
    {
        var scenario = JsonNode.Parse(Small)!.AsObject();
        change(scenario);
        return scenario.ToJsonString();
    }

    private static string Make(params (string Name, int Replicas)[] services) => $$"""
        {
          "name": "vision-to-code", "namespace": "vision-to-code-production", "seed": 42, "start": "2026-11-23T08:55:00Z",
          "demandPerSecond": 12000, "probesPerSecond": 60, "scrapeSeconds": 15,
          "route": { "kind": "VirtualService", "name": "vision-to-code", "hosts": { "green": "vision-to-code-green", "blue": "vision-to-code-blue" },
                     "header": "canary", "headerValue": "true", "host": "vision-to-code.example" },
          "colourLabel": "deployment-color", "liveColour": "green", "liveVersion": "v1.0.0",
          "services": [ {{string.Join(',', services.Select(service => Service(service.Name, service.Replicas)))}} ],
          "versions": { "v1.0.0": { "errorRate": 0.0003, "latencyMedianMs": 18, "latencyP99Ms": 62, "startupSeconds": 20, "cpu": 0.45, "memory": 0.55 },
                        "v1.1.0": { "errorRate": 0.0003, "latencyMedianMs": 17, "latencyP99Ms": 60, "startupSeconds": 25, "cpu": 0.44, "memory": 0.56 } },
          "faults": []
        }
        """;

    private static string Service(string name, int replicas) => $$"""
        { "name": "{{name}}", "replicas": {{replicas}}, "port": 8080, "container": "{{name}}", "image": "registry.example/vision-to-code/{{name}}",
          "deployments": { "green": "{{name}}-service", "blue": "{{name}}-service-blue" },
          "database": "{{name}}_production", "secret": "{{name}}-database", "external": ["payments"] }
        """;
}
