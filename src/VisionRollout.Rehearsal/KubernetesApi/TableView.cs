using System.Text.Json.Nodes;
using VisionRollout.Rehearsal.Cluster;

namespace VisionRollout.Rehearsal.KubernetesApi;

/// <summary>Objects as a <c>meta.k8s.io/v1</c> Table.</summary>
internal sealed class TableView(ResourceType type, IClusterClock clock)
{
    private readonly IReadOnlyList<TableColumn> columns = TableColumns.Of(type);

    /// <summary>The table.</summary>
    /// <param name="values">The objects, one row each.</param>
    /// <param name="include">How much of each object goes with its row: None, Metadata or Object.</param>
    /// <param name="resourceVersion">The version of the list.</param>
    public JsonObject Of(IReadOnlyList<JsonObject> values, string include, string resourceVersion) => new()
    {
        ["kind"] = "Table",
        ["apiVersion"] = "meta.k8s.io/v1",
        ["metadata"] = new JsonObject { ["resourceVersion"] = resourceVersion },
        ["columnDefinitions"] = new JsonArray([.. columns.Select(Definition)]),
        ["rows"] = new JsonArray([.. values.Select(value => Row(value, include))]),
    };

    private static JsonObject Definition(TableColumn column) => new()
    {
        ["name"] = column.Name,
        ["type"] = column.Type,
        ["format"] = column.Name == "Name" ? "name" : "",
        ["description"] = column.Name,
        ["priority"] = column.IsWide ? 1 : 0,
    };

    private JsonObject Row(JsonObject value, string include)
    {
        var row = new JsonObject { ["cells"] = new JsonArray([.. columns.Select(column => column.Cell(value, clock.Now))]) };
        if (include == "Object")
        {
            var whole = (JsonObject)value.DeepClone();
            whole["apiVersion"] = type.ApiVersion;
            row["object"] = whole;
        }
        else if (include == "Metadata")
        {
            row["object"] = new JsonObject
            {
                ["kind"] = "PartialObjectMetadata",
                ["apiVersion"] = "meta.k8s.io/v1",
                ["metadata"] = value["metadata"]?.DeepClone(),
            };
        }

        return row;
    }
}
