namespace VisionRollout.Rehearsal.Cluster;

/// <summary>Identifies one object in the <see cref="ObjectStore"/>; the version is not part of it, since all served versions share the object.</summary>
/// <param name="Group">The API group; empty for the core group.</param>
/// <param name="Plural">The plural resource name.</param>
/// <param name="Namespace">The namespace; null for cluster-scoped kinds.</param>
/// <param name="Name">The object's name.</param>
internal readonly record struct ObjectKey(string Group, string Plural, string? Namespace, string Name)
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"{(Group.Length == 0 ? Plural : $"{Plural}.{Group}")} {(Namespace is null ? Name : $"{Namespace}/{Name}")}";
}
