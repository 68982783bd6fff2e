using System.Text.Json.Nodes;

namespace VisionRollout.Tests.Shared;

/// <summary>Scenarios (PROTOCOL.md) for tests.</summary>
public static class RehearsalScenarios
{
    /// <summary>The plan's four services at full size.</summary>
    public static JsonObject Whole() => Make(("business", 3), ("core", 3), ("swarm", 2), ("development", 2));

    /// <summary>One service with two pods: enough for most tests, and quick.</summary>
    public static JsonObject Small() => Make(("business", 2));

    private static JsonObject Make(params (string Name, int Replicas)[] services)
    {
        var scenario = JsonNode.Parse("""
            {
              "name": "vision-to-code", "namespace": "vision-to-code-production", "seed": 42, "start": "2026-11-23T08:55:00Z",
              "demandPerSecond": 12000, "probesPerSecond": 60, "scrapeSeconds": 15,
              "route": { "kind": "VirtualService", "name": "vision-to-code", "hosts": { "green": "vision-to-code-green", "blue": "vision-to-code-blue" },
                         "header": "canary", "headerValue": "true", "host": "vision-to-code.example" },
              "colourLabel": "deployment-color", "liveColour": "green", "liveVersion": "v1.0.0",
              "versions": { "v1.0.0": { "errorRate": 0.0003, "latencyMedianMs": 18, "latencyP99Ms": 62, "startupSeconds": 20, "cpu": 0.45, "memory": 0.55 },
                            "v1.1.0": { "errorRate": 0.0003, "latencyMedianMs": 17, "latencyP99Ms": 60, "startupSeconds": 25, "cpu": 0.44, "memory": 0.56 } },
              "people": [ { "user": "jane@vision-to-code.com" }, { "user": "bob@vision-to-code.com" }, { "user": "cto@vision-to-code.com" }, { "user": "vp-engineering@vision-to-code.com", "groups": ["vps"] } ],
              "faults": []
            }
            """)!.AsObject();
        scenario["services"] = new JsonArray([.. services.Select(service => (JsonNode)Service(service.Name, service.Replicas))]);
        return scenario;
    }

    private static JsonObject Service(string name, int replicas) => new()
    {
        ["name"] = name,
        ["replicas"] = replicas,
        ["port"] = 8080,
        ["container"] = name,
        ["image"] = "registry.example/vision-to-code/" + name,
        ["deployments"] = new JsonObject { ["green"] = name + "-service", ["blue"] = name + "-service-blue" },
        ["database"] = name + "_production",
        ["secret"] = name + "-database",
        ["external"] = new JsonArray("payments"),
    };
}
