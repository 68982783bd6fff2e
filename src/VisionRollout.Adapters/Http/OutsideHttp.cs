using System.Net;
using System.Net.Http;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Polly;
using Polly.Retry;
using Polly.Timeout;
using VisionRollout.Core.Errors;

namespace VisionRollout.Adapters.Http;

/// <summary>HTTP to the outside systems other than the cluster: one client, few repetitions, errors that name the system and
/// where its address stands in the plan. Every request made here may be repeated without harm.</summary>
public sealed class OutsideHttp : IDisposable
{
    private const int MaxRepeats = 3;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim opening = new(1, 1);
    private readonly Func<CancellationToken, Task<OutsideCredentials>>? credentials;
    private readonly RetryStrategyOptions<HttpAnswer> repetition;
    private readonly TimeSpan connectTimeout;
    private HttpClient? client;
    private OutsideCredentials? shown;

    /// <summary>Makes the client; nothing is contacted yet.</summary>
    public OutsideHttp()
        : this(TimeSpan.FromSeconds(0.3))
    {
    }

    /// <summary>As above, with the pause before the first repetition (it doubles from one to the next).</summary>
    /// <param name="firstPause">That pause.</param>
    /// <param name="connectTimeout">Longest time until there is a connection; null: 5 s.</param>
    internal OutsideHttp(TimeSpan firstPause, TimeSpan? connectTimeout = null)
    {
        repetition = Repetition(firstPause);
        this.connectTimeout = connectTimeout ?? TimeSpan.FromSeconds(5);
    }

    /// <summary>As above, for systems that want to know who asks. The credentials are read when they are first needed, and once more after a 401:
    /// they may have been renewed.</summary>
    internal OutsideHttp(Func<CancellationToken, Task<OutsideCredentials>> credentials)
        : this(TimeSpan.FromSeconds(0.3)) => this.credentials = credentials;

    /// <summary>Longest time that one attempt may take, unless said otherwise.</summary>
    internal static TimeSpan AttemptTimeout { get; } = TimeSpan.FromSeconds(10);

    /// <summary>Reads JSON.</summary>
    /// <exception cref="RolloutException">The system does not answer, or with something else than success and JSON.</exception>
    internal async Task<JsonNode> GetJsonAsync(OutsideSystem system, Uri address, CancellationToken token)
    {
        var answer = await SendAsync(system, () => new HttpRequestMessage(HttpMethod.Get, address), AttemptTimeout, token);
        return answer.IsSuccess ? Parse(system, answer) : throw Refused(system, answer);
    }

    /// <summary>Posts JSON.</summary>
    /// <param name="system">The system.</param>
    /// <param name="address">Address to post to.</param>
    /// <param name="body">The body.</param>
    /// <param name="key">Value of the header <c>Idempotency-Key</c>; null for none.</param>
    /// <param name="timeout">Longest time of one attempt.</param>
    /// <param name="token">Cancels.</param>
    /// <exception cref="RolloutException">The system does not answer, or refuses.</exception>
    internal async Task<HttpAnswer> PostAsync(OutsideSystem system, Uri address, JsonNode body, string? key, TimeSpan timeout, CancellationToken token)
    {
        var answer = await SendAsync(system, () =>
        {
            var message = new HttpRequestMessage(HttpMethod.Post, address) { Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };
            if (key is not null) message.Headers.TryAddWithoutValidation("Idempotency-Key", key);
            return message;
        }, timeout, token);
        return answer.IsSuccess ? answer : throw Refused(system, answer);
    }

    /// <summary>Sends a request, again when the failure is a passing one, and gives the last answer whatever its status.</summary>
    internal async Task<HttpAnswer> SendAsync(OutsideSystem system, Func<HttpRequestMessage> make, TimeSpan timeout, CancellationToken token)
    {
        var builder = new ResiliencePipelineBuilder<HttpAnswer>().AddRetry(repetition);
        if (timeout != Timeout.InfiniteTimeSpan) builder.AddTimeout(timeout);
        try
        {
            return await builder.Build().ExecuteAsync(async inner => await SendOnceAsync(make, inner), token);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or TimeoutRejectedException)
        {
            throw new RolloutException(system.ErrorPrefix + "Unavailable", RolloutErrorKind.Unavailable,
                $"{system.Place} does not answer: {error.GetBaseException().Message}",
                $"Check that it is up, and {system.PlanKey} of the environment in the plan.", system.Name, error);
        }
    }

    /// <summary>Parses an answer's JSON.</summary>
    internal static JsonNode Parse(OutsideSystem system, HttpAnswer answer)
    {
        try
        {
            return JsonNode.Parse(answer.Body) ?? throw new JsonException("null");
        }
        catch (JsonException error)
        {
            throw new RolloutException(system.ErrorPrefix + "AnswerDamaged", RolloutErrorKind.Corrupt, $"{system.Place} answered with something that is no JSON.",
                $"Something else may answer in its place (a sign-in page, a proxy): check {system.PlanKey} of the environment in the plan.", system.Name, error);
        }
    }

    /// <summary>The error for an answer that is a failure.</summary>
    internal static RolloutException Refused(OutsideSystem system, HttpAnswer answer) => answer.IsTransient
        ? new(system.ErrorPrefix + "Unavailable", RolloutErrorKind.Unavailable, $"{system.Place} fails, also when asked repeatedly: {answer.Detail}",
            "Look after that system, then repeat.", system.Name)
        : new(system.ErrorPrefix + "Refused", answer.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden ? RolloutErrorKind.AccessDenied : RolloutErrorKind.Failed,
            $"{system.Place} refuses the request: {answer.Detail}", $"Check {system.PlanKey} of the environment in the plan.", system.Name);

    /// <inheritdoc/>
    public void Dispose()
    {
        client?.Dispose();
        shown?.Certificate?.Dispose();
        opening.Dispose();
    }

    private static RetryStrategyOptions<HttpAnswer> Repetition(TimeSpan firstPause) => new()
    {
        MaxRetryAttempts = MaxRepeats,
        ShouldHandle = static outcome => new(outcome.Outcome switch
        {
            { Exception: HttpRequestException or IOException or TimeoutRejectedException } => true,
            { Result: { } answer } => answer.IsTransient,
            _ => false,
        }),
        BackoffType = DelayBackoffType.Exponential,
        Delay = firstPause,
        MaxDelay = LongestPause,
        UseJitter = true,
        DelayGenerator = static outcome => new(outcome.Outcome.Result?.RetryAfter is { } asked
            ? (asked < LongestPause ? asked : LongestPause)
            : null),
    };

    private async Task<HttpAnswer> SendOnceAsync(Func<HttpRequestMessage> make, CancellationToken token)
    {
        var used = client ?? await OpenAsync(null, token);
        var answer = await SendOnceAsync(used, make, token);
        return answer.Status != HttpStatusCode.Unauthorized || credentials is null ? answer : await SendOnceAsync(await OpenAsync(used, token), make, token);
    }

    private static async Task<HttpAnswer> SendOnceAsync(HttpClient client, Func<HttpRequestMessage> make, CancellationToken token)
    {
        using var message = make();
        using var response = await Connecting.AsFailureAsync(() => client.SendAsync(message, HttpCompletionOption.ResponseContentRead, token), token);
        return new HttpAnswer(response.StatusCode, await response.Content.ReadAsStringAsync(token), RetryAfterHeader.Read(response));
    }

    /// <summary>The client, in place of one whose credentials were refused.</summary>
    private async Task<HttpClient> OpenAsync(HttpClient? refused, CancellationToken token)
    {
        await opening.WaitAsync(token);
        try
        {
            if (client is not null && !ReferenceEquals(client, refused)) return client;
            shown = credentials is null ? null : await credentials(token);
            // The refused one may still serve somebody; it holds nothing but a pool that empties itself.
            return client = Make(shown);
        }
        finally
        {
            opening.Release();
        }
    }

    private HttpClient Make(OutsideCredentials? credentials)
    {
        var handler = new SocketsHttpHandler
        {
            Proxy = new DirectLoopbackProxy(HttpClient.DefaultProxy),
            ConnectTimeout = connectTimeout,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            AutomaticDecompression = DecompressionMethods.All,
        };
        if (credentials?.Certificate is { } own) handler.SslOptions.ClientCertificates = [own];
        if (credentials?.Authority is { } authority)
        {
            handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            handler.SslOptions.CertificateChainPolicy.CustomTrustStore.AddRange(authority);
        }

        // Each request has its own limit, which for the wait of a remote clock is none.
        var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.ParseAdd("visionrollout");
        // A header of the client does not follow a redirect to another host, as one of the message would not either.
        client.DefaultRequestHeaders.Authorization = credentials?.Authorization;
        return client;
    }
}
