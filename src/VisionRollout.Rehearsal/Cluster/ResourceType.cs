namespace VisionRollout.Rehearsal.Cluster;

/// <summary>A kind of object that the API server serves, as discovery describes it.</summary>
/// <param name="Group">The API group; empty for the core group.</param>
/// <param name="Version">The version inside the group, such as <c>v1</c>.</param>
/// <param name="Plural">The name in paths, such as <c>deployments</c>.</param>
/// <param name="Singular">The singular name, such as <c>deployment</c>.</param>
/// <param name="Kind">The kind, such as <c>Deployment</c>.</param>
/// <param name="Namespaced">Whether objects live in a namespace.</param>
/// <param name="ShortNames">The short names that kubectl knows, such as <c>deploy</c>.</param>
/// <param name="HasStatus">Whether there is a status subresource.</param>
/// <param name="HasScale">Whether there is a scale subresource.</param>
internal sealed record ResourceType(
    string Group, string Version, string Plural, string Singular, string Kind, bool Namespaced,
    string[] ShortNames, bool HasStatus, bool HasScale)
{
    /// <summary>The <c>apiVersion</c> of objects of this type.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>The name used in messages, such as <c>deployments.apps</c>.</summary>
    public string QualifiedName => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    /// <summary>The key of an object of this type.</summary>
    public ObjectKey Key(string? ns, string name) => new(Group, Plural, Namespaced ? ns : null, name);
}
