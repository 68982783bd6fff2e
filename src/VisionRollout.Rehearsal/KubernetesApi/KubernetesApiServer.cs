using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using VisionRollout.Rehearsal.Cluster;

namespace VisionRollout.Rehearsal.KubernetesApi;

/// <summary>
/// The Kubernetes API on a TLS port of its own. Register it with <see cref="KubernetesApiServices.AddKubernetesApi"/>, then:
/// <code>
/// var server = provider.GetRequiredService&lt;KubernetesApiServer&gt;();
/// await server.StartAsync(port: 0, token);
/// server.WriteKubeConfig(path, "rehearsal", "vision-to-code-production");
/// </code>
/// Disposing it ends open watches and closes the port.
/// </summary>
internal sealed class KubernetesApiServer(
    ApiDispatcher dispatcher, ObjectStore store, TokenTable tokens, ServerCertificate certificate) : IAsyncDisposable
{
    private WebApplication? application;
    private Uri? address;

    /// <summary>The address, such as <c>https://127.0.0.1:6443</c>.</summary>
    /// <exception cref="InvalidOperationException">The server has not been started.</exception>
    public Uri Address => address ?? throw new InvalidOperationException("The Kubernetes API has not been started.");

    /// <summary>The certificate authority that clients must trust.</summary>
    public string AuthorityPem => certificate.AuthorityPem;

    /// <summary>Opens the port.</summary>
    /// <param name="port">The port on 127.0.0.1; 0 for any that is free.</param>
    /// <param name="token">Cancels the start.</param>
    /// <exception cref="IOException">The port is in use.</exception>
    public async Task StartAsync(int port, CancellationToken token)
    {
        ClusterFoundation.Lay(store);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.Http2.MaxStreamsPerConnection = 1000;
            kestrel.Listen(IPAddress.Loopback, port, listener => listener.UseHttps(certificate.Certificate));
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        application = builder.Build();
        application.UseWebSockets();
        application.Run(dispatcher.HandleAsync);
        await application.StartAsync(token);
        var addresses = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        address = new Uri(addresses.Addresses.Single());
    }

    /// <summary>Writes a kubeconfig for the administrator, with one more context for each person, named like the user.</summary>
    public void WriteKubeConfig(string path, string context, string ns, params IReadOnlyList<(string User, IReadOnlyList<string> Groups)> people)
    {
        // A person without groups would become an administrator.
        var users = people.Select(person => (person.User, Token: tokens.Issue(person.User, [.. person.Groups.DefaultIfEmpty("rehearsal:people")])));
        KubeConfigFile.Write(path, Address, AuthorityPem, context, ns, [(context, tokens.AdminToken), .. users]);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (application is null)
            return;
        await application.StopAsync();
        await application.DisposeAsync();
    }
}
