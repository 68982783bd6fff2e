using System.Text;

namespace VisionRollout.Rehearsal.KubernetesApi;

/// <summary>Writes kubeconfig files.</summary>
internal static class KubeConfigFile
{
    /// <summary>Writes a kubeconfig with one cluster, one user and one context; on Unix only the owner may read it, since it holds the token.</summary>
    public static void Write(string path, Uri server, string authorityPem, string token, string context, string ns)
    {
        var authority = Convert.ToBase64String(Encoding.UTF8.GetBytes(authorityPem));
        var text = $"""
            apiVersion: v1
            kind: Config
            current-context: {context}
            clusters:
            - name: {context}
              cluster:
                server: {server.GetLeftPart(UriPartial.Authority)}
                certificate-authority-data: {authority}
            users:
            - name: {context}-admin
              user:
                token: {token}
            contexts:
            - name: {context}
              context:
                cluster: {context}
                user: {context}-admin
                namespace: {ns}

            """;
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var writer = new StreamWriter(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), options);
        writer.Write(text);
    }
}
