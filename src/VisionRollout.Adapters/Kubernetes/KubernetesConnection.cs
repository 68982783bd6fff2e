using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using Polly;
using Polly.Retry;
using Polly.Timeout;
using VisionRollout.Adapters.Http;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Plan;

namespace VisionRollout.Adapters.Kubernetes;

/// <summary>The connection to one environment's cluster. Objects travel as the JSON that the server sent, so that what we
/// do not know survives a change; connection, TLS and credentials are the Kubernetes client library's.</summary>
public sealed class KubernetesConnection : IDisposable
{
    /// <summary>Our name in <c>metadata.managedFields</c>.</summary>
    internal const string FieldManager = "visionrollout";

    private const int MostSignIns = 3;
    private static readonly TimeSpan SignInPause = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestPauseAsked = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan WatchTime = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan TotalTimeout = TimeSpan.FromSeconds(30);

    private readonly object gate = new();
    private readonly PlanEnvironment environment;
    private readonly TimeSpan connectTimeout;
    private readonly ResiliencePipeline<KubernetesAnswer> pipeline;
    private readonly ResiliencePipeline execPipeline;
    private Task<k8s.Kubernetes>? connecting;
    private k8s.Kubernetes? connected;

    /// <summary>Describes the connection; the kubeconfig is read at the first request.</summary>
    /// <param name="environment">The environment, with namespace and kubeconfig.</param>
    public KubernetesConnection(PlanEnvironment environment)
        : this(environment, TimeSpan.FromSeconds(0.5), TotalTimeout)
    {
    }

    /// <summary>As above, with the pause before the first repetition (it doubles from one to the next) and the time in which a request may be repeated.</summary>
    internal KubernetesConnection(PlanEnvironment environment, TimeSpan firstPause, TimeSpan total)
    {
        this.environment = environment;
        connectTimeout = total / 3;
        pipeline = new ResiliencePipelineBuilder<KubernetesAnswer>()
            .AddTimeout(total)
            .AddRetry(Repetition(firstPause))
            .AddTimeout(AttemptTimeout)
            .Build();
        execPipeline = new ResiliencePipelineBuilder().AddTimeout(total).AddRetry(ExecRepetition(firstPause)).Build();
    }

    /// <summary>Asked right before everything that changes the environment is sent, each repetition included; throws when this session may not write.
    /// Null: nobody is asked.</summary>
    internal Func<CancellationToken, Task>? Fence { get; set; }

    /// <summary>The environment's namespace.</summary>
    internal string Namespace => environment.Namespace;

    /// <summary>Path of a namespaced collection: <c>apis/apps/v1/namespaces/NAMESPACE/deployments</c>.</summary>
    internal string PathOf(string api, string plural) => $"{api}/namespaces/{Uri.EscapeDataString(Namespace)}/{plural}";

    /// <summary>Path of a namespaced object.</summary>
    internal string PathOf(string api, string plural, string name) => $"{PathOf(api, plural)}/{Uri.EscapeDataString(name)}";

    /// <summary>Sends a request and reads the answer's object.</summary>
    /// <exception cref="RolloutException">The server does not answer, or answers with a failure.</exception>
    internal async Task<JsonObject> SendAsync(KubernetesRequest request, CancellationToken token)
    {
        var answer = await AskAsync(request, token);
        return answer.IsSuccess ? await ParseObjectAsync(answer, request, token)
            : throw KubernetesFailure.Refused(answer, request, await PlaceAsync(token));
    }

    /// <summary>Reads an object into one of the library's types.</summary>
    internal async Task<T> ReadAsync<T>(string path, string subject, CancellationToken token)
    {
        var request = KubernetesRequest.Get(path, subject);
        var answer = await AskAsync(request, token);
        return answer.IsSuccess ? await ParseAsync(answer, request, static body => KubernetesJson.Deserialize<T>(body), token)
            : throw KubernetesFailure.Refused(answer, request, await PlaceAsync(token));
    }

    /// <summary>Reads an object; null when it does not exist.</summary>
    internal async Task<JsonObject?> FindAsync(string path, string subject, CancellationToken token)
    {
        var request = KubernetesRequest.Get(path, subject);
        var answer = await AskAsync(request, token);
        return answer.IsSuccess ? await ParseObjectAsync(answer, request, token)
            : answer.Status == HttpStatusCode.NotFound ? null
            : throw KubernetesFailure.Refused(answer, request, await PlaceAsync(token));
    }

    /// <summary>Sends a request, again when the failure is a passing one, and gives the last answer whatever its status.</summary>
    /// <exception cref="RolloutException">The server does not answer.</exception>
    internal Task<KubernetesAnswer> AskAsync(KubernetesRequest request, CancellationToken token) => AskAsync(request, SendOnceAsync, token);

    /// <summary>Watches a collection from a version on: each change as the line of JSON that the server sends. It ends when the server or something between ends it.</summary>
    /// <param name="path">Path of the collection.</param>
    /// <param name="version">The resourceVersion that is known already.</param>
    /// <param name="subject">What it is, for messages.</param>
    /// <param name="longestSilence">How long the server may send nothing, not even a bookmark.</param>
    /// <param name="token">Ends it.</param>
    /// <exception cref="TimeoutException">The server was silent for longer.</exception>
    /// <exception cref="RolloutException">The server does not answer, or refuses.</exception>
    internal async IAsyncEnumerable<string> WatchAsync(string path, string version, string subject, TimeSpan longestSilence, [EnumeratorCancellation] CancellationToken token)
    {
        var query = $"watch=true&allowWatchBookmarks=true&timeoutSeconds={(int)WatchTime.TotalSeconds}&resourceVersion={Uri.EscapeDataString(version)}";
        var request = KubernetesRequest.Get(path + (path.Contains('?') ? '&' : '?') + query, subject);
        HttpResponseMessage? opened = null;
        var answer = await AskAsync(request, async (client, item, inner) =>
        {
            var response = await OpenOnceAsync(client, item, inner);
            if (response.IsSuccessStatusCode) return new KubernetesAnswer((opened = response).StatusCode, "", null);
            using (response) return await AnswerOfAsync(response, inner);
        }, token);
        using var changes = opened;
        // Some servers say so in the status, others in the first line.
        if (answer.Status == HttpStatusCode.Gone)
        {
            yield return /*lang=json*/ """{"type":"ERROR","object":{"code":410}}""";
            yield break;
        }

        if (!answer.IsSuccess) throw KubernetesFailure.Refused(answer, request, await PlaceAsync(token));
        using var reader = new StreamReader(await changes!.Content.ReadAsStreamAsync(token));
        while (await ReadLineAsync(reader, longestSilence, token) is { } line) yield return line;
    }

    private static async Task<string?> ReadLineAsync(StreamReader reader, TimeSpan longestSilence, CancellationToken token)
    {
        try
        {
            return await reader.ReadLineAsync(token).AsTask().WaitAsync(longestSilence, token);
        }
        catch (Exception error) when (error is IOException or HttpRequestException)
        {
            return null;
        }
    }

    private async Task<KubernetesAnswer> AskAsync(KubernetesRequest request, Func<k8s.Kubernetes, KubernetesRequest, CancellationToken, Task<KubernetesAnswer>> sendOnce, CancellationToken token)
    {
        var client = await ConnectAsync(token);
        KubernetesAnswer? last = null;
        // Outside the limits of one attempt: to get a lease that a dead process holds may take as long as the lease.
        if (request.IsFenced && Fence is not null) await Fence(token);
        var repeated = false;
        try
        {
            return await pipeline.ExecuteAsync(async inner =>
            {
                if (repeated && request.IsFenced && Fence is not null) await Fence(inner);
                repeated = true;
                last = await sendOnce(client, request, inner);
                // A token that has expired: the kubeconfig is read again, which has a new one by now or in a moment, or knows who issues it.
                for (var attempt = 1; last.Status == HttpStatusCode.Unauthorized && attempt <= MostSignIns; attempt++)
                {
                    if (attempt > 1) await Task.Delay(SignInPause, inner);
                    client = await ReconnectAsync(client, inner);
                    last = await sendOnce(client, request, inner);
                }

                return last;
            }, token);
        }
        catch (TimeoutRejectedException) when (last is not null)
        {
            return last;
        }
        catch (Exception error) when (error is HttpRequestException or IOException or TimeoutRejectedException)
        {
            throw KubernetesFailure.Unreachable(error, request.Subject, await PlaceAsync(token));
        }
    }

    /// <summary>The object in an answer.</summary>
    /// <exception cref="RolloutException">The body is no JSON object.</exception>
    internal Task<JsonObject> ParseObjectAsync(KubernetesAnswer answer, KubernetesRequest request, CancellationToken token) =>
        ParseAsync(answer, request, static body => JsonNode.Parse(body) as JsonObject ?? throw new JsonException("not an object"), token);

    /// <summary>Opens the WebSocket of an <c>exec</c> without standard input.</summary>
    internal async Task<WebSocket> OpenExecAsync(string pod, string container, IReadOnlyList<string> command, CancellationToken token)
    {
        var client = await ConnectAsync(token);
        if (Fence is not null) await Fence(token);
        try
        {
            return await execPipeline.ExecuteAsync(async inner => await Connecting.AsFailureAsync(() => client.WebSocketNamespacedPodExecAsync(pod, Namespace, command, container,
                stderr: true, stdin: false, stdout: true, tty: false, WebSocketProtocol.V4BinaryWebsocketProtocol, customHeaders: null, inner), inner), token);
        }
        catch (HttpRequestException error) when (error.StatusCode is { } status)
        {
            throw KubernetesFailure.Refused(status, "", "run a command in", $"pod '{pod}'", await PlaceAsync(token));
        }
        catch (Exception error) when (error is WebSocketException or HttpRequestException or IOException or TimeoutRejectedException)
        {
            throw KubernetesFailure.Unreachable(error, $"exec in pod '{pod}'", await PlaceAsync(token));
        }
    }

    /// <summary>Where we are connected to, for messages.</summary>
    internal async Task<string> PlaceAsync(CancellationToken token) =>
        $"{(await ConnectAsync(token)).BaseUri.GetLeftPart(UriPartial.Authority)} (environment '{environment.Name}', namespace '{Namespace}')";

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
        {
            connected?.Dispose();
            (connecting, connected) = (null, null);
        }
    }

    private static RetryStrategyOptions<KubernetesAnswer> Repetition(TimeSpan firstPause) => new()
    {
        // The time in which a request may be repeated is the limit, not the number.
        MaxRetryAttempts = int.MaxValue,
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
            ? (asked < LongestPauseAsked ? asked : LongestPauseAsked)
            : null),
    };

    /// <summary>A command is tried again only when the API server has refused to start it.</summary>
    private static RetryStrategyOptions ExecRepetition(TimeSpan firstPause) => new()
    {
        MaxRetryAttempts = int.MaxValue,
        ShouldHandle = static outcome => new(outcome.Outcome.Exception is HttpRequestException { StatusCode: { } status } && KubernetesAnswer.IsPassing(status)),
        BackoffType = DelayBackoffType.Exponential,
        Delay = firstPause,
        MaxDelay = LongestPause,
        UseJitter = true,
    };

    private static async Task<KubernetesAnswer> SendOnceAsync(k8s.Kubernetes client, KubernetesRequest request, CancellationToken token)
    {
        using var response = await OpenOnceAsync(client, request, token);
        var answer = await AnswerOfAsync(response, token);
        return answer with { IsFinal = request.IsProxy && IsFinalThroughProxy(answer), ConflictPasses = request.ConflictPasses };
    }

    /// <summary>Sends a request; the answer's body is still to be read.</summary>
    private static async Task<HttpResponseMessage> OpenOnceAsync(k8s.Kubernetes client, KubernetesRequest request, CancellationToken token)
    {
        using var message = new HttpRequestMessage(request.Method, new Uri(client.BaseUri, request.Path)) { Version = HttpVersion.Version20 };
        message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(request.IsProxy ? "*/*" : "application/json"));
        if (request.Body is not null)
            message.Content = new StringContent(request.Body.ToJsonString(), Encoding.UTF8, MediaTypeHeaderValue.Parse(request.ContentType));
        if (client.Credentials is not null) await client.Credentials.ProcessHttpRequestAsync(message, token);
        return await Connecting.AsFailureAsync(() => client.HttpClient.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, token), token);
    }

    private static async Task<KubernetesAnswer> AnswerOfAsync(HttpResponseMessage response, CancellationToken token) =>
        new(response.StatusCode, await response.Content.ReadAsStringAsync(token), RetryAfterHeader.Read(response));

    /// <summary>A pod's own failure is its answer, and so is that the API server cannot reach the pod (503); the rest is worth repeating.</summary>
    private static bool IsFinalThroughProxy(KubernetesAnswer answer) =>
        answer.Status is not (HttpStatusCode.TooManyRequests or HttpStatusCode.InternalServerError) || answer.StatusObject is null;

    private k8s.Kubernetes Build()
    {
        var proxy = new DirectLoopbackProxy(HttpClient.DefaultProxy);
        var configuration = KubernetesConfiguration.Load(environment);
        configuration.UserAgent = FieldManager;
        configuration.FirstMessageHandlerSetup = handler =>
        {
            handler.Proxy = proxy;
            handler.ConnectTimeout = connectTimeout;
            handler.PooledConnectionLifetime = TimeSpan.FromMinutes(5);
            handler.AutomaticDecompression = DecompressionMethods.All;
        };
        return new k8s.Kubernetes(configuration) { CreateWebSocketBuilder = () => new ExecSocketBuilder(proxy) };
    }

    private async Task<T> ParseAsync<T>(KubernetesAnswer answer, KubernetesRequest request, Func<string, T> parse, CancellationToken token)
    {
        try
        {
            return parse(answer.Body);
        }
        catch (JsonException error)
        {
            throw new RolloutException("KubernetesAnswerDamaged", RolloutErrorKind.Corrupt,
                $"{await PlaceAsync(token)} answered the request for {request.Subject} with something else than the object asked for.",
                "Something between here and the API server (a proxy, a sign-in page) answers in its place: check the address in the kubeconfig.",
                request.Subject, error);
        }
    }

    private Task<k8s.Kubernetes> ReconnectAsync(k8s.Kubernetes expired, CancellationToken token)
    {
        lock (gate)
        {
            // The old one may still carry other requests: it is left to the garbage collector.
            if (ReferenceEquals(connected, expired)) connecting = null;
        }

        return ConnectAsync(token);
    }

    private Task<k8s.Kubernetes> ConnectAsync(CancellationToken token)
    {
        lock (gate)
        {
            if (connecting is null or { IsFaulted: true } or { IsCanceled: true })
                connecting = Task.Run(() => connected = Build(), CancellationToken.None);
            return connecting.WaitAsync(token);
        }
    }
}
