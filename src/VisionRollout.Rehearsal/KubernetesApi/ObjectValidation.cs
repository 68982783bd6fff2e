using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using VisionRollout.Rehearsal.Cluster;

namespace VisionRollout.Rehearsal.KubernetesApi;

/// <summary>Refuses objects that the real server would refuse, as far as a rollout can produce them.</summary>
internal static partial class ObjectValidation
{
    /// <summary>Checks an object.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="value">The object.</param>
    /// <param name="before">The object before the change; null for a creation.</param>
    /// <exception cref="ApiException">422 Invalid.</exception>
    public static void Check(ResourceType type, JsonObject value, JsonObject? before)
    {
        if (!ObjectName().IsMatch(value.Name()) && type.Group != "rbac.authorization.k8s.io")
            throw Invalid(type, value, "metadata.name", $"Invalid value: \"{value.Name()}\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character");
        CheckTexts(type, value, "labels");
        CheckTexts(type, value, "annotations");
        switch (type.Group, type.Plural)
        {
            case ("apps", "deployments" or "replicasets"):
                CheckWorkload(type, value, before);
                break;
            case ("", "pods"):
                CheckPod(type, value, value["spec"], "spec");
                break;
            case ("", "services"):
                CheckService(type, value);
                break;
            case ("networking.istio.io", "virtualservices"):
                CheckVirtualService(type, value);
                break;
            default:
                break;
        }
    }

    private static ApiException Invalid(ResourceType type, JsonObject value, string field, string message) =>
        ApiException.Invalid(type.Group.Length == 0 ? type.Kind : $"{type.Kind}.{type.Group}", value.Name(), field, message);

    private static void CheckTexts(ResourceType type, JsonObject value, string field)
    {
        if (value.At("metadata", field) is JsonObject map && map.FirstOrDefault(pair => pair.Value?.GetValueKind() != JsonValueKind.String) is { Key: { } name })
            throw ApiException.BadRequest($"{type.Kind} in version \"{type.Version}\" cannot be handled as a {type.Kind}: metadata.{field}.{name} must be a string");
    }

    private static void CheckWorkload(ResourceType type, JsonObject value, JsonObject? before)
    {
        if ((value.Int("spec", "replicas") ?? 1) < 0)
            throw Invalid(type, value, "spec.replicas", $"Invalid value: {value.Int("spec", "replicas")}: must be greater than or equal to 0");
        var selector = value.At("spec", "selector");
        if (selector.Map("matchLabels").Count == 0 && !selector.Items("matchExpressions").Any())
            throw Invalid(type, value, "spec.selector", "Required value");
        if (!LabelSelector.From(selector).Matches(value.Map("spec", "template", "metadata", "labels")))
            throw Invalid(type, value, "spec.template.metadata.labels", "Invalid value: `selector` does not match template `labels`");
        if (before is not null && !JsonNode.DeepEquals(before.At("spec", "selector"), selector))
            throw Invalid(type, value, "spec.selector", "Invalid value: field is immutable");
        CheckPod(type, value, value.At("spec", "template", "spec"), "spec.template.spec");
    }

    private static void CheckPod(ResourceType type, JsonObject value, JsonNode? spec, string path)
    {
        var containers = spec.Items("containers").ToList();
        if (containers.Count == 0)
            throw Invalid(type, value, $"{path}.containers", "Required value");
        for (var i = 0; i < containers.Count; i++)
        {
            if (string.IsNullOrEmpty(containers[i].Text("name")))
                throw Invalid(type, value, $"{path}.containers[{i}].name", "Required value");
            if (string.IsNullOrEmpty(containers[i].Text("image")))
                throw Invalid(type, value, $"{path}.containers[{i}].image", "Required value");
        }

        if (containers.GroupBy(container => container.Text("name")).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw Invalid(type, value, $"{path}.containers[1].name", $"Duplicate value: \"{twice.Key}\"");
    }

    private static void CheckService(ResourceType type, JsonObject value)
    {
        var ports = value.Items("spec", "ports").ToList();
        if (ports.Count == 0 && value.Text("spec", "clusterIP") != "None" && value.Text("spec", "type") != "ExternalName")
            throw Invalid(type, value, "spec.ports", "Required value");
        if (ports.Any(port => port.Int("port") is not (> 0 and < 65536)))
            throw Invalid(type, value, "spec.ports[0].port", "Invalid value: must be between 1 and 65535, inclusive");
    }

    /// <summary>As Istio's admission webhook does (pkg/config/validation): weights not negative, and not all zero.</summary>
    private static void CheckVirtualService(ResourceType type, JsonObject value)
    {
        foreach (var route in value.Items("spec", "http").Select(rule => rule.Items("route").ToList()))
        {
            if (route.Any(target => string.IsNullOrEmpty(target.Text("destination", "host"))))
                throw Refused(type, "destination must have a host");
            var weights = route.ConvertAll(target => target.Int("weight"));
            if (weights.Exists(weight => weight < 0))
                throw Refused(type, $"weight {weights.Min()} < 0");
            if (route.Count > 1 && weights.Sum(weight => weight ?? 0) == 0)
                throw Refused(type, "total destination weight = 0");
        }
    }

    private static ApiException Refused(ResourceType type, string message) =>
        new(400, "BadRequest", $"admission webhook \"validation.istio.io\" denied the request: configuration is invalid: {type.Kind}: {message}");

    [GeneratedRegex("^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$")]
    private static partial Regex ObjectName();
}
