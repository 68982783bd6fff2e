using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using VisionRollout.Adapters.Http;
using VisionRollout.Adapters.Tests.Fakes;
using VisionRollout.Core.Errors;

namespace VisionRollout.Adapters.Tests.Http;

public sealed class OutsideCredentialsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = 120_000)]
    [InlineData("token=abc\n", "Bearer abc")]
    [InlineData("username=ops;password=s3cret", "Basic b3BzOnMzY3JldA==")]
    public async Task The_Secrets_values_are_shown_to_the_system(string values, string header)
    {
        await using var server = FakeServer.Start(FakeServer.Answer(200, "{}"));
        using var http = new OutsideHttp(_ => Task.FromResult(OutsideCredentials.Read("access", Values(values))));
        await http.GetJsonAsync(new OutsideSystem("Prometheus", "Prometheus", "Endpoints.Prometheus", server.Address), server.Address, Token);
        Assert.Equal(header, server.Requests[0].Headers["Authorization"]);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_token_that_was_renewed_is_read_again_after_a_refusal_and_only_then()
    {
        await using var server = FakeServer.Start(FakeServer.Answer(200, "{}"), FakeServer.Answer(401, ""), FakeServer.Answer(200, "{}"), FakeServer.Answer(401, ""));
        var read = 0;
        using var http = new OutsideHttp(_ => Task.FromResult(OutsideCredentials.Read("access", Values($"token=t{++read}"))));
        var system = new OutsideSystem("Prometheus", "Prometheus", "Endpoints.Prometheus", server.Address);
        await http.GetJsonAsync(system, server.Address, Token);
        await http.GetJsonAsync(system, server.Address, Token);
        Assert.Equal(["Bearer t1", "Bearer t1", "Bearer t2"], server.Requests.Select(request => request.Headers["Authorization"]));
        var error = await Assert.ThrowsAsync<RolloutException>(() => http.GetJsonAsync(system, server.Address, Token));
        Assert.Equal(("PrometheusRefused", RolloutErrorKind.AccessDenied), (error.Id, error.Kind));
        Assert.DoesNotContain("t3", error.ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_client_certificate_and_a_private_authority_are_used()
    {
        using var authority = Authority();
        var (server, client) = (Issued(authority, "localhost"), Issued(authority, "visionrollout"));
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeOnceAsync(listener, server, authority);
        var secret = new Dictionary<string, string> { ["tls.crt"] = client.ExportCertificatePem(), ["tls.key"] = client.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem(), ["ca.crt"] = authority.ExportCertificatePem() };
        using var http = new OutsideHttp(_ => Task.FromResult(OutsideCredentials.Read("access", secret)));
        var address = new Uri($"https://localhost:{((IPEndPoint)listener.LocalEndpoint).Port}");

        await http.GetJsonAsync(new OutsideSystem("Prometheus", "Prometheus", "Endpoints.Prometheus", address), address, Token);

        Assert.Equal("CN=visionrollout", await serving);
    }

    [Theory]
    [InlineData("user=ops")]
    [InlineData("tls.crt=nonsense;tls.key=nonsense")]
    public void A_Secret_that_says_nothing_usable_is_named_without_its_values(string values)
    {
        var error = Assert.Throws<RolloutException>(() => OutsideCredentials.Read("access", Values(values)));
        Assert.Equal("SecretUnusable", error.Id);
        Assert.Contains("'access'", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("nonsense", error.Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, string> Values(string text) => text.Split(';').Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);

    private static async Task<string> ServeOnceAsync(TcpListener listener, X509Certificate2 certificate, X509Certificate2 authority)
    {
        using var connection = await listener.AcceptTcpClientAsync(Token);
        await using var secure = new SslStream(connection.GetStream());
        await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
        {
            ServerCertificate = certificate,
            ClientCertificateRequired = true,
            RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null && shown.Issuer == authority.Subject,
        }, Token);
        var buffer = new byte[4096];
        await secure.ReadAtLeastAsync(buffer, 1, throwOnEndOfStream: true, Token);
        await secure.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"), Token);
        return secure.RemoteCertificate!.Subject;
    }

    private static X509Certificate2 Authority()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=test authority", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private static X509Certificate2 Issued(X509Certificate2 authority, string name)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using var signed = request.Create(authority, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(12), RandomNumberGenerator.GetBytes(8));
        using var withKey = signed.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }
}
