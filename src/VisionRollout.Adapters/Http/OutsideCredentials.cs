using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using VisionRollout.Core.Errors;

namespace VisionRollout.Adapters.Http;

/// <summary>How to show who we are to an outside system: bearer token, name and password, or a client certificate; and whom to trust.</summary>
/// <param name="Authorization">Header Authorization; null for none.</param>
/// <param name="Certificate">Client certificate with its key; null for none.</param>
/// <param name="Authority">Certificate authorities of the server; null for the machine's own.</param>
internal sealed record OutsideCredentials(AuthenticationHeaderValue? Authorization, X509Certificate2? Certificate, X509Certificate2Collection? Authority)
{
    /// <summary>Reads the values of a Kubernetes Secret: <c>token</c>; or <c>username</c> and <c>password</c> (type kubernetes.io/basic-auth);
    /// and <c>tls.crt</c> with <c>tls.key</c> (type kubernetes.io/tls), <c>ca.crt</c>.</summary>
    /// <exception cref="RolloutException">SecretUnusable: it has none of these, or a certificate that can't be read.</exception>
    public static OutsideCredentials Read(string name, IReadOnlyDictionary<string, string> values)
    {
        var authorization = values.TryGetValue("token", out var token) ? new AuthenticationHeaderValue("Bearer", token.Trim())
            : values.TryGetValue("username", out var user) ? new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{values.GetValueOrDefault("password", "")}")))
            : null;
        try
        {
            var certificate = values.TryGetValue("tls.crt", out var public_) && values.TryGetValue("tls.key", out var key) ? WithKey(public_, key) : null;
            X509Certificate2Collection? authority = null;
            if (values.TryGetValue("ca.crt", out var ca))
            {
                authority = [];
                authority.ImportFromPem(ca);
            }

            if (authorization is not null || certificate is not null || authority is not null) return new(authorization, certificate, authority);
        }
        catch (CryptographicException cause)
        {
            throw Unusable(name, $"has a certificate or key that can't be read: {cause.Message}");
        }

        throw Unusable(name, "has none of the keys token, username and password, tls.crt and tls.key, ca.crt");
    }

    // A certificate from PEM has a key that some platforms can't use for TLS; through PKCS #12 it can.
    private static X509Certificate2 WithKey(string certificate, string key)
    {
        using var read = X509Certificate2.CreateFromPem(certificate, key);
        return new X509Certificate2(read.Export(X509ContentType.Pkcs12));
    }

    private static RolloutException Unusable(string name, string problem) =>
        new("SecretUnusable", RolloutErrorKind.InvalidInput, $"Secret '{name}' {problem}.", "Put the access of that system into it, under these keys.", name);
}
