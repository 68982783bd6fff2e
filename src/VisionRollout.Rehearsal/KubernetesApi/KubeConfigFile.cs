using System.Text;

namespace VisionRollout.Rehearsal.KubernetesApi;

/// <summary>Writes kubeconfig files.</summary>
internal static class KubeConfigFile
{
    /// <summary>Writes a kubeconfig with one cluster, and a user and a context for each token; on Unix only the owner may read it, since it holds the tokens.</summary>
    public static void Write(string path, Uri server, string authorityPem, string cluster, string ns, IReadOnlyList<(string Context, string Token)> users)
    {
        var authority = Convert.ToBase64String(Encoding.UTF8.GetBytes(authorityPem));
        var text = $"""
            apiVersion: v1
            kind: Config
            current-context: {cluster}
            clusters:
            - name: {cluster}
              cluster:
                server: {server.GetLeftPart(UriPartial.Authority)}
                certificate-authority-data: {authority}
            users:
            {string.Join('\n', users.Select(item => $"- name: {UserOf(item.Context, cluster)}\n  user:\n    token: {item.Token}"))}
            contexts:
            {string.Join('\n', users.Select(item => $"- name: {Quoted(item.Context)}\n  context:\n    cluster: {cluster}\n    user: {UserOf(item.Context, cluster)}\n    namespace: {ns}"))}

            """;
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var writer = new StreamWriter(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), options);
        writer.Write(text);
    }

    private static string UserOf(string context, string cluster) => context == cluster ? $"{cluster}-admin" : Quoted(context);

    // YAML: in single quotes only the quote itself is special.
    private static string Quoted(string name) => $"'{name.Replace("'", "''", StringComparison.Ordinal)}'";
}
