using System.Text.Json.Nodes;
using VisionRollout.Rehearsal.Cluster;

namespace VisionRollout.Rehearsal.KubernetesApi;

/// <summary>The form in which a client wants objects: whole, as rows of a table, or only their metadata (the Accept header's <c>as</c>).</summary>
internal sealed class ObjectView
{
    private readonly ResourceType type;
    private readonly string form;
    private readonly string include;
    private readonly TableView table;

    /// <summary>Reads the form from a request.</summary>
    public ObjectView(ApiRequest request, IClusterClock clock)
    {
        type = request.Type;
        include = request.Query("includeObject") ?? "Metadata";
        table = new TableView(type, clock);
        form = request.Context.Request.Headers.Accept.ToString().Split(',')
            .Select(kind => kind.Split(';').Select(parameter => parameter.Trim()).FirstOrDefault(parameter => parameter.StartsWith("as=", StringComparison.Ordinal))?[3..] ?? "")
            .FirstOrDefault() ?? "";
    }

    /// <summary>One object in the form asked for.</summary>
    public JsonObject One(JsonObject value) => form switch
    {
        "Table" => table.Of([value], include, value.Text("metadata", "resourceVersion") ?? ""),
        "PartialObjectMetadata" => Partial(Versioned(value)),
        _ => Versioned(value),
    };

    /// <summary>A list of objects in the form asked for.</summary>
    public JsonObject Many(IReadOnlyList<JsonObject> values, JsonObject metadata)
    {
        if (form == "Table")
        {
            var rows = table.Of(values, include, metadata.Text("resourceVersion") ?? "");
            rows["metadata"] = metadata;
            return rows;
        }

        var isPartial = form == "PartialObjectMetadataList";
        return new JsonObject
        {
            ["kind"] = isPartial ? form : $"{type.Kind}List",
            ["apiVersion"] = isPartial ? "meta.k8s.io/v1" : type.ApiVersion,
            ["metadata"] = metadata,
            ["items"] = new JsonArray([.. values.Select(value => isPartial ? Partial(Versioned(value)) : Versioned(value))]),
        };
    }

    /// <summary>The object with the apiVersion that was asked for; a kind's versions share their fields.</summary>
    private JsonObject Versioned(JsonObject value)
    {
        var shown = (JsonObject)value.DeepClone();
        shown["apiVersion"] = type.ApiVersion;
        shown["kind"] = type.Kind;
        return shown;
    }

    private static JsonObject Partial(JsonObject value) => new()
    {
        ["kind"] = "PartialObjectMetadata",
        ["apiVersion"] = "meta.k8s.io/v1",
        ["metadata"] = value["metadata"]?.DeepClone(),
    };
}
