using System.Net;
using System.Net.Http;
using System.Security.Authentication;
using VisionRollout.Core.Errors;

namespace VisionRollout.Adapters.Kubernetes;

/// <summary>Turns what goes wrong with the API server into errors with a stable id and a remedy. Neither tokens nor
/// request headers ever become part of them.</summary>
internal static class KubernetesFailure
{
    private const int LongestDetail = 500;

    /// <summary>The server answered, and the answer is a failure.</summary>
    public static RolloutException Refused(KubernetesAnswer answer, KubernetesRequest request, string place) =>
        Refused(answer.Status, (string?)answer.StatusObject?["message"] ?? answer.Body, Verb(request.Method), request.Subject, place);

    /// <summary>The server answered, and the answer is a failure.</summary>
    public static RolloutException Refused(HttpStatusCode status, string detail, string verb, string subject, string place)
    {
        var (id, kind, remedy) = Describe(status);
        detail = detail.Trim();
        if (detail.Length > LongestDetail) detail = detail[..LongestDetail] + "…";
        return new RolloutException(id, kind, $"Cannot {verb} {subject} at {place}: {(int)status} {detail}".TrimEnd(), remedy, subject);
    }

    /// <summary>The server did not answer.</summary>
    public static RolloutException Unreachable(Exception error, string subject, string place)
    {
        var cause = error.GetBaseException();
        var remedy = cause is AuthenticationException
            ? "Its certificate is not trusted: check certificate-authority and the server's name in the kubeconfig."
            : "Check the network, the VPN and the address in the kubeconfig (or the plan's Endpoints.KubeConfig and Endpoints.Context).";
        return new RolloutException("KubernetesUnreachable", RolloutErrorKind.Unavailable,
            $"{place} does not answer ({subject}): {cause.Message}", remedy, subject, error as HttpRequestException);
    }

    private static (string Id, RolloutErrorKind Kind, string Remedy) Describe(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized => ("KubernetesUnauthorized", RolloutErrorKind.AccessDenied,
            "Sign in to the cluster again: the kubeconfig's credentials are missing or have expired."),
        HttpStatusCode.Forbidden => ("KubernetesForbidden", RolloutErrorKind.AccessDenied,
            "Give the kubeconfig's user the missing verb by a Role in the environment's namespace; 'kubectl auth can-i' shows what it may do."),
        HttpStatusCode.NotFound => ("KubernetesNotFound", RolloutErrorKind.NotFound,
            "Check the name in the plan and the environment's namespace."),
        HttpStatusCode.Conflict => ("KubernetesConflict", RolloutErrorKind.Conflict,
            "Somebody else changed it in between, or holds a field: read it again, find out who it was (metadata.managedFields), then repeat."),
        HttpStatusCode.TooManyRequests => ("KubernetesThrottled", RolloutErrorKind.Unavailable,
            "The API server limits our requests, also after waiting as long as it asked. Repeat when it is less busy."),
        HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity or HttpStatusCode.UnsupportedMediaType => ("KubernetesInvalid", RolloutErrorKind.Failed,
            "The API server (or an admission webhook) does not accept the object: the message names the field."),
        >= HttpStatusCode.InternalServerError => ("KubernetesFailing", RolloutErrorKind.Unavailable,
            "The API server fails, also when asked repeatedly. Check the control plane's health, then repeat."),
        _ => ("KubernetesFailed", RolloutErrorKind.Failed, "The message is the API server's own."),
    };

    private static string Verb(HttpMethod method) =>
        method == HttpMethod.Get ? "read" : method == HttpMethod.Delete ? "delete" : method == HttpMethod.Post ? "create" : "change";
}
