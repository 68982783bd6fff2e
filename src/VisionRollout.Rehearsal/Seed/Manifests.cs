using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using VisionRollout.Rehearsal.Postgres;
using VisionRollout.Rehearsal.Scenario;

namespace VisionRollout.Rehearsal.Seed;

/// <summary>The objects of the application, as its operations team would have applied them.</summary>
internal sealed class Manifests(RehearsalScenario scenario)
{
    private const string PortName = "http";

    /// <summary>The namespace, with the mesh switched on.</summary>
    public JsonObject Namespace() => Parse($$"""
        { "apiVersion": "v1", "kind": "Namespace",
          "metadata": { "name": {{Text(scenario.Namespace)}},
            "labels": { "kubernetes.io/metadata.name": {{Text(scenario.Namespace)}}, "istio-injection": "enabled" } },
          "spec": { "finalizers": ["kubernetes"] }, "status": { "phase": "Active" } }
        """);

    /// <summary>The service account that every namespace has.</summary>
    public JsonObject DefaultServiceAccount() => Parse($$"""
        { "apiVersion": "v1", "kind": "ServiceAccount", "metadata": { "name": "default", "namespace": {{Text(scenario.Namespace)}} } }
        """);

    /// <summary>How the pods of a service reach their database.</summary>
    public JsonObject Secret(ScenarioService service, ServiceDatabase database) => Parse($$"""
        { "apiVersion": "v1", "kind": "Secret", "type": "Opaque",
          "metadata": { "name": {{Text(service.Secret)}}, "namespace": {{Text(scenario.Namespace)}}, "labels": {{Labels(service)}} },
          "data": { "host": {{Base64(database.Host)}}, "port": {{Base64($"{database.Port}")}}, "database": {{Base64(database.Database)}},
            "username": {{Base64(database.Username)}}, "password": {{Base64(database.Password)}} } }
        """);

    /// <summary>A service's settings; <c>external.fallback</c> "on" lets it do without its external systems.</summary>
    public JsonObject Configuration(ScenarioService service)
    {
        var manifest = Parse($$"""
            { "apiVersion": "v1", "kind": "ConfigMap",
              "metadata": { "name": {{Text(service.Name + "-config")}}, "namespace": {{Text(scenario.Namespace)}}, "labels": {{Labels(service)}} },
              "data": { "log.level": "info", "pool.size": "10", "external.fallback": "off" } }
            """);
        foreach (var external in service.External)
            manifest["data"]![$"external.{external}.url"] = $"https://{external}.partner.example/api";
        return manifest;
    }

    /// <summary>The Service by which other services find this one.</summary>
    public JsonObject ServiceOf(ScenarioService service) => Parse($$"""
        { "apiVersion": "v1", "kind": "Service",
          "metadata": { "name": {{Text(service.Name)}}, "namespace": {{Text(scenario.Namespace)}}, "labels": {{Labels(service)}} },
          "spec": { "type": "ClusterIP", "selector": {{Labels(service)}},
            "ports": [ { "name": "http", "port": 80, "targetPort": "{{PortName}}", "protocol": "TCP" } ] } }
        """);

    /// <summary>At most one pod of a service may be taken away at a time.</summary>
    public JsonObject DisruptionBudget(ScenarioService service) => Parse($$"""
        { "apiVersion": "policy/v1", "kind": "PodDisruptionBudget",
          "metadata": { "name": {{Text(service.Name)}}, "namespace": {{Text(scenario.Namespace)}}, "labels": {{Labels(service)}} },
          "spec": { "maxUnavailable": 1, "selector": { "matchLabels": {{Labels(service)}} } } }
        """);

    /// <summary>The Service that stands for a colour in the route.</summary>
    public JsonObject ColourService(string colour) => Parse($$"""
        { "apiVersion": "v1", "kind": "Service",
          "metadata": { "name": {{Text(scenario.Route.Hosts[colour])}}, "namespace": {{Text(scenario.Namespace)}},
            "labels": { "app": {{Text(scenario.Name)}}, {{Text(scenario.ColourLabel)}}: {{Text(colour)}} } },
          "spec": { "type": "ClusterIP", "selector": { "app": {{Text(scenario.Name)}}, {{Text(scenario.ColourLabel)}}: {{Text(colour)}} },
            "ports": [ { "name": "http", "port": 80, "targetPort": "{{PortName}}", "protocol": "TCP" } ] } }
        """);

    /// <summary>How the mesh connects to a colour.</summary>
    public JsonObject DestinationRule(string colour) => Parse($$"""
        { "apiVersion": "networking.istio.io/v1", "kind": "DestinationRule",
          "metadata": { "name": {{Text(scenario.Route.Hosts[colour])}}, "namespace": {{Text(scenario.Namespace)}} },
          "spec": { "host": {{Text(scenario.Route.Hosts[colour])}},
            "trafficPolicy": { "loadBalancer": { "simple": "LEAST_REQUEST" }, "connectionPool": { "http": { "http2MaxRequests": 1000 } },
              "outlierDetection": { "consecutive5xxErrors": 7, "interval": "10s", "baseEjectionTime": "30s" } } } }
        """);

    /// <summary>The mesh's gateway for the public host.</summary>
    public JsonObject MeshGateway() => scenario.Route.Kind == "HTTPRoute"
        ? Parse($$"""
            { "apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway",
              "metadata": { "name": {{Text(scenario.Name)}}, "namespace": {{Text(scenario.Namespace)}} },
              "spec": { "gatewayClassName": "istio",
                "listeners": [ { "name": "http", "hostname": {{Text(scenario.Route.Host)}}, "port": 80, "protocol": "HTTP" } ] } }
            """)
        : Parse($$"""
            { "apiVersion": "networking.istio.io/v1", "kind": "Gateway",
              "metadata": { "name": {{Text(scenario.Name)}}, "namespace": {{Text(scenario.Namespace)}} },
              "spec": { "selector": { "istio": "ingressgateway" },
                "servers": [ { "port": { "number": 80, "name": "http", "protocol": "HTTP" }, "hosts": [ {{Text(scenario.Route.Host)}} ] } ] } }
            """);

    /// <summary>The route: one rule, everything to the live colour, with settings of its own that edits must keep.</summary>
    public JsonObject Route() => scenario.Route.Kind == "HTTPRoute" ? HttpRoute() : VirtualService();

    /// <summary>A service's Deployment in the live colour.</summary>
    public JsonObject Deployment(ScenarioService service)
    {
        var colour = scenario.LiveColour;
        var labels = Labels(service, (scenario.ColourLabel, colour), ("version", scenario.LiveVersion));
        return Parse($$"""
            { "apiVersion": "apps/v1", "kind": "Deployment",
              "metadata": { "name": {{Text(service.Deployments[colour])}}, "namespace": {{Text(scenario.Namespace)}}, "labels": {{labels}} },
              "spec": { "replicas": {{service.Replicas}}, "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600,
                "strategy": { "type": "RollingUpdate", "rollingUpdate": { "maxSurge": 1, "maxUnavailable": 0 } },
                "selector": { "matchLabels": {{Labels(service, (scenario.ColourLabel, colour))}} },
                "template": { "metadata": { "labels": {{labels}} },
                  "spec": { "serviceAccountName": "default", "terminationGracePeriodSeconds": 30, "restartPolicy": "Always",
                    "containers": [ {{Container(service)}} ] } } } }
            """);
    }

    private string Container(ScenarioService service) => $$"""
        { "name": {{Text(service.Container)}}, "image": {{Text($"{service.Image}:{scenario.LiveVersion}")}}, "imagePullPolicy": "IfNotPresent",
          "ports": [ { "name": "{{PortName}}", "containerPort": {{service.Port}}, "protocol": "TCP" } ],
          "env": [
            { "name": "PORT", "value": "{{service.Port}}" },
            { "name": "MIX_ENV", "value": "prod" },
            { "name": "LOG_LEVEL", "valueFrom": { "configMapKeyRef": { "name": {{Text(service.Name + "-config")}}, "key": "log.level" } } },
            { "name": "DATABASE_HOST", "valueFrom": { "secretKeyRef": { "name": {{Text(service.Secret)}}, "key": "host" } } },
            { "name": "DATABASE_NAME", "valueFrom": { "secretKeyRef": { "name": {{Text(service.Secret)}}, "key": "database" } } },
            { "name": "DATABASE_USERNAME", "valueFrom": { "secretKeyRef": { "name": {{Text(service.Secret)}}, "key": "username" } } },
            { "name": "DATABASE_PASSWORD", "valueFrom": { "secretKeyRef": { "name": {{Text(service.Secret)}}, "key": "password" } } } ],
          "resources": { "requests": { "cpu": "250m", "memory": "256Mi" }, "limits": { "cpu": "500m", "memory": "512Mi" } },
          "readinessProbe": { "httpGet": { "path": "/readyz", "port": "{{PortName}}" }, "periodSeconds": 5, "failureThreshold": 3 },
          "livenessProbe": { "httpGet": { "path": "/healthz", "port": "{{PortName}}" }, "periodSeconds": 10, "failureThreshold": 3 },
          "lifecycle": { "preStop": { "exec": { "command": ["sleep", "5"] } } } }
        """;

    private JsonObject VirtualService() => Parse($$"""
        { "apiVersion": "networking.istio.io/v1", "kind": "VirtualService",
          "metadata": { "name": {{Text(scenario.Route.Name)}}, "namespace": {{Text(scenario.Namespace)}}, "labels": { "app": {{Text(scenario.Name)}} } },
          "spec": { "hosts": [ {{Text(scenario.Route.Host)}} ], "gateways": [ {{Text(scenario.Name)}} ],
            "http": [ { "timeout": "10s", "retries": { "attempts": 2, "perTryTimeout": "3s", "retryOn": "connect-failure,refused-stream" },
              "route": [ { "destination": { "host": {{Text(scenario.Route.Hosts[scenario.LiveColour])}}, "port": { "number": 80 } }, "weight": 100 } ] } ] } }
        """);

    private JsonObject HttpRoute() => Parse($$"""
        { "apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute",
          "metadata": { "name": {{Text(scenario.Route.Name)}}, "namespace": {{Text(scenario.Namespace)}}, "labels": { "app": {{Text(scenario.Name)}} } },
          "spec": { "parentRefs": [ { "name": {{Text(scenario.Name)}} } ], "hostnames": [ {{Text(scenario.Route.Host)}} ],
            "rules": [ { "timeouts": { "request": "10s" },
              "backendRefs": [ { "name": {{Text(scenario.Route.Hosts[scenario.LiveColour])}}, "port": 80, "weight": 100 } ] } ] } }
        """);

    private string Labels(ScenarioService service, params ReadOnlySpan<(string Name, string Value)> more)
    {
        var labels = new JsonObject { ["app"] = scenario.Name, ["app.kubernetes.io/name"] = service.Name };
        foreach (var (name, value) in more)
            labels[name] = value;
        return labels.ToJsonString();
    }

    private static JsonObject Parse(string json) => (JsonObject)JsonNode.Parse(json)!;

    private static string Text(string text) => JsonSerializer.Serialize(text);

    private static string Base64(string text) => Text(Convert.ToBase64String(Encoding.UTF8.GetBytes(text)));
}
