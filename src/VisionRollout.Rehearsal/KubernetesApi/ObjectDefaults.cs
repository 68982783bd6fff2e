using System.Text.Json.Nodes;
using VisionRollout.Rehearsal.Cluster;

namespace VisionRollout.Rehearsal.KubernetesApi;

/// <summary>Fills the fields that the real server fills with defaults, as far as clients rely on them.</summary>
internal static class ObjectDefaults
{
    /// <summary>Fills an object in place.</summary>
    public static void Fill(ResourceType type, JsonObject value, JsonObject? before)
    {
        switch (type.Group, type.Plural)
        {
            case ("apps", "deployments"):
                FillDeployment(value.Child("spec"));
                break;
            case ("apps", "replicasets" or "statefulsets"):
                value.Child("spec")["replicas"] ??= 1;
                FillTemplate(value.Child("spec"));
                break;
            case ("apps", "daemonsets") or ("batch", "jobs"):
                FillTemplate(value.Child("spec"));
                break;
            case ("", "pods"):
                FillPod(value.Child("spec"));
                break;
            case ("", "services"):
                FillService(value, before);
                break;
            case ("", "namespaces"):
                value.Child("metadata").Child("labels")["kubernetes.io/metadata.name"] = value.Name();
                value.Child("spec")["finalizers"] ??= new JsonArray("kubernetes");
                break;
            case ("", "secrets"):
                FillSecret(value);
                break;
            default:
                break;
        }
    }

    /// <summary>The status of a new object, or null.</summary>
    public static JsonObject? InitialStatus(ResourceType type, JsonObject value) => (type.Group, type.Plural) switch
    {
        ("", "pods") => new JsonObject { ["phase"] = "Pending", ["qosClass"] = "Burstable" },
        ("", "namespaces") => new JsonObject { ["phase"] = "Active" },
        ("", "services") => new JsonObject { ["loadBalancer"] = new JsonObject() },
        ("", "resourcequotas") => new JsonObject { ["hard"] = value.At("spec", "hard")?.DeepClone(), ["used"] = new JsonObject() },
        ("apps", _) => [],
        _ => null,
    };

    private static void FillDeployment(JsonObject spec)
    {
        spec["replicas"] ??= 1;
        spec["revisionHistoryLimit"] ??= 10;
        spec["progressDeadlineSeconds"] ??= 600;
        var strategy = spec.Child("strategy");
        strategy["type"] ??= "RollingUpdate";
        if (strategy.Text("type") == "RollingUpdate")
        {
            var rolling = strategy.Child("rollingUpdate");
            rolling["maxSurge"] ??= "25%";
            rolling["maxUnavailable"] ??= "25%";
        }

        FillTemplate(spec);
    }

    private static void FillTemplate(JsonObject spec)
    {
        if (spec["template"] is JsonObject template)
            FillPod(template.Child("spec"));
    }

    private static void FillPod(JsonObject spec)
    {
        spec["restartPolicy"] ??= "Always";
        spec["terminationGracePeriodSeconds"] ??= 30;
        spec["dnsPolicy"] ??= "ClusterFirst";
        spec["securityContext"] ??= new JsonObject();
        spec["schedulerName"] ??= "default-scheduler";
        foreach (var container in spec.Items("containers").Concat(spec.Items("initContainers")))
        {
            container["resources"] ??= new JsonObject();
            container["terminationMessagePath"] ??= "/dev/termination-log";
            container["terminationMessagePolicy"] ??= "File";
            container["imagePullPolicy"] ??= (container.Text("image") ?? "").EndsWith(":latest", StringComparison.Ordinal) ? "Always" : "IfNotPresent";
            foreach (var port in container.Items("ports"))
                port["protocol"] ??= "TCP";
            FillProbe(container["readinessProbe"]);
            FillProbe(container["livenessProbe"]);
            FillProbe(container["startupProbe"]);
        }
    }

    private static void FillProbe(JsonNode? node)
    {
        if (node is not JsonObject probe)
            return;
        probe["timeoutSeconds"] ??= 1;
        probe["periodSeconds"] ??= 10;
        probe["successThreshold"] ??= 1;
        probe["failureThreshold"] ??= 3;
        if (probe["httpGet"] is JsonObject get)
            get["scheme"] ??= "HTTP";
    }

    private static void FillService(JsonObject value, JsonObject? before)
    {
        var spec = value.Child("spec");
        spec["type"] ??= "ClusterIP";
        spec["sessionAffinity"] ??= "None";
        spec["internalTrafficPolicy"] ??= "Cluster";
        spec["ipFamilies"] ??= new JsonArray("IPv4");
        spec["ipFamilyPolicy"] ??= "SingleStack";
        if (spec.Text("type") != "ExternalName")
            spec["clusterIP"] ??= before.Text("spec", "clusterIP") ?? ClusterIp(value);
        if (spec["clusterIP"] is { } ip)
            spec["clusterIPs"] ??= new JsonArray(ip.DeepClone());
        foreach (var port in spec.Items("ports"))
        {
            port["protocol"] ??= "TCP";
            port["targetPort"] ??= port["port"]?.DeepClone();
        }
    }

    private static string ClusterIp(JsonObject service)
    {
        var hash = StableHash.Of($"{service.Namespace()}/{service.Name()}").Aggregate(17u, (sum, letter) => sum * 31 + letter);
        return $"10.96.{hash / 250 % 250}.{hash % 250 + 2}";
    }

    private static void FillSecret(JsonObject value)
    {
        value["type"] ??= "Opaque";
        if (value["stringData"] is not JsonObject plain)
            return;
        foreach (var (name, text) in plain)
            value.Child("data")[name] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text?.ToString() ?? ""));
        value.Remove("stringData");
    }
}
