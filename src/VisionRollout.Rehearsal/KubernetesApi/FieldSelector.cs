using System.Text.Json.Nodes;
using VisionRollout.Rehearsal.Cluster;

namespace VisionRollout.Rehearsal.KubernetesApi;

/// <summary>A field selector: fields compared with text, all of which must hold.</summary>
internal sealed class FieldSelector
{
    private static readonly Dictionary<string, string[]> Supported = new(StringComparer.Ordinal)
    {
        ["pods"] = ["spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "status.phase", "status.podIP"],
        ["events"] =
        [
            "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid", "involvedObject.apiVersion",
            "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason", "reportingComponent", "source", "type",
        ],
        ["namespaces"] = ["status.phase"],
        ["nodes"] = ["spec.unschedulable"],
        ["replicasets"] = ["status.replicas"],
        ["secrets"] = ["type"],
        ["services"] = ["spec.clusterIP", "spec.type"],
        ["jobs"] = ["status.successful"],
    };

    private readonly List<(string[] Path, string Value, bool Equal)> terms;

    private FieldSelector(List<(string[] Path, string Value, bool Equal)> terms) => this.terms = terms;

    /// <summary>Whether an object has the fields asked for; a missing field is the empty text.</summary>
    public bool Matches(JsonObject value) =>
        terms.All(term => ((value.At(term.Path)?.ToString() ?? "") == term.Value) == term.Equal);

    /// <summary>Reads the text form; a field that the resource doesn't support is an error, as with the real server.</summary>
    /// <exception cref="ApiException">400: not a selector, or a field that is not supported.</exception>
    public static FieldSelector Parse(string? text, ResourceType type)
    {
        var terms = new List<(string[] Path, string Value, bool Equal)>();
        foreach (var term in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var at = term.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0)
                throw ApiException.BadRequest($"invalid selector: '{text}'; can't understand '{term}'");
            var equal = term[at - 1] != '!';
            var field = equal ? term[..at] : term[..(at - 1)];
            if (field is not ("metadata.name" or "metadata.namespace") && !Supported.GetValueOrDefault(type.Plural, []).Contains(field))
                throw ApiException.BadRequest($"Unable to find \"{type.QualifiedName}\" that match label selector \"\", field selector \"{text}\": field label not supported: {field}");
            terms.Add((field.Split('.'), term[(at + 1)..].TrimStart('='), equal));
        }

        return new FieldSelector(terms);
    }
}
