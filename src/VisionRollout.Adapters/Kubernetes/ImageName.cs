namespace VisionRollout.Adapters.Kubernetes;

/// <summary>A container image's name: repository, tag and digest. A colon before the last slash is a registry's port.</summary>
/// <param name="Repository">Registry and path, without tag and digest.</param>
/// <param name="Tag">Tag; <c>latest</c> when neither tag nor digest stand there, empty when only a digest does.</param>
internal sealed record ImageName(string Repository, string Tag)
{
    /// <summary>Takes a name apart.</summary>
    public static ImageName Parse(string image)
    {
        var digest = image.IndexOf('@', StringComparison.Ordinal);
        var named = digest < 0 ? image : image[..digest];
        var colon = named.LastIndexOf(':');
        return colon > named.LastIndexOf('/')
            ? new(named[..colon], named[(colon + 1)..])
            : new(named, digest < 0 ? "latest" : "");
    }
}
