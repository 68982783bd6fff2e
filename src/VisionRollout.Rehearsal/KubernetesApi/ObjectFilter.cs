using System.Text.Json.Nodes;
using VisionRollout.Rehearsal.Cluster;

namespace VisionRollout.Rehearsal.KubernetesApi;

/// <summary>The objects that a list, a watch or a deletion of a collection is about.</summary>
internal sealed class ObjectFilter(ApiRequest request)
{
    private readonly LabelSelector labels = LabelSelector.Parse(request.Query("labelSelector"));
    private readonly FieldSelector fields = FieldSelector.Parse(request.Query("fieldSelector"), request.Type);

    /// <summary>Whether the request is about the object.</summary>
    public bool Matches(JsonObject value) =>
        (request.Name is null || value.Name() == request.Name) && labels.Matches(value.Labels()) && fields.Matches(value);
}
