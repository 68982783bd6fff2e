using System.Net;

namespace VisionRollout.Adapters.Http;

/// <summary>The machine's proxy settings, except that loopback addresses are always reached directly: .NET honours
/// <c>HTTP_PROXY</c> for them too unless <c>NO_PROXY</c> says otherwise.</summary>
internal sealed class DirectLoopbackProxy(IWebProxy inner) : IWebProxy
{
    /// <inheritdoc/>
    public ICredentials? Credentials
    {
        get => inner.Credentials;
        set => inner.Credentials = value;
    }

    /// <inheritdoc/>
    public Uri? GetProxy(Uri destination) => IsBypassed(destination) ? null : inner.GetProxy(destination);

    /// <inheritdoc/>
    public bool IsBypassed(Uri host) => host.IsLoopback || inner.IsBypassed(host);
}
