namespace VisionRollout.Adapters.Http;

/// <summary>An outside system that is reached by HTTP.</summary>
/// <param name="Name">Its name in messages: <c>Prometheus</c>.</param>
/// <param name="ErrorPrefix">Beginning of its error ids: <c>PrometheusUnavailable</c>, <c>PrometheusRefused</c>.</param>
/// <param name="PlanKey">Where its address stands in the plan's environment: <c>Endpoints.Prometheus</c>.</param>
/// <param name="Address">Its address. Only scheme and host appear in messages: the path of an incoming webhook is a secret.</param>
internal sealed record OutsideSystem(string Name, string ErrorPrefix, string PlanKey, Uri Address)
{
    /// <summary>Name and place for messages.</summary>
    public string Place => $"{Name} at {Address.GetLeftPart(UriPartial.Authority)}";

    /// <summary>Address below the system's own.</summary>
    public Uri Below(string path) => new(Address.AbsoluteUri.TrimEnd('/') + "/" + path);
}
